use std::{collections::BTreeSet, fs, path::Path};

use super::*;

const DEFAULT: &str = include_str!("../../texts/default.toml");

#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    assert!(DEFAULT.contains(from), "the set has no {from}");
    let error = Texts::parse(&DEFAULT.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn the_set_that_ships_is_complete() {
    assert_eq!(Texts::parse(DEFAULT), Ok(Texts::built_in()));
}

#[test]
fn a_bad_set_is_refused_by_the_name_of_its_text() {
    refused("title = \"Callout\"\n", "", "the text callout.title is missing");
    refused("[callout]", "[call_out]", "the text callout.title is missing");
    refused("[callout]\n", "[callout]\nsubtitle = \"x\"\n", "there is no text callout.subtitle");
    refused("[common]", "loose = 1\n[common]", "there is no text loose");
    refused("\"Callout\"", "7", "the text callout.title must be a string");
    refused("\"Callout\"", "\" \"", "the text callout.title is blank");
    refused("{alias}:", "{alias:", "the braces of the text callout.mission don't pair");
    refused("{alias}:", "alias}:", "the braces of the text callout.mission don't pair");
    refused("{alias}:", "{}:", "the braces of the text callout.mission don't pair");
    refused("{alias}:", "Someone:", "the text callout.mission must hold {alias}");
    refused(
        "{alias}:",
        "{alias} ({name}):",
        "the text callout.mission may not hold {name}, only: alias, events, days",
    );
    refused(
        "\"Callout\"",
        "\"Callout of {alias}\"",
        "the text callout.title may not hold {alias}, only: nothing",
    );
    refused("[callout]", "[callout", "the texts are not TOML");
}

#[test]
fn no_text_for_clients_speaks_of_macros_flags_or_scores() {
    // For coaches, and what says to a client what coaches see.
    let of_coaches = ["alerts", "cards", "coach", "status", "sees"];
    let texts = Texts::built_in();
    for key in Key::ALL {
        let (table, _) = key.name().split_once('.').unwrap();
        if of_coaches.contains(&table) {
            continue;
        }
        for piece in texts.phrase(*key) {
            let (Piece::Literal(said) | Piece::Placeholder(said)) = piece;
            let said = said.to_lowercase();
            for word in ["kcal", "calorie", "macro", "protein", "carb", "flag", "score", "risk"] {
                assert!(!said.contains(word), "{} says {word}", key.name());
            }
        }
    }
}

#[test]
fn every_text_is_said_somewhere() {
    fn read(folder: &Path, sources: &mut String) {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, sources);
            } else if !path.ends_with("key.rs") && path.extension().is_some_and(|it| it == "rs") {
                *sources += &fs::read_to_string(path).unwrap();
            }
        }
    }
    let mut sources = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let words: BTreeSet<&str> = sources.split(|c: char| !c.is_alphanumeric()).collect();
    for key in Key::ALL {
        assert!(words.contains(format!("{key:?}").as_str()), "nobody says {}", key.name());
    }
}

#[test]
fn an_order_cannot_lose_its_number_or_its_deadline() {
    refused("Order {number}", "Order", "the text common.number must hold {number}");
    refused(
        "Deadline: {deadline}.",
        "Deadline: noon.",
        "the text checkin_order.deadline must hold {deadline}",
    );
}

#[test]
fn nobody_can_be_shown_how_far_a_weight_is_off() {
    refused(
        "\"Rank {rank}: {alias}\"",
        "\"Rank {rank}: {alias}, {count}\"",
        "the text honors.target_place may not hold {count}, only: rank, alias",
    );
}

#[test]
fn the_page_of_texts_names_each_with_its_placeholders() {
    let page = include_str!("../../../docs/messages.md");
    let list = |placeholders: &[&str]| {
        placeholders.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<String> = Key::ALL
        .iter()
        .map(|key| format!("| `{}` | {} | {} |", key.name(), list(key.must()), list(key.may())))
        .collect();
    let table = rows.join("\n");
    assert!(page.contains(&table), "docs/messages.md should hold this table:\n{table}");
}
