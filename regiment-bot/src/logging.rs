//! Log lines, on standard error: JSON for machines, pretty for a terminal.
//!
//! They bear ids of interactions, order numbers, routes and counts. Names, words, weights and tokens
//! are kept out by their types; of the libraries that would print them, only errors are written.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{EnvFilter, filter::ParseError, fmt};

use crate::cli::LogFormat;

/// Libraries that print frames, headers or addresses with tokens at their finer levels.
const QUIET: &str = "serenity=error,tungstenite=error,tokio_tungstenite=error,reqwest=info,h2=info,\
                     hyper=info,hyper_util=info,tower=info,tonic=info,rustls=info";

/// Starts logging for the rest of the process.
///
/// # Errors
/// Where the filter is none.
pub(crate) fn start(format: LogFormat, directives: &str) -> Result<(), ParseError> {
    let filter = filter(directives)?;
    let is_json = match format {
        LogFormat::Json => true,
        LogFormat::Pretty => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr);
    if is_json {
        lines.json().flatten_event(true).with_span_list(false).init();
    } else {
        lines.compact().with_ansi(io::stderr().is_terminal()).init();
    }
    Ok(())
}

/// Reads a filter. What [`QUIET`] says stands over it.
fn filter(directives: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::try_new(format!("{directives},{QUIET}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_print_frames_stay_quiet_whatever_is_asked_for() {
        let filter = filter("trace,serenity=trace").unwrap().to_string();
        assert!(
            filter.contains("serenity=error") && !filter.contains("serenity=trace"),
            "{filter}"
        );
    }
}
