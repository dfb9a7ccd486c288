use super::*;

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Fails where Discord would refuse a command or an option of it.
fn check(it: &Value) {
    let name = it["name"].as_str().unwrap();
    let is_name =
        (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    assert!(is_name, "{name}");
    let description = it["description"].as_str().unwrap();
    assert!((1..=100).contains(&description.encode_utf16().count()), "{description}");
    let options = list(&it["options"]);
    assert!(options.len() <= 25);
    // What must be filled in comes first.
    let needed: Vec<bool> =
        options.iter().map(|option| option["required"] == json!(true)).collect();
    assert!(needed.is_sorted_by(|a, b| a >= b), "{name}: {needed:?}");
    for choice in list(&it["choices"]) {
        assert!((1..=100).contains(&choice["name"].as_str().unwrap().encode_utf16().count()));
        assert!(it["autocomplete"].is_null(), "{name} can't have both");
    }
    options.iter().for_each(check);
}

#[test]
fn every_command_is_one_that_discord_takes() {
    let texts = Texts::built_in();
    for command in global(&texts).iter().chain(&coaches(&texts)) {
        check(command);
        assert!(command.to_string().chars().count() < 8000);
    }
}

#[test]
fn clients_commands_are_for_everywhere_and_coaches_are_hidden() {
    let texts = Texts::built_in();
    assert!(global(&texts).iter().all(|it| it["contexts"] == json!([0, 1])));
    let hidden = json!("0");
    assert!(coaches(&texts).iter().all(|it| it["default_member_permissions"] == hidden));
}

#[test]
fn the_hash_changes_with_the_words() {
    let texts = Texts::built_in();
    let commands = global(&texts);
    assert_eq!(hash(&commands), hash(&global(&texts)));
    assert_eq!(hash(&commands).len(), 64);
    let mut others = commands.clone();
    others[0]["description"] = json!("Other words");
    assert_ne!(hash(&commands), hash(&others));
}

#[test]
fn the_commands_are_these() {
    let texts = Texts::built_in();
    let mut lines = Vec::new();
    for command in global(&texts).iter().chain(&coaches(&texts)) {
        lines.push(format!("/{}: {}", command["name"].as_str().unwrap(), command["description"]));
        for option in list(&command["options"]) {
            lines.push(format!("  {} {}", option["name"], option["description"]));
            for option in list(&option["options"]) {
                lines.push(format!("    {} {}", option["name"], option["description"]));
            }
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}
