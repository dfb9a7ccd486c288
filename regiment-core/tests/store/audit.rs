//! The chain holds, says where it does not, and survives an erasure.

use regiment_core::store::{AuditAbout, AuditHead, AuditWanted, Break, Details, NewEntry, Store};
use regiment_core::testing::client;

use crate::harness::at;

fn entry(action: &str, subject: &str, details: Option<&str>) -> NewEntry {
    NewEntry {
        actor: "coach:c1".to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        details: details.map(|text| Details { salt: [7; 16], text: text.to_owned() }),
    }
}

async fn record(store: &Store, entries: &[NewEntry]) {
    let mut tx = store.begin().await.unwrap();
    tx.append_audit(entries, at(1)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn three_links(store: &Store) {
    record(store, &[entry("paused", "s1", Some("flu")), entry("resumed", "s1", None)]).await;
    record(store, &[entry("edited", "s2", Some("macros"))]).await;
}

async fn tampered(store: &Store, sql: &str) -> Option<Break> {
    let mut tx = store.begin().await.unwrap();
    // The triggers stand in the way, as they should; somebody with the keys takes them off.
    tx.tamper(sql).await.unwrap();
    let report = tx.verify_audit(None).await.unwrap();
    tx.rollback().await.unwrap();
    report.broken
}

fn unlocked(kind: crate::harness::Kind, sql: &str) -> String {
    let unlock = if kind == crate::harness::Kind::Postgres {
        "DROP TRIGGER audit_append_only ON audit; DROP TRIGGER audit_details_no_update ON audit_details;"
    } else {
        "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_details_no_update;"
    };
    format!("{unlock} {sql}")
}

on_both! {
    async fn an_untouched_chain_holds(database: &Database) {
        three_links(&database.store).await;
        let mut tx = database.store.begin().await.unwrap();
        let report = tx.verify_audit(None).await.unwrap();
        assert_eq!((report.broken, report.erased, report.head.sequence), (None, 0, 3));
        assert_eq!(report.head, tx.audit_head().await.unwrap());
        assert_eq!(report.head.hash.len(), 64);
    }

    async fn an_empty_chain_holds(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let report = tx.verify_audit(None).await.unwrap();
        assert_eq!((report.broken, report.head.sequence), (None, 0));
    }

    async fn a_link_can_be_neither_changed_nor_removed(database: &Database) {
        three_links(&database.store).await;
        for sql in [
            "UPDATE audit SET actor = 'nobody' WHERE sequence = 2",
            "DELETE FROM audit WHERE sequence = 3",
            "UPDATE audit_details SET details = 'cold' WHERE sequence = 1",
        ] {
            let mut tx = database.store.begin().await.unwrap();
            let refused = tx.tamper(sql).await.unwrap_err();
            let cause = std::error::Error::source(&refused).unwrap().to_string();
            assert!(cause.contains("append-only"), "{sql}: {cause}");
        }
    }

    async fn every_tampering_is_found_where_it_was_done(database: &Database) {
        three_links(&database.store).await;
        let cases = [
            ("UPDATE audit SET actor = 'nobody' WHERE sequence = 2", 2, "its content was changed"),
            ("UPDATE audit SET at = at + 1 WHERE sequence = 1", 1, "its content was changed"),
            ("UPDATE audit SET subject = 's9' WHERE sequence = 3", 3, "its content was changed"),
            ("UPDATE audit SET previous_hash = '' WHERE sequence = 2", 2, "it does not follow from the link before it"),
            ("DELETE FROM audit WHERE sequence = 2", 3, "a link is missing before it"),
            ("DELETE FROM audit_details; DELETE FROM audit WHERE sequence = 3", 1, "its details are gone and no erasure is recorded"),
            ("DELETE FROM audit_details WHERE sequence = 3; DELETE FROM audit WHERE sequence = 3", 2, "the chain does not end where its head says"),
            ("UPDATE audit_details SET details = 'cold' WHERE sequence = 1", 1, "its details were changed"),
            ("UPDATE audit_details SET salt = '00' WHERE sequence = 3", 3, "its details were changed"),
            ("DELETE FROM audit_details WHERE sequence = 3", 3, "its details are gone and no erasure is recorded"),
        ];
        for (sql, sequence, reason) in cases {
            let found = tampered(&database.store, &unlocked(database.kind, sql)).await;
            assert_eq!(found, Some(Break { sequence, reason }), "{sql}");
        }
    }

    async fn an_erasure_leaves_the_chain_whole_and_is_counted(database: &Database) {
        three_links(&database.store).await;
        let mut tx = database.store.begin().await.unwrap();
        let erased = tx.erase_audit_details("s1", "client:s1", at(2)).await.unwrap();
        assert_eq!(erased, 1);
        let report = tx.verify_audit(None).await.unwrap();
        assert_eq!((report.broken, report.erased, report.head.sequence), (None, 1, 4));
        let about = |subject: &str| AuditWanted {
            about: Some(AuditAbout::Subject(subject.to_owned())),
            ..AuditWanted::default()
        };
        let left = tx.audit_entries(&about("s1"), 10).await.unwrap();
        assert!(left.iter().all(|entry| entry.details.is_none()));
        let left: Vec<_> = left.iter().map(|entry| (entry.action.as_str(), entry.is_erased)).collect();
        assert_eq!(left, [("erased", false), ("resumed", false), ("paused", true)]);
        let other = tx.audit_entries(&about("s2"), 10).await.unwrap();
        assert_eq!(other[0].details.as_deref(), Some("macros"));
    }

    async fn the_trail_is_read_from_its_end_by_role_by_subject_and_by_time(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let subject = client("42").subject().to_owned();
        tx.enlist(&client("42"), at(0)).await.unwrap();
        for (second, subject) in [(10, subject.as_str()), (20, "s2"), (30, &subject), (40, "s2")] {
            let actor = if second == 40 { "admin" } else { "coach" };
            let entry = NewEntry { actor: actor.to_owned(), ..entry("edited", subject, None) };
            tx.append_audit(&[entry], at(second)).await.unwrap();
        }
        let all = tx.audit_entries(&AuditWanted::default(), 10).await.unwrap();
        let links: Vec<_> = all.iter().map(|entry| entry.hash.clone()).collect();
        assert_eq!(links[0], tx.audit_head().await.unwrap().hash);
        let his: Vec<_> = all.iter().map(|entry| entry.client.is_some()).collect();
        assert_eq!(his, [false, true, false, true]);

        let nothing = AuditWanted::default();
        let about = |about| AuditWanted { about: Some(about), ..AuditWanted::default() };
        let span = |from, until| AuditWanted {
            from: Some(at(from)),
            until: Some(at(until)),
            ..AuditWanted::default()
        };
        let cases: [(AuditWanted, &[i64]); 10] = [
            (nothing.clone(), &[4, 3, 2, 1]),
            (AuditWanted { before: Some(3), ..nothing.clone() }, &[2, 1]),
            (AuditWanted { actor: Some("admin".to_owned()), ..nothing.clone() }, &[4]),
            (AuditWanted { actor: Some("nobody".to_owned()), ..nothing }, &[]),
            (about(AuditAbout::Client("42".parse().unwrap())), &[3, 1]),
            (about(AuditAbout::Client("43".parse().unwrap())), &[]),
            (about(AuditAbout::Subject(subject)), &[3, 1]),
            (AuditWanted { actor: Some("coach".to_owned()), ..about(AuditAbout::Subject("s2".to_owned())) }, &[2]),
            (span(20, 40), &[3, 2]),
            (span(19, 41), &[4, 3, 2]),
        ];
        for (wanted, expected) in cases {
            let found = tx.audit_entries(&wanted, 10).await.unwrap();
            let found: Vec<_> = found.iter().map(|entry| entry.sequence).collect();
            assert_eq!(found, expected, "{wanted:?}");
        }
    }

    async fn a_head_kept_elsewhere_shows_a_rewritten_and_a_shortened_chain(database: &Database) {
        three_links(&database.store).await;
        let mut tx = database.store.begin().await.unwrap();
        let head = tx.audit_head().await.unwrap();
        assert_eq!(tx.verify_audit(Some(&head)).await.unwrap().broken, None);

        let rewritten = AuditHead { hash: "0".repeat(64), ..head.clone() };
        let found = tx.verify_audit(Some(&rewritten)).await.unwrap().broken.unwrap();
        assert_eq!((found.sequence, found.reason), (3, "it is not the link that was kept"));

        let longer = AuditHead { sequence: 4, ..head };
        let found = tx.verify_audit(Some(&longer)).await.unwrap().broken.unwrap();
        assert_eq!(found.reason, "the chain is shorter than the head that was kept");
    }

    async fn writers_at_once_make_one_chain(database: &Database) {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..4 {
            let store = database.store.clone();
            writers.spawn(async move {
                for _ in 0..5 {
                    record(&store, &[entry("edited", &format!("s{writer}"), Some("x"))]).await;
                }
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }
        let mut tx = database.store.begin().await.unwrap();
        let report = tx.verify_audit(None).await.unwrap();
        assert_eq!((report.broken, report.head.sequence), (None, 20));
    }

    async fn a_chain_of_several_pages_holds(database: &Database) {
        let entries: Vec<_> = (0..1_500).map(|_| entry("edited", "s1", None)).collect();
        record(&database.store, &entries).await;
        let mut tx = database.store.begin().await.unwrap();
        let report = tx.verify_audit(None).await.unwrap();
        assert_eq!((report.broken, report.head.sequence), (None, 1_500));
    }
}
