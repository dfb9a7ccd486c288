//! The JSON Schemas under `docs/schemas/` are those of the records.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn the_published_schemas_are_those_of_the_records() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    let published: BTreeMap<String, String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    let current: BTreeMap<String, String> = regiment_grpc::schemas().into_iter().collect();
    let names: Vec<_> = published.keys().collect();
    assert_eq!(
        names,
        current.keys().collect::<Vec<_>>(),
        "run: regiment schemas --out docs/schemas"
    );
    for (name, text) in &current {
        assert_eq!(
            &published[name], text,
            "{name} is old: run: regiment schemas --out docs/schemas"
        );
    }
}
