//! Once written, a message is claimed by one sender at a time, finished by its holder, never lost.

use jiff::SignedDuration;
use regiment_core::{
    message::{Dispatch, Message, Priority, Recipient},
    store::{Claimed, Ending, Finished, Store},
};

use crate::harness::at;

pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);

pub(crate) fn message(key: &str, not_before: i64, expires: Option<i64>) -> Dispatch {
    Dispatch {
        key: key.to_owned(),
        to: Recipient::Client("1".parse().unwrap()),
        message: Message::Private { text: format!("for {key}") },
        priority: Priority::Order,
        not_before: at(not_before),
        expires_at: expires.map(at),
        delivers: None,
    }
}

async fn put(store: &Store, messages: &[Dispatch]) -> u64 {
    let mut tx = store.begin().await.unwrap();
    let written = tx.put_messages(messages, at(0)).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn claim(store: &Store, now: i64) -> Vec<Claimed> {
    let mut tx = store.begin().await.unwrap();
    let claims = tx.claim_messages(at(now), LEASE, 10, "v1").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claims.corrupt, []);
    claims.messages
}

async fn finish(store: &Store, claimed: &Claimed, ending: Ending, now: i64) -> Finished {
    let mut tx = store.begin().await.unwrap();
    let finished = tx.finish_message(&claimed.lease, &ending, at(now)).await.unwrap();
    tx.commit().await.unwrap();
    finished
}

fn keys(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.dispatch.key.as_str()).collect()
}

fn delivered() -> Ending {
    Ending::Delivered { remote_id: "900".to_owned() }
}

on_both! {
    async fn a_second_message_with_the_same_key_is_not_written(database: &Database) {
        let store = &database.store;
        assert_eq!(put(store, &[message("a", 0, None), message("a", 0, None)]).await, 1);
        assert_eq!(put(store, &[message("a", 0, None), message("b", 0, None)]).await, 1);
        assert_eq!(keys(&claim(store, 0).await), ["a", "b"]);
    }

    async fn what_comes_back_is_what_was_written(database: &Database) {
        let sent = message("a", 5, Some(100));
        put(&database.store, std::slice::from_ref(&sent)).await;
        let claimed = claim(&database.store, 5).await.remove(0);
        assert_eq!(claimed.dispatch, sent);
        assert_eq!((claimed.attempts, claimed.is_doubtful), (1, false));
        assert_eq!(claimed.wording, "v1");
    }

    async fn a_message_is_not_due_before_its_time(database: &Database) {
        put(&database.store, &[message("a", 10, None)]).await;
        assert_eq!(keys(&claim(&database.store, 9).await), [""; 0]);
        assert_eq!(keys(&claim(&database.store, 10).await), ["a"]);
    }

    async fn the_urgent_goes_first_and_then_the_older(database: &Database) {
        let mut alert = message("z", 8, None);
        alert.priority = Priority::Alert;
        let mut digest = message("a", 0, None);
        digest.priority = Priority::Digest;
        put(&database.store, &[digest, message("m", 5, None), message("l", 5, None), message("k", 6, None), alert]).await;
        assert_eq!(keys(&claim(&database.store, 10).await), ["z", "l", "m", "k", "a"]);
    }

    async fn a_leased_message_is_not_given_to_another_until_the_lease_ends(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None)]).await;
        assert_eq!(claim(store, 0).await.len(), 1);
        assert_eq!(claim(store, 59).await.len(), 0);
        let second = claim(store, 60).await.remove(0);
        assert!(second.is_doubtful, "the first sender may have sent it");
        assert_eq!(second.attempts, 2);
    }

    async fn a_sender_that_was_replaced_finishes_nothing(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None)]).await;
        let first = claim(store, 0).await.remove(0);
        let second = claim(store, 60).await.remove(0);
        assert_eq!(finish(store, &first, delivered(), 61).await, Finished::Superseded);
        assert_eq!(finish(store, &second, delivered(), 62).await, Finished::Done);
        assert_eq!(finish(store, &second, delivered(), 63).await, Finished::Superseded);
    }

    async fn a_lease_is_extended_only_by_its_holder(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None)]).await;
        let first = claim(store, 0).await.remove(0);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.extend_lease(&first.lease, at(120)).await.unwrap(), Finished::Done);
        tx.commit().await.unwrap();
        assert_eq!(claim(store, 119).await.len(), 0);
        assert_eq!(claim(store, 120).await.len(), 1);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.extend_lease(&first.lease, at(500)).await.unwrap(), Finished::Superseded);
    }

    async fn a_retry_waits_for_its_time_and_is_not_doubtful(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None)]).await;
        let first = claim(store, 0).await.remove(0);
        let retry = Ending::Retry { not_before: at(300), error: "429".to_owned() };
        assert_eq!(finish(store, &first, retry, 1).await, Finished::Done);
        assert_eq!(claim(store, 299).await.len(), 0);
        let again = claim(store, 300).await.remove(0);
        assert_eq!((again.attempts, again.is_doubtful), (2, false));
    }

    async fn every_attempt_keeps_the_texts_of_the_first(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None)]).await;
        claim(store, 0).await;
        let mut tx = store.begin().await.unwrap();
        let again = tx.claim_messages(at(60), LEASE, 10, "v2").await.unwrap();
        assert_eq!(again.messages[0].wording, "v1");
    }

    async fn what_ended_is_never_claimed_again(database: &Database) {
        let store = &database.store;
        let endings = [
            delivered(),
            Ending::Refused { error: "closed".to_owned() },
            Ending::Unknown { error: "timeout".to_owned() },
            Ending::Missed,
        ];
        for (number, ending) in endings.into_iter().enumerate() {
            put(store, &[message(&number.to_string(), 0, None)]).await;
            let claimed = claim(store, 0).await.remove(0);
            assert_eq!(finish(store, &claimed, ending, 1).await, Finished::Done);
        }
        assert_eq!(claim(store, 10_000).await.len(), 0);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.backlog(at(10_000)).await.unwrap().pending, 0);
    }

    async fn an_expired_message_is_missed_once_and_not_sent(database: &Database) {
        let store = &database.store;
        put(store, &[message("late", 0, Some(100)), message("good", 0, Some(101))]).await;
        assert_eq!(claim(store, 0).await.len(), 2, "both are under lease");
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.miss_messages(at(100), 10).await.unwrap(), [], "a sender is at it");
        drop(tx);

        put(store, &[message("unsent", 0, Some(100))]).await;
        let mut tx = store.begin().await.unwrap();
        let missed = tx.miss_messages(at(100), 10).await.unwrap();
        assert_eq!(missed, [message("unsent", 0, Some(100))]);
        assert_eq!(tx.miss_messages(at(100), 10).await.unwrap(), []);
        tx.commit().await.unwrap();
    }

    async fn an_expired_doubtful_message_comes_to_be_looked_up(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, Some(30))]).await;
        claim(store, 0).await;
        let again = claim(store, 60).await.remove(0);
        assert!(again.is_doubtful);
        assert!(again.dispatch.expires_at.unwrap() < at(60));
        assert_eq!(finish(store, &again, Ending::Missed, 61).await, Finished::Done);
    }

    async fn a_message_is_withdrawn_unless_a_sender_may_have_sent_it(database: &Database) {
        let store = &database.store;
        put(store, &[message("waiting", 10, None), message("held", 0, None)]).await;
        assert_eq!(keys(&claim(store, 0).await), ["held"]);
        let mut tx = store.begin().await.unwrap();
        let withdrawn = tx.withdraw_messages(["waiting", "held", "other"], at(1)).await.unwrap();
        assert_eq!(withdrawn, 1);
        assert_eq!(tx.withdraw_messages(["held"], at(60)).await.unwrap(), 0, "its lease ended without a word");
        tx.commit().await.unwrap();
        assert_eq!(keys(&claim(store, 60).await), ["held"]);
    }

    async fn an_unknown_fate_is_settled_once_it_is_known(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None), message("b", 0, None)]).await;
        for claimed in claim(store, 0).await {
            finish(store, &claimed, Ending::Unknown { error: "timeout".to_owned() }, 1).await;
        }
        let mut tx = store.begin().await.unwrap();
        let again = Ending::Retry { not_before: at(5), error: String::new() };
        assert_eq!(tx.settle_unknown("a", &delivered(), at(2)).await.unwrap(), Finished::Done);
        assert_eq!(tx.settle_unknown("a", &again, at(2)).await.unwrap(), Finished::Superseded);
        assert_eq!(tx.settle_unknown("b", &again, at(2)).await.unwrap(), Finished::Done);
        tx.commit().await.unwrap();
        assert_eq!(keys(&claim(store, 5).await), ["b"]);
    }

    async fn what_was_delivered_is_known(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None), message("b", 0, None), message("c", 9, None)]).await;
        let claimed = claim(store, 0).await;
        finish(store, &claimed[0], delivered(), 1).await;
        finish(store, &claimed[1], Ending::Missed, 1).await;
        let mut tx = store.begin().await.unwrap();
        let keys = ["a", "b", "c", "d"].map(str::to_owned);
        assert_eq!(tx.delivered_among(keys).await.unwrap(), ["a"]);
    }

    async fn the_next_message_tells_how_long_to_sleep(database: &Database) {
        let store = &database.store;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.next_message_at().await.unwrap(), None);
        drop(tx);
        put(store, &[message("a", 10, None), message("b", 30, None)]).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.next_message_at().await.unwrap(), Some(at(10)));
        drop(tx);
        claim(store, 10).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.next_message_at().await.unwrap(), Some(at(30)));
        let backlog = tx.backlog(at(40)).await.unwrap();
        assert_eq!((backlog.pending, backlog.oldest_due), (2, Some(at(10))));
    }

    async fn a_message_that_does_not_decode_stops_no_other(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None), message("b", 0, None)]).await;
        let mut tx = store.begin().await.unwrap();
        tx.tamper("UPDATE outbox SET body = '{\"key\": 5}' WHERE dedup_key = 'a'").await.unwrap();
        let claims = tx.claim_messages(at(0), LEASE, 10, "v1").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(keys(&claims.messages), ["b"]);
        assert_eq!((claims.corrupt[0].column, claims.corrupt[0].id.as_str()), ("body", "a"));
        assert_eq!(claim(store, 60).await.len(), 1, "the corrupt one is not claimed again");
    }

    async fn two_senders_at_once_share_the_messages(database: &Database) {
        let store = &database.store;
        let messages: Vec<_> = (0..40).map(|n| message(&format!("{n:02}"), 0, None)).collect();
        put(store, &messages).await;
        let mut senders = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let store = store.clone();
            senders.spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let mut tx = store.begin().await.unwrap();
                    let claims = tx.claim_messages(at(0), LEASE, 3, "v1").await.unwrap();
                    tx.commit().await.unwrap();
                    if claims.messages.is_empty() {
                        return mine;
                    }
                    mine.extend(claims.messages.into_iter().map(|claimed| claimed.dispatch.key));
                }
            });
        }
        let mut all = Vec::new();
        while let Some(mine) = senders.join_next().await {
            all.extend(mine.unwrap());
        }
        all.sort();
        assert_eq!(all, messages.into_iter().map(|message| message.key).collect::<Vec<_>>());
    }

    async fn what_ended_long_ago_is_pruned(database: &Database) {
        let store = &database.store;
        put(store, &[message("a", 0, None), message("b", 0, None)]).await;
        let claimed = claim(store, 0).await.remove(0);
        finish(store, &claimed, delivered(), 5).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.prune_messages(at(5), 10).await.unwrap(), 0);
        assert_eq!(tx.prune_messages(at(6), 10).await.unwrap(), 1);
        assert_eq!(tx.backlog(at(6)).await.unwrap().pending, 1);
    }
}
