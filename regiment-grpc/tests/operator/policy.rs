use std::fs;

use crate::{complains, prints};

#[test]
fn a_policy_is_shown_checked_and_applied_as_the_next_version() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("policy.toml");
    fs::write(&file, "[times]\nday_close = \"21:30:00\"\n").unwrap();
    assert!(prints(folder, &["policy", "check", "policy.toml"]).contains("valid"));
    let said = complains(folder, 1, &["policy", "show"]);
    assert!(said.contains("migrate up"), "{said}");

    prints(folder, &["migrate", "up"]);
    let shown = prints(folder, &["policy", "show"]);
    assert!(shown.starts_with("# version 1") && shown.contains("22:00"), "{shown}");
    assert_eq!(prints(folder, &["policy", "apply", "policy.toml"]), "version 2 is in force\n");
    assert!(prints(folder, &["policy", "apply", "policy.toml"]).contains("already"));
    let shown = prints(folder, &["policy", "show"]);
    assert!(shown.starts_with("# version 2") && shown.contains("21:30"), "{shown}");
    fs::write(folder.join("shown.toml"), shown).unwrap();
    assert!(prints(folder, &["policy", "check", "shown.toml"]).contains("valid"));
}
