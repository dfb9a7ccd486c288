//! The operator commands as a person runs them: what they print, and how they end.

mod bad_input;
mod lapse;
mod migrate;
mod operations;
mod policy;
mod scan;
mod serve;
mod token;
mod traces;
mod transfer;

use std::path::Path;
use std::process::{Command, Output};

/// Runs `regiment` with its files in `folder`, without the settings of whoever runs the tests.
pub(crate) fn regiment(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_regiment"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the program starts")
}

/// Runs a command that succeeds, and returns what it prints.
#[track_caller]
pub(crate) fn prints(folder: &Path, arguments: &[&str]) -> String {
    let output = regiment(folder, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("output is text")
}

/// Runs a command that fails with `code`, and returns the one line it says.
#[track_caller]
pub(crate) fn complains(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let output = regiment(folder, arguments);
    let complaint = String::from_utf8(output.stderr).expect("errors are text");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
    assert_eq!(complaint.lines().count(), 1, "{arguments:?}: {complaint}");
    complaint.trim_start_matches("error: ").trim_end().to_owned()
}
