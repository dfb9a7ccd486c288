//! Log lines: JSON for machines, pretty for a terminal, both on standard error.
//!
//! A JSON line bears `timestamp` (UTC), `level`, `target`, `message`, the `trace_id` and `span_id` of where it was
//! written, and the fields of its spans and its own: `client_id` (a client's random subject, never its name or
//! Discord id), `engine`, `outcome`. The same spans are exported to a collector, if one is named. What must not be
//! seen is kept out by its type: names, weights, notes and tokens print as `[redacted]`.

mod json;
mod spans;
mod trace;

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use regiment_core::clock::{Clock, SystemClock};
use tracing::Subscriber;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

use self::json::JsonLines;
use self::spans::Spans;
use self::trace::Queue;
use crate::config::{Config, LogFormat, Telemetry};

pub use self::trace::{Exporting, Traces};

/// Starts logging to standard error for the rest of the process; returns the export of its spans, where one is
/// configured, for the runtime to begin.
pub fn start(config: &Config) -> anyhow::Result<Option<Traces>> {
    let filter = filter(&config.log_filter)?;
    let (queue, traces) = config.telemetry.as_ref().map(trace::export).transpose()?.unzip();
    let is_json = match config.log {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    if is_json {
        tracing::subscriber::set_global_default(lines(filter, SystemClock, io::stderr, queue))?;
    } else {
        let pretty = tracing_subscriber::fmt::layer()
            .compact()
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr);
        let spans = Spans::new(Arc::new(SystemClock), queue);
        let registry = Registry::default().with(spans.and_then(pretty).with_filter(filter));
        tracing::subscriber::set_global_default(registry)?;
    }
    Ok(traces)
}

/// Reads a filter, and keeps those quiet who log headers at their finer levels, tokens among them.
pub fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::try_new(format!("{text},h2=info,hyper=info,hyper_util=info,tower=info"))
}

/// Returns a subscriber that writes JSON lines to `writer`, timed by `clock`.
pub fn json_lines<C, W>(filter: EnvFilter, clock: C, writer: W) -> impl Subscriber + Send + Sync
where
    C: Clock + Send + Sync + 'static,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    lines(filter, clock, writer, None)
}

/// As [`json_lines`], with the export of the spans.
pub fn json_lines_and_traces<C, W>(
    filter: EnvFilter,
    clock: C,
    writer: W,
    to: &Telemetry,
) -> anyhow::Result<(impl Subscriber + Send + Sync, Traces)>
where
    C: Clock + Send + Sync + 'static,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (queue, traces) = trace::export(to)?;
    Ok((lines(filter, clock, writer, Some(queue)), traces))
}

fn lines<C, W>(
    filter: EnvFilter,
    clock: C,
    writer: W,
    ended: Option<Queue>,
) -> impl Subscriber + Send + Sync
where
    C: Clock + Send + Sync + 'static,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let clock = Arc::new(clock);
    let lines = JsonLines::new(clock.clone(), writer);
    Registry::default().with(Spans::new(clock, ended).and_then(lines).with_filter(filter))
}

#[cfg(test)]
mod tests;
