use crate::{complains, prints};

#[test]
fn a_token_is_shown_once_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    prints(folder.path(), &["migrate", "up"]);
    let made = prints(folder.path(), &["token", "create", "--role", "bot", "--name", "discord"]);
    let secret = made.lines().next().unwrap();
    assert!(secret.starts_with("rgt_") && secret.len() == 68, "{made}");

    let listed = prints(folder.path(), &["token", "list"]);
    assert!(listed.contains("discord") && listed.contains("bot"), "{listed}");
    assert!(!listed.contains(secret), "{listed}");
    let row = listed.lines().find(|line| line.contains("discord")).unwrap();
    let id = row.split_whitespace().next().unwrap();
    prints(folder.path(), &["token", "revoke", id]);
    let again = complains(folder.path(), 1, &["token", "revoke", id]);
    assert!(again.contains(id) && again.contains("regiment token list"), "{again}");
}

#[test]
fn a_token_of_no_role_or_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let roleless = complains(folder.path(), 2, &["token", "create", "--role", "owner"]);
    assert!(roleless.contains("viewer coach admin bot"), "{roleless}");
    prints(folder.path(), &["migrate", "up"]);
    let nameless =
        complains(folder.path(), 1, &["token", "create", "--role", "bot", "--name", " "]);
    assert!(nameless.contains("1 to 64 characters"), "{nameless}");
}
