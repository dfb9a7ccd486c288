//! Frames that another program wrote: `tests/frames/plain` as pyarrow writes them from plain
//! columns, `tests/frames/awkward` the same rows with UTC labels, `NaN` for absent weights, untyped
//! empty columns, 64-bit whole numbers, long strings, and further columns of a dozen other types.

use std::path::PathBuf;

use regiment_ml::frame::{Frames, Table};

fn frames(name: &str) -> Frames {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/frames")).join(name);
    Frames::read(&folder).expect("readable frames")
}

#[test]
fn plain_columns_are_read() {
    let plain = frames("plain");
    assert_eq!(plain.clients.height(), 3);
    assert!(plain.meal_logs.height() > 60, "{}", plain.meal_logs.height());
    let records = plain.to_records().expect("typed");
    assert_eq!(records.bad_rows, []);
    assert_eq!(records.clients.len(), 3);
    let n_rows: usize = Table::ALL[1..].iter().map(|table| plain.table(*table).height()).sum();
    assert_eq!(records.logs.len(), n_rows);
    let back = Frames::of_records(&records.clients, &records.logs).to_records().expect("typed");
    assert_eq!(back, records);
}

#[test]
fn awkward_columns_hold_the_same() {
    let (plain, awkward) = (frames("plain"), frames("awkward"));
    for table in Table::ALL {
        let mut expected = plain.table(table).clone();
        if table != Table::Clients {
            // The awkward copy was made with this column empty and untyped.
            let empty = polars::prelude::Column::full_null(
                "cause".into(),
                expected.height(),
                &polars::prelude::DataType::String,
            );
            expected.with_column(empty).expect("the same height");
        }
        assert_eq!(*awkward.table(table), expected, "{}", table.file());
    }
}
