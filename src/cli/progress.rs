//! Long work shows where it is, on a terminal: what was counted so far, for how long, and how long it may still take.

use std::fmt::Debug;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::vocabulary::PROGRESS;

/// How often a line that runs is drawn.
const TICK: Duration = Duration::from_millis(120);

/// Before this no guess is made of how long it may still take.
const GUESS: Duration = Duration::from_secs(2);

/// A line at the bottom of a terminal; nothing elsewhere, where log lines say the same. Copies are one.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Shown>>);

struct Shown {
    bar: ProgressBar,
    /// What is done now, while something is.
    step: Option<(String, Instant)>,
    counts: Vec<Count>,
    /// Whether what a step came to stays on the terminal.
    keeps: bool,
}

/// How many of one unit.
struct Count {
    unit: String,
    planned: u64,
    done: u64,
    since: Instant,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
            bar.set_style(style);
        }
        Self(Arc::new(Mutex::new(Shown { bar, step: None, counts: Vec::new(), keeps: true })))
    }

    /// What tells it how far the work has come; none where nobody looks on.
    pub(super) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> Option<impl Layer<S> + use<S>> {
        let only = Targets::new().with_target(PROGRESS, LevelFilter::TRACE);
        std::io::stderr().is_terminal().then(|| Counting(self.clone()).with_filter(only))
    }

    /// Leaves no line of what was done, for many short steps.
    pub(super) fn forget(&self) {
        self.with(|shown| shown.keeps = false);
    }

    /// Shows what is being done now.
    pub(super) fn show(&self, what: &str) {
        self.with(|shown| {
            shown.end();
            shown.step = Some((what.to_owned(), Instant::now()));
            shown.bar.reset_elapsed();
            shown.bar.enable_steady_tick(TICK);
            shown.bar.set_message(what.to_owned());
        });
    }

    /// Makes room for other output.
    pub(super) fn pause(&self) {
        self.with(|shown| {
            shown.end();
            shown.bar.disable_steady_tick();
            shown.bar.set_message("");
            shown.bar.reset();
            if !shown.bar.is_hidden() {
                // The line is drawn again by the next step.
                eprint!("\r\x1b[K");
            }
        });
    }

    fn with(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Shown {
    /// Ends the step.
    fn end(&mut self) {
        let counts = self.told();
        self.counts.clear();
        if let Some((what, since)) = self.step.take().filter(|_| self.keeps) {
            let took = since.elapsed();
            self.bar.println(format!("{what}{counts}, {}.{} s", took.as_secs(), took.subsec_millis() / 100));
        }
    }

    fn count(&mut self, told: Told) {
        let place = self.counts.iter().position(|count| count.unit == told.unit).unwrap_or(self.counts.len());
        if place == self.counts.len() {
            self.counts.push(Count { unit: told.unit, planned: 0, done: 0, since: Instant::now() });
        }
        let count = &mut self.counts[place];
        count.planned += told.planned;
        count.done += told.done;
        let left = count.left().map(|left| format!(", about {} s left", left.as_secs().max(1))).unwrap_or_default();
        if let Some((what, _)) = &self.step {
            self.bar.set_message(format!("{what}{}{left}", self.told()));
        }
    }

    /// `: 9 of 9 files, 1,234 rows`.
    fn told(&self) -> String {
        let count = |count: &Count| match count.planned {
            0 => format!("{} {}", grouped(count.done), count.unit),
            planned => format!("{} of {} {}", grouped(count.done), grouped(planned), count.unit),
        };
        let counts: Vec<String> = self.counts.iter().map(count).collect();
        if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) }
    }
}

impl Count {
    /// How long the rest takes if it takes as long as what is done.
    fn left(&self) -> Option<Duration> {
        let (gone, rest) = (self.since.elapsed(), self.planned.checked_sub(self.done)?);
        let millis = u64::try_from(gone.as_millis()).ok()?.checked_mul(rest)?.checked_div(self.done)?;
        (gone >= GUESS && rest > 0).then(|| Duration::from_millis(millis))
    }
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let comma = |(place, digit): (usize, char)| {
        let is_first_of_three = place > 0 && (digits.len() - place).is_multiple_of(3);
        is_first_of_three.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(comma).collect()
}

/// Listens to how far the work has come.
struct Counting(Progress);

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        self.0.with(|shown| shown.count(told));
    }
}

/// What one event says.
#[derive(Default)]
struct Told {
    unit: String,
    planned: u64,
    done: u64,
}

impl Visit for Told {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "planned" => self.planned = value,
            "done" => self.done = value,
            _ => {}
        }
    }

    fn record_str(&mut self, _field: &Field, value: &str) {
        value.clone_into(&mut self.unit);
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn Debug) {}
}
