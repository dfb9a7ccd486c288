//! The invariants of `docs/architecture.md` that the dependency graph and the source text can show.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which member of the workspace may name which crates.
const OWNERS: [(&str, &[&str]); 3] = [
    ("regiment-core", &["sqlx"]),
    ("regiment-bot", &["serenity", "twilight", "poise"]),
    ("regiment-ml", &["polars", "linfa", "candle"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate stands in the workspace")
        .to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("cargo prints text")
}

/// Returns the names of the crates that a build of `package` links, with `features` as given.
fn linked(package: &str, features: &[&str]) -> BTreeSet<String> {
    let mut arguments = vec!["tree", "--package", package, "--edges", "normal", "--prefix", "none"];
    arguments.extend(features);
    cargo(&arguments).lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// Calls `check` with the path and the text of every Rust file of a member.
fn each_source(member: &str, check: &mut impl FnMut(&str, &str)) {
    let mut folders = vec![root().join(member).join("src")];
    let mut n_files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source is text");
                let shown = path
                    .strip_prefix(root())
                    .expect("it stands in the workspace")
                    .display()
                    .to_string();
                check(&shown, &text);
                n_files += 1;
            }
        }
    }
    assert!(n_files > 0, "{member} has no source");
}

#[test]
fn each_heavy_dependency_has_one_owner() {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut n_owned = 0;
    for package in metadata["packages"].as_array().unwrap() {
        let member = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap();
            for (owner, crates) in OWNERS {
                if crates.iter().any(|owned| name.starts_with(owned)) {
                    assert_eq!(member, owner, "{member} depends on {name}: only {owner} may");
                    n_owned += 1;
                }
            }
        }
    }
    assert!(n_owned >= 2, "the search finds nothing, not even sqlx and polars");
}

#[test]
fn the_engines_link_neither_a_database_nor_a_runtime() {
    let linked = linked("regiment-core", &["--no-default-features"]);
    assert!(linked.contains("jiff"), "{linked:?}");
    for name in ["sqlx", "tokio", "rand"] {
        assert!(!linked.contains(name), "regiment-core without features links {name}");
    }
}

#[test]
fn the_bot_and_the_models_have_no_database() {
    for member in ["regiment-bot", "regiment-ml"] {
        let linked = linked(member, &[]);
        assert!(linked.contains("regiment-core"), "{linked:?}");
        assert!(!linked.contains("sqlx"), "{member} links sqlx");
    }
}

#[test]
fn only_the_store_contains_sql() {
    // Words that a statement of ours can't do without, as SQL spells them.
    const STATEMENTS: [&str; 5] =
        ["SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE ", "BEGIN IMMEDIATE"];
    let mut n_statements = 0;
    for member in ["regiment-core", "regiment-ml", "regiment-grpc", "regiment-bot"] {
        each_source(member, &mut |path, text| {
            let is_store = path.starts_with("regiment-core/src/store");
            for statement in STATEMENTS {
                if text.contains(statement) {
                    assert!(is_store, "{path} contains {statement:?}: only the store may");
                    n_statements += 1;
                }
            }
        });
    }
    assert!(n_statements > 0, "the search finds nothing, not even the store's own");
}

#[test]
fn engines_mint_no_id_and_ask_no_clock() {
    const FORBIDDEN: [&str; 5] = ["Id::mint", ".now()", "std::fs", "std::net", "tokio::"];
    let mut n_engines = 0;
    each_source("regiment-core", &mut |path, text| {
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        if is_test || !path.starts_with("regiment-core/src/engine") {
            return;
        }
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        n_engines += 1;
        for forbidden in FORBIDDEN {
            assert!(!text.contains(forbidden), "{path} contains {forbidden}");
        }
    });
    assert!(n_engines > 0, "there is no engine to look at");
}

#[test]
fn the_modules_named_in_the_architecture_exist() {
    let text = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let mut n_named = 0;
    for (index, quoted) in text.split('`').enumerate() {
        let is_code = index % 2 == 1;
        let is_path = quoted.contains('/') && !quoted.contains([' ', '\n', ':', '*', '{']);
        if is_code
            && is_path
            && quoted.split('/').next().is_some_and(|top| root().join(top).exists())
        {
            let shown = quoted.trim_end_matches('/');
            assert!(
                root().join(shown).exists(),
                "docs/architecture.md names {quoted}, which does not exist"
            );
            n_named += 1;
        }
    }
    assert!(n_named >= 10, "only {n_named} modules are named");
}
