use super::*;

const COMPLETE: [(&str, &str); 5] = [
    ("REGIMENT_BOT_TOKEN", "at-the-server"),
    ("DISCORD_TOKEN", "at-discord"),
    ("DISCORD_GUILD_ID", "290926798626357999"),
    ("DISCORD_COACH_CHANNEL_ID", "645027906669510667"),
    ("REGIMENT_BOT_KEY", "0123456789abcdef0123456789abcdef"),
];

fn load(changes: &[(&str, &str)]) -> Result<Config, InvalidConfig> {
    let mut variables: BTreeMap<&str, &str> = COMPLETE.into();
    variables.extend(changes.iter().copied());
    Config::load(variables.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())))
}

#[track_caller]
fn check(changes: &[(&str, &str)], said: &str) {
    assert_eq!(load(changes).unwrap_err().to_string(), said);
}

#[test]
fn five_settings_are_enough() {
    let config = load(&[]).unwrap();
    assert_eq!(config.server.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.discord.base.as_str(), "https://discord.com/");
    assert_eq!(config.discord.guild_id, 290_926_798_626_357_999);
    assert_eq!(config.discord.public_channel_id, None);
    assert!(config.discord.coach_role_ids.is_empty());
    assert!(config.old_key.is_none());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    check(
        &[("DISCORD_TOKEN", ""), ("DISCORD_GUILD_ID", "ours"), ("DISCORD_COACH_ROLE_IDS", "1,b")],
        "DISCORD_TOKEN is not set; DISCORD_GUILD_ID must be an id of Discord's: up to 20 digits, not ours; \
         DISCORD_COACH_ROLE_IDS must be ids with commas between them, not b",
    );
}

#[test]
fn a_key_is_at_least_32_bytes_long() {
    let key = "k".repeat(31);
    check(&[("REGIMENT_BOT_KEY", &key)], "REGIMENT_BOT_KEY must be at least 32 bytes long");
    check(&[("REGIMENT_BOT_OLD_KEY", &key)], "REGIMENT_BOT_OLD_KEY must be at least 32 bytes long");
    assert!(load(&[("REGIMENT_BOT_KEY", &"k".repeat(32))]).is_ok());
}

#[test]
fn roles_are_a_list_with_commas() {
    let config = load(&[("DISCORD_COACH_ROLE_IDS", " 7, 8,")]).unwrap();
    assert_eq!(config.discord.coach_role_ids, ["7", "8"]);
}

#[test]
fn discord_may_be_elsewhere_with_or_without_the_path_of_its_api() {
    for text in ["http://127.0.0.1:9", "http://127.0.0.1:9/", "http://127.0.0.1:9/api/v10"] {
        let config = load(&[("DISCORD_API_BASE", text)]).unwrap();
        assert_eq!(config.discord.base.as_str(), "http://127.0.0.1:9/");
    }
    check(
        &[("DISCORD_API_BASE", "http://127.0.0.1:9/api/v9")],
        "DISCORD_API_BASE must be an http address with no path but /api/v10, not http://127.0.0.1:9/api/v9",
    );
}

#[test]
fn texts_that_are_wrong_are_named() {
    let said = load(&[("REGIMENT_BOT_TEXTS", "/nowhere/texts.toml")]).unwrap_err().to_string();
    assert!(said.starts_with("REGIMENT_BOT_TEXTS /nowhere/texts.toml: "), "{said}");
}

#[test]
fn no_secret_is_printed() {
    let printed = format!("{:?}", load(&[]).unwrap());
    for (_, secret) in [COMPLETE[0], COMPLETE[1], COMPLETE[4]] {
        assert!(!printed.contains(secret));
    }
}
