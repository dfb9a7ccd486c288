//! Log lines: JSON for machines, pretty for a terminal, both on standard error.
//!
//! A JSON line bears `timestamp` (UTC), `level`, `target`, `message`, the `trace_id` and `span_id` of where it was
//! written, and the fields of its spans and its own: `client_id` (a client's random subject, never its name or
//! Discord id), `engine`, `outcome`. What must not be seen is kept out by its type: names, weights, notes and tokens
//! print as `[redacted]`.

mod json;

use std::io::{self, IsTerminal as _};

use regiment_core::clock::{Clock, SystemClock};
use tracing::Subscriber;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry};

pub use json::JsonLines;

use crate::config::{Config, LogFormat};

/// Starts logging to standard error for the rest of the process.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let filter = filter(&config.log_filter)?;
    let is_json = match config.log {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    if is_json {
        tracing::subscriber::set_global_default(json_lines(filter, SystemClock, io::stderr))?;
    } else {
        let pretty = tracing_subscriber::fmt::layer()
            .compact()
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr);
        let registry = Registry::default().with(pretty.with_filter(filter));
        tracing::subscriber::set_global_default(registry)?;
    }
    Ok(())
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
    Registry::default().with(JsonLines::new(clock, writer).with_filter(filter))
}

#[cfg(test)]
mod tests;
