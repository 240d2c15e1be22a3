//! Logs on standard error: text where a person looks on, JSON elsewhere; and traces, where somebody collects them.

use std::fmt;
use std::io::IsTerminal;

use anyhow::{Result, bail};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::progress::Progress;
use super::settings;
use super::traces::Traces;
use crate::error::Invalid;

/// Starts logging. One line a step where nobody looks on, warnings only where a person does; `PURSER_LOG` (or `RUST_LOG`)
/// asks for more or less. `progress` is told how far work has come. What is answered sends the last traces when it is dropped.
pub(super) fn start(quiet: bool, progress: &Progress) -> Result<Option<Traces>> {
    let person = std::io::stderr().is_terminal();
    let usual = if quiet || person { "purser=warn" } else { "purser=info" };
    let asked = settings::value(&settings::LOG, None)?.text;
    let asked = if asked.is_empty() { std::env::var("RUST_LOG").unwrap_or_default() } else { asked };
    let filter = match asked.trim() {
        "" => EnvFilter::new(usual),
        asked => match EnvFilter::try_new(asked) {
            Ok(filter) => filter,
            Err(error) => bail!(Invalid(format!("PURSER_LOG is \"{asked}\"; write a filter such as purser=debug: {error}"))),
        },
    };
    let is_json = match settings::value(&settings::LOG_FORMAT, None)?.text.as_str() {
        "" => !person,
        "json" => true,
        "text" => false,
        other => bail!(Invalid(format!("PURSER_LOG_FORMAT is \"{other}\"; write text or json"))),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let lines = if is_json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        lines.with_ansi(person).event_format(Line).boxed()
    };
    let traces = Traces::start(&settings::value(&settings::OTEL, None)?.text)?;
    let layer = traces.as_ref().map(Traces::layer);
    tracing_subscriber::registry()
        .with(progress.layer())
        .with(layer.with_filter(EnvFilter::new("purser=info")))
        .with(lines.with_filter(filter))
        .init();
    Ok(traces)
}

/// A line for people: when, how grave, of which program, run and step, and what. The innermost span tells all of that.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        SystemTime.format_time(&mut writer)?;
        write!(writer, " {:>5} ", event.metadata().level())?;
        if let Some(span) = context.lookup_current()
            && let Some(fields) = span.extensions().get::<FormattedFields<N>>()
        {
            write!(writer, "{fields}: ")?;
        }
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}
