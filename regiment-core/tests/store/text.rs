//! SQL lives in `src/store` and nowhere else.

use std::{fs, path::Path};

/// Beginnings of statements, as they stand inside a string literal.
const STATEMENTS: [&str; 7] = [
    "\"SELECT ",
    "\"INSERT INTO ",
    "\"UPDATE ",
    "\"DELETE FROM ",
    "\"CREATE ",
    "\"WITH ",
    "sqlx::",
];

fn offenders(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            if !(name == "store" || name == "target") {
                offenders(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "store.rs"
        {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(
                STATEMENTS
                    .iter()
                    .filter(|statement| text.contains(**statement))
                    .map(|statement| format!("{}: {statement}", path.display())),
            );
        }
    }
}

#[test]
fn no_other_source_holds_sql() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for member in ["regiment-core", "regiment-ml", "regiment-grpc", "regiment-bot", "proto"] {
        let sources = workspace.join(member).join("src");
        if sources.exists() {
            offenders(&sources, &mut found);
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_search_would_find_some() {
    let mut found = Vec::new();
    offenders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"), &mut found);
    assert!(found.len() > 20, "{found:?}");
}
