//! Bad input, tried. What is said of it stands in `docs/bad-input.md`; run with `REGIMENT_TEST_WRITE=1` to write it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::{complains, prints};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/bad-input.md");
const BEGIN: &str = "<!-- begin: commands -->\n";
const END: &str = "<!-- end: commands -->\n";

/// Commands that are refused, with their exit codes. Files are those of [`write_files`].
const TRIED: [(i32, &str); 21] = [
    (2, "servee"),
    (2, "serve --listen nowhere"),
    (2, "serve --listen 0.0.0.0:8080"),
    (2, "serve --roles cook"),
    (2, "policy check unknown.toml"),
    (2, "policy check early.toml"),
    (2, "policy check negative.toml"),
    (1, "policy check none.toml"),
    (2, "migrate down"),
    (1, "migrate down --to 99"),
    (2, "--database mysql://localhost/x migrate up"),
    (2, "--config typo.toml migrate status"),
    (2, "--config none.toml migrate status"),
    (2, "--log xml migrate status"),
    (2, "import --format hevy hevy.csv"),
    (2, "import --format csv --user-id 42 hevy.csv"),
    (1, "import --format hevy --user-id 42 strong.csv"),
    (1, "import --format frames nowhere"),
    (2, "export --user-id me --out x"),
    (2, "export --out x"),
    (1, "export --user-id 43 --out x"),
];

#[test]
fn every_bad_input_is_refused_in_one_line_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_files(folder);
    prints(folder, &["migrate", "up"]);
    prints(folder, &["import", "--format", "original-json", "profile.json"]);
    let before = prints(folder, &["export", "--user-id", "42", "--out", "before"]);
    assert!(before.contains("client.json"), "{before}");

    let mut table = String::from("| `regiment …` | exit | what it says |\n| --- | --- | --- |\n");
    for (code, line) in TRIED {
        let arguments: Vec<&str> = line.split(' ').collect();
        let said = complains(folder, code, &arguments).replace('|', "\\|").replace('<', "\\<");
        writeln!(table, "| `{line}` | {code} | {said} |").unwrap();
    }
    prints(folder, &["export", "--user-id", "42", "--out", "after"]);
    let [before, after] = ["before", "after"]
        .map(|name| fs::read_to_string(folder.join(name).join("client.json")).unwrap());
    assert_eq!(before, after, "something was stored");

    let page = fs::read_to_string(PAGE).unwrap();
    let (head, rest) = page.split_once(BEGIN).expect("the page has a place for it");
    let (written, tail) = rest.split_once(END).expect("the page has an end for it");
    if std::env::var_os("REGIMENT_TEST_WRITE").is_some() {
        fs::write(PAGE, format!("{head}{BEGIN}{table}{END}{tail}")).unwrap();
    } else {
        assert_eq!(written, table, "run this test with REGIMENT_TEST_WRITE=1");
    }
}

fn write_files(folder: &Path) {
    let files = [
        ("unknown.toml", "[times]\nbreakfast = \"05:00:00\"\n"),
        ("early.toml", "[times]\nday_close = \"11:00:00\"\n"),
        ("negative.toml", "[meals]\ntolerance_percent = -5.0\n"),
        ("typo.toml", "[serve]\nlistn = \"127.0.0.1:8080\"\n"),
        ("hevy.csv", "title,start_time\n"),
        ("strong.csv", "Date,Workout Name,Exercise Name\n2026-01-07,A,Squat\n"),
        ("profile.json", super::transfer::PROFILE),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("the file is written");
    }
}
