use crate::{complains, prints};

#[test]
fn a_backup_is_made_examined_and_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prints(folder, &["migrate", "up"]);
    prints(folder, &["policy", "show"]);
    let made = prints(folder, &["backup", "create", "copies"]);
    let copy = made.split(':').next().unwrap();
    assert!(copy.starts_with("copies/regiment-") && folder.join(copy).is_file(), "{made}");
    let verified = prints(folder, &["backup", "verify", copy]);
    assert!(verified.contains("is good") && verified.contains("0 clients"), "{verified}");
    let restored = prints(folder, &["backup", "restore", copy]);
    let aside = restored.split("kept as ").nth(1).expect("what it replaces is kept").trim();
    assert!(folder.join(aside).is_file(), "{restored}");
    assert!(!prints(folder, &["migrate", "status"]).contains("not applied"));
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prints(folder, &["migrate", "up"]);
    let said = complains(folder, 1, &["backup", "restore", "none.db"]);
    assert!(said.contains("none.db"), "{said}");
    std::fs::write(folder.join("notes.txt"), "milk, eggs").unwrap();
    let said = complains(folder, 1, &["backup", "verify", "notes.txt"]);
    assert!(said.contains("notes.txt"), "{said}");
    let url = "postgres://regiment:hunter2@localhost/x";
    let said = complains(folder, 1, &["--database", url, "backup", "restore", "notes.txt"]);
    assert!(said.contains("pg_restore") && !said.contains("hunter2"), "{said}");
    assert!(!prints(folder, &["migrate", "status"]).contains("not applied"));
}

#[test]
fn the_audit_chain_is_examined_and_compared_with_a_head_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    prints(folder, &["migrate", "up"]);
    std::fs::write(folder.join("policy.toml"), "[checkin]\nmedian_days = 8\n").unwrap();
    prints(folder, &["policy", "apply", "policy.toml"]);
    let said = prints(folder, &["audit", "verify"]);
    let head = said.lines().find_map(|line| line.strip_prefix("head ")).expect("a head");
    assert!(head.starts_with("1:"), "{said}");
    prints(folder, &["audit", "verify", "--head", head]);
    let said = complains(folder, 1, &["audit", "verify", "--head", "1:0000"]);
    assert!(said.contains("entry 1"), "{said}");
    let said = complains(folder, 2, &["audit", "verify", "--head", "first"]);
    assert!(said.contains("--head") && said.contains("first"), "{said}");
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = complains(folder, 1, &["doctor"]);
    assert!(said.contains("schema"), "{said}");
    prints(folder, &["migrate", "up"]);
    let said = prints(folder, &["doctor"]);
    for what in ["database", "schema", "contents", "audit", "backup", "outbox", "quarantine"] {
        assert!(said.lines().any(|line| line.starts_with(what)), "{what}: {said}");
    }
    assert!(said.contains("run `regiment backup create`"), "{said}");
    prints(folder, &["backup", "create"]);
    assert!(!prints(folder, &["doctor"]).contains("run `regiment backup create`"));
}
