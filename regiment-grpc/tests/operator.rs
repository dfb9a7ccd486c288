//! The operator commands as a person runs them: what they print, and how they end.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `regiment` with its files in `folder`, without the settings of whoever runs the tests.
fn regiment(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_regiment"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the program starts")
}

/// Runs a command that succeeds, and returns what it prints.
#[track_caller]
fn prints(folder: &Path, arguments: &[&str]) -> String {
    let output = regiment(folder, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("output is text")
}

/// Runs a command that fails with `code`, and returns the one line it says.
#[track_caller]
fn complains(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let output = regiment(folder, arguments);
    let complaint = String::from_utf8(output.stderr).expect("errors are text");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {complaint}");
    assert_eq!(complaint.lines().count(), 1, "{arguments:?}: {complaint}");
    complaint.trim_start_matches("error: ").trim_end().to_owned()
}

#[test]
fn a_store_migrates_up_and_back_and_a_copy_is_made_first() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(prints(folder, &["migrate", "status"]).contains("not applied"));
    assert!(prints(folder, &["migrate", "up"]).contains("0001_clients_and_logs applied"));
    assert_eq!(prints(folder, &["migrate", "up"]), "nothing to do\n");
    assert!(!prints(folder, &["migrate", "status"]).contains("not applied"));

    let back = prints(folder, &["migrate", "down", "--to", "0"]);
    let line = back.lines().find(|line| line.contains("backup in")).expect("a copy was made");
    let copy = line.split("backup in ").nth(1).unwrap();
    assert!(folder.join(copy).is_file(), "{line}");
    assert!(prints(folder, &["migrate", "status"]).contains("not applied"));
}

#[test]
fn wrong_usage_and_configuration_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = complains(folder, 2, &["--database", "mysql://a:hunter2@b/c", "migrate", "up"]);
    assert!(said.contains("sqlite://PATH") && !said.contains("hunter2"), "{said}");
    let said = complains(folder, 2, &["--config", "none.toml", "migrate", "up"]);
    assert!(said.contains("none.toml"), "{said}");
    let said = complains(folder, 2, &["migrat"]);
    assert!(said.contains("'migrat'"), "{said}");
}

#[test]
fn a_failure_ends_with_1_and_names_what_would_be_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prints(folder, &["migrate", "up"]);
    let said = complains(folder, 1, &["migrate", "down", "--to", "99"]);
    assert!(said.contains("99") && said.contains("between 0 and"), "{said}");
}

#[test]
fn schemas_are_written_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let printed = prints(folder.path(), &["schemas", "--out", "here/schemas"]);
    assert!(printed.contains("here/schemas/client_profile.json"), "{printed}");
    assert!(folder.path().join("here/schemas/meal_log.json").is_file());
}

#[test]
fn help_and_version_are_no_errors() {
    let folder = tempfile::tempdir().unwrap();
    assert!(prints(folder.path(), &["--help"]).contains("migrate"));
    assert!(prints(folder.path(), &["migrate", "--help"]).contains("regiment migrate down --to 3"));
    assert!(prints(folder.path(), &["--version"]).starts_with("regiment "));
}
