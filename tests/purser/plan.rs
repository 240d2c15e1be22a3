//! The plan of `reconcile` as a picture: what each rule asks of the engine, as the engine itself prints it.

use std::fmt::Debug;
use std::fs;
use std::sync::{Arc, Mutex};

use crate::support::{in_memory, project};
use purser::calendar::parse_time;
use purser::facts::{self, Bounds, Credits, Erased};
use purser::program::Program;
use purser::reconcile::reconcile;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// The page with the picture.
const PAGE: &str = "src/reconcile/PLAN.md";

/// The queries that were asked: the file of each, and the engine's words for it.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<(String, String)>>>);

#[derive(Default)]
struct Fields {
    file: String,
    query: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "file" => value.clone_into(&mut self.file),
            "query" => value.clone_into(&mut self.query),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: tracing::Subscriber> Layer<S> for Asked {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "purser::plan" {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.0.lock().expect("nobody panicked").push((fields.file, fields.query));
        }
    }
}

/// What the demo shop asks.
fn asked() -> Vec<(String, String)> {
    let data = in_memory();
    let program = Program::load(&project().join("jobs/glow.toml")).expect("the demo's program file is sound");
    let manifest = facts::keep(&program, data.path(), None, &Erased::default()).expect("its facts can be kept");
    let facts = facts::load(&program, &manifest, data.path(), &Bounds::NONE).expect("its facts are sound");
    let as_of = parse_time("2026-04-01T00:00:00Z").expect("it is a time");
    let asked = Asked::default();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(asked.clone()), || {
        reconcile(&program, &facts, &Credits::default(), as_of).expect("it can be reconciled");
    });
    Arc::try_unwrap(asked.0).expect("nobody listens any more").into_inner().expect("nobody panicked")
}

#[test]
fn the_page_shows_the_plan_as_the_engine_prints_it() {
    let asked = asked();
    assert!(asked.len() > 30, "each rule asks: {}", asked.len());
    println!("{}", asked.iter().map(|(file, query)| format!("## {file}\n{query}\n")).collect::<String>());
}
