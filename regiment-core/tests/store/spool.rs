//! The spool keeps what it answered for, whatever byte the process dies at.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use regiment_core::store::{Damage, Replay, Spool, Spooled};

use crate::harness::at;

fn entry(number: usize) -> Spooled<String> {
    Spooled { key: format!("k{number}"), at: at(0), entry: format!("line\nfeed \"{number}\" ü") }
}

fn spool(folder: &tempfile::TempDir) -> (PathBuf, Spool) {
    let path = folder.path().join("spool");
    let (spool, damage) = Spool::open(&path).unwrap();
    assert_eq!(damage, None);
    (path, spool)
}

#[test]
fn what_was_appended_is_read_in_order_also_by_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let (path, spool) = spool(&folder);
    assert!(spool.is_empty());
    for number in 0..3 {
        spool.append(&entry(number)).unwrap();
    }
    let (reopened, damage) = Spool::open(&path).unwrap();
    assert_eq!(damage, None);
    for spool in [spool, reopened] {
        let found = spool.read::<String>().unwrap();
        assert_eq!(found.entries, [entry(0), entry(1), entry(2)]);
        assert_eq!(found.damage, []);
    }
}

#[test]
fn a_kill_at_any_byte_loses_no_entry_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (path, spool) = spool(&folder);
    let mut ends = vec![0];
    for number in 0..4 {
        spool.append(&entry(number)).unwrap();
        ends.push(fs::metadata(&path).unwrap().len());
    }
    let whole = fs::read(&path).unwrap();
    for killed_at in 0..=whole.len() {
        let torn = folder.path().join("killed");
        fs::write(&torn, &whole[..killed_at]).unwrap();
        let (spool, damage) = Spool::open(&torn).unwrap();

        let answered = ends.iter().filter(|end| **end <= killed_at as u64).count() - 1;
        let offset = ends[answered];
        let expected = (offset < killed_at as u64)
            .then(|| Damage::TornEnd { offset, len: killed_at as u64 - offset });
        assert_eq!(damage, expected, "killed at {killed_at}");

        // Life goes on behind the tear.
        spool.append(&entry(9)).unwrap();
        let found = spool.read::<String>().unwrap();
        let mut wanted: Vec<_> = (0..answered).map(entry).collect();
        wanted.push(entry(9));
        assert_eq!(found.entries, wanted, "killed at {killed_at}");
        assert_eq!(found.damage, []);
    }
}

proptest! {
    #[test]
    fn a_flipped_byte_is_reported_and_costs_at_most_two_entries(
        at in 0_usize..400, bit in 0_u8..8,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (path, spool) = spool(&folder);
        for number in 0..6 {
            spool.append(&entry(number)).unwrap();
        }
        let mut bytes = fs::read(&path).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        fs::write(&path, &bytes).unwrap();

        let (spool, torn) = Spool::open(&path).unwrap();
        let found = spool.read::<String>().unwrap();
        prop_assert!(torn.is_some() || !found.damage.is_empty());
        prop_assert!(found.entries.len() >= 4);
        let all: Vec<_> = (0..6).map(entry).collect();
        prop_assert!(found.entries.iter().all(|found| all.contains(found)));
        prop_assert!(found.entries.is_sorted_by(|a, b| a.key < b.key));
    }
}

#[test]
fn what_arrives_during_a_replay_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (path, spool) = spool(&folder);
    spool.append(&entry(0)).unwrap();
    let found = spool.read::<String>().unwrap();
    spool.append(&entry(1)).unwrap();
    spool.clear(&found).unwrap();
    assert_eq!(spool.read::<String>().unwrap().entries, [entry(1)]);
    spool.append(&entry(2)).unwrap();
    let (reopened, _) = Spool::open(&path).unwrap();
    assert_eq!(reopened.read::<String>().unwrap().entries, [entry(1), entry(2)]);
}

#[test]
fn damaged_lines_are_kept_beside_the_cleared_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, spool) = spool(&folder);
    spool.append(&entry(0)).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    fs::write(&path, &bytes).unwrap();
    spool.append(&entry(1)).unwrap();

    let found = spool.read::<String>().unwrap();
    assert_eq!(found.entries, [entry(1)]);
    assert_eq!(found.damage, [Damage::BadLine { offset: 0, len: bytes.len() as u64 }]);
    spool.clear(&found).unwrap();
    assert!(spool.is_empty());
    assert!(fs::read(folder.path().join("spool.damaged")).unwrap().starts_with(&bytes));
}

#[test]
fn a_folder_that_does_not_exist_is_named() {
    let refused = Spool::open("/no/such/folder/spool").unwrap_err();
    assert!(refused.to_string().contains("/no/such/folder/spool"));
}

on_both! {
    async fn an_entry_is_replayed_once_whenever_the_process_dies(database: &Database) {
        let folder = tempfile::tempdir().unwrap();
        let (path, first) = spool(&folder);
        for number in 0..3 {
            first.append(&entry(number)).unwrap();
        }
        // The first replay stores two entries and dies before it clears the file.
        let mut stored = Vec::new();
        for (round, dies_after) in [(0, 2), (1, 3)] {
            let (spool, _) = Spool::open(&path).unwrap();
            let found = spool.read::<String>().unwrap();
            for waiting in found.entries.iter().take(dies_after) {
                let mut tx = database.store.begin().await.unwrap();
                if tx.apply_spooled(&waiting.key, at(round)).await.unwrap() == Replay::Store {
                    stored.push(waiting.key.clone());
                }
                tx.commit().await.unwrap();
            }
        }
        assert_eq!(stored, ["k0", "k1", "k2"]);
    }

    async fn a_replay_that_rolls_back_is_made_again(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.apply_spooled("k", at(0)).await.unwrap(), Replay::Store);
        tx.rollback().await.unwrap();
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.apply_spooled("k", at(0)).await.unwrap(), Replay::Store);
        assert_eq!(tx.spooled_applied(["k", "other"]).await.unwrap(), ["k"]);
    }
}
