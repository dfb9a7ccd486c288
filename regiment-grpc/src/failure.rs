//! How a command ends when it can't do what it was asked.

use std::io::Write as _;
use std::process::ExitCode;

use regiment_core::policy::PolicyError;
use regiment_core::store;

use crate::config::InvalidConfig;
use crate::terminal::one_line;

/// Wrong usage: what was asked for can't be asked for like this. The text says how it can.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Prints an error as one line and returns its exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let line = one_line(&chain(error));
    // Nowhere is left to say that standard error is closed.
    let _ = writeln!(std::io::stderr(), "error: {line}");
    ExitCode::from(if is_usage(error) { 2 } else { 1 })
}

/// Says in one line what clap says in a paragraph.
pub(crate) fn usage(error: &clap::Error) -> Usage {
    let text = error.to_string();
    let said: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .filter(|line| !line.is_empty())
        .collect();
    let line = one_line(&said.join("\n"));
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    Usage(format!("{line} (see --help)"))
}

/// Writes an error and its causes; a cause that the text above it quotes is not said twice.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn is_usage(error: &anyhow::Error) -> bool {
    let is_bad_url = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<store::Error>())
        .any(|cause| matches!(cause, store::Error::Url(_)));
    is_bad_url
        || error.chain().any(|cause| {
            cause.is::<Usage>() || cause.is::<InvalidConfig>() || cause.is::<PolicyError>()
        })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[track_caller]
    fn check(arguments: &[&str], said: &str) {
        let error = Cli::try_parse_from([&["regiment"], arguments].concat()).unwrap_err();
        assert_eq!(usage(&error).to_string(), said);
    }

    #[test]
    fn wrong_usage_is_one_line_that_names_what_would_be_accepted() {
        check(
            &["demo", "--clients", "0"],
            "invalid value '0' for '--clients <CLIENTS>': 0 is not in 1..=10000 (see --help)",
        );
        check(
            &["export", "--user-id", "12", "--out", "x", "--format", "xml"],
            "invalid value 'xml' for '--format <FORMAT>'; [possible values: json, csv] (see --help)",
        );
        check(
            &["serv"],
            "unrecognized subcommand 'serv'; tip: a similar subcommand exists: 'serve' (see --help)",
        );
        check(
            &["simulate", "--days", "3", "--out", "x"],
            "the following required arguments were not provided: --clients <CLIENTS> (see --help)",
        );
        check(
            &["import", "--format", "hevy", "--user-id", "me", "x.csv"],
            "invalid value 'me' for '--user-id <ID>': user_id must be 1 to 20 decimal digits, not me (see --help)",
        );
    }

    #[test]
    fn wrong_usage_and_failure_have_different_exit_codes() {
        assert!(is_usage(&Usage("x".to_owned()).into()));
        assert!(is_usage(
            &anyhow::Error::from(store::Error::Url("x".to_owned())).context("opening")
        ));
        assert!(!is_usage(&anyhow::anyhow!("the disk is full")));
    }
}
