use crate::{complains, prints};

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
