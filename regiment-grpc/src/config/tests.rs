use super::*;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../regiment.example.toml");

fn variables<'a>(pairs: &'a [(&str, &str)]) -> impl Iterator<Item = (String, String)> + 'a {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
}

fn load(pairs: &[(&str, &str)]) -> Result<Config, String> {
    Config::load(Some(Path::new(EXAMPLE)), variables(pairs), &Overrides::default())
        .map_err(|error| error.to_string())
}

#[test]
fn the_example_equals_the_defaults() {
    assert_eq!(load(&[]), Ok(Config::default()));
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let defaults = toml::Table::try_from(Config::default()).unwrap();
    for (name, value) in &defaults {
        assert!(text.contains(name.as_str()), "the example says nothing about {name}");
        for nested in value.as_table().into_iter().flat_map(toml::Table::keys) {
            assert!(text.contains(nested.as_str()), "the example says nothing about {nested}");
        }
    }
    for absent in ["policy", "public_url"] {
        assert!(text.contains(&format!("# {absent} =")), "the example says nothing about {absent}");
    }
}

#[test]
fn a_variable_goes_over_the_file_and_an_option_over_both() {
    let pairs = [
        ("REGIMENT_DATABASE", "postgres://a@b/c"),
        ("REGIMENT_SERVE__LISTEN", "127.0.0.1:9"),
        ("REGIMENT_SERVE__ROLES", "[scheduler]"),
    ];
    let overrides = Overrides {
        serve: ServeOverrides { listen: Some(([127, 0, 0, 1], 7).into()), roles: None },
        ..Overrides::default()
    };
    let config = Config::load(Some(Path::new(EXAMPLE)), variables(&pairs), &overrides).unwrap();
    assert_eq!(config.database, DatabaseUrl::new("postgres://a@b/c"));
    assert_eq!(config.serve.listen.port(), 7);
    assert_eq!(config.serve.roles, [Role::Scheduler]);
}

#[test]
fn a_name_that_is_no_setting_is_refused_with_its_source() {
    let error = load(&[("REGIMENT_SERVE__LISTN", "127.0.0.1:9")]).unwrap_err();
    assert!(error.contains("listn"), "{error}");
    assert!(error.contains("environment variable REGIMENT_SERVE__LISTN"), "{error}");
    assert!(error.contains("`listen`"), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn a_bad_value_is_refused_with_what_would_be_accepted() {
    let error = load(&[("REGIMENT_LOG", "xml")]).unwrap_err();
    assert!(error.contains("xml") && error.contains("`json`"), "{error}");
    let error = load(&[("REGIMENT_LOG_FILTER", "=nonsense=")]).unwrap_err();
    assert!(error.contains("log_filter") && error.contains("=nonsense="), "{error}");
    let error = load(&[("REGIMENT_SERVE__ROLES", "[]")]).unwrap_err();
    assert!(error.contains("serve.roles"), "{error}");
}

#[test]
fn the_token_is_taken_from_the_environment_and_shown_nowhere() {
    let config = load(&[("REGIMENT_API_TOKEN", "0042")]).unwrap();
    assert_eq!(config.api_token, Some(Secret::new("0042")));
    assert!(!format!("{config:?}").contains("0042"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("with-token.toml");
    std::fs::write(&file, "api_token = \"0042\"\n").unwrap();
    let error = Config::load(Some(&file), variables(&[]), &Overrides::default()).unwrap_err();
    assert!(error.to_string().contains("api_token"), "{error}");
}

#[test]
fn where_alerts_are_posted_is_taken_from_the_environment_and_shown_nowhere() {
    let url = "https://hooks.example.org/hunter2";
    let config = load(&[("REGIMENT_ALERT_WEBHOOK", url)]).unwrap();
    assert_eq!(config.alert_webhook.as_ref().unwrap().expose().as_str(), url);
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(load(&[("REGIMENT_ALERT_WEBHOOK", "")]).unwrap().alert_webhook, None);
    let error =
        load(&[("REGIMENT_ALERT_WEBHOOK", "http://hooks.example.org/hunter2")]).unwrap_err();
    assert!(error.contains("REGIMENT_ALERT_WEBHOOK") && error.contains("https"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn variables_of_the_tests_and_of_the_bot_are_left_alone() {
    let others = [("REGIMENT_TEST_DATA", "x"), ("REGIMENT_URL", "x"), ("PATH", "x")];
    assert_eq!(load(&others), Ok(Config::default()));
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let missing = Path::new("no/such.toml");
    let error = Config::load(Some(missing), variables(&[]), &Overrides::default()).unwrap_err();
    assert!(error.to_string().contains("no/such.toml"), "{error}");
}

#[test]
fn what_the_bot_knows_of_discord_the_server_knows_by_the_same_names() {
    let config = load(&[
        ("DISCORD_COACH_ROLE_IDS", "11, 12,"),
        ("DISCORD_GUILD_ID", "80351110224678912"),
        ("DISCORD_TOKEN", "hunter2"),
        ("DISCORD_CLIENT_SECRET", "hunter3"),
        ("DISCORD_CHANNEL_ID", "13"),
    ])
    .unwrap();
    assert_eq!(config.discord.coach_role_ids, ["11", "12"]);
    assert_eq!(config.discord.guild_id, "80351110224678912");
    assert_eq!(config.discord_token, Some(Secret::new("hunter2")));
    assert!(!format!("{config:?}").contains("hunter"));
}

#[test]
fn an_address_that_would_show_cookies_is_refused() {
    let error = load(&[("REGIMENT_SERVE__PUBLIC_URL", "http://coach.example.org")]).unwrap_err();
    assert!(
        error.contains("serve.public_url") && error.contains("http://coach.example.org"),
        "{error}"
    );
    let error = load(&[("REGIMENT_LIMITS__PER_CALLER_PER_MINUTE", "0")]).unwrap_err();
    assert!(error.contains("per_caller_per_minute"), "{error}");
    let error = load(&[("REGIMENT_SERVE__TRUSTED_PROXIES", "[proxy]")]).unwrap_err();
    assert!(error.contains("trusted_proxies"), "{error}");
}

#[test]
fn proxies_are_networks_also_in_a_variable() {
    let config = load(&[("REGIMENT_SERVE__TRUSTED_PROXIES", "[172.16.0.0/12, 10.0.0.2/32]")]);
    let expected = ["172.16.0.0/12", "10.0.0.2/32"].map(|text| text.parse().unwrap());
    assert_eq!(config.unwrap().serve.trusted_proxies, expected);
}
