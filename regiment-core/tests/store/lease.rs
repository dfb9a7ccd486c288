//! The bot as a sender: whatever dies between the lease and the acknowledgment, no message is lost
//! and none is given out twice without being marked for a look.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use regiment_core::{
    ManualClock,
    engine::delivery::{Attempt, ErrorClass},
    message::{Dispatch, Recipient},
    record::{Actor, AlertKind, CardSource, ClientProfile},
    regiment::{Acknowledged, Destination, Dm, Error, Inbox, Leased, Log, Regiment},
    store::{AuditWanted, Contact, DeliveryState, Ending, Lease, Listing},
    testing::{client, user},
};

use super::outbox::message;
use crate::harness::{Database, at};

/// A practice with one client, and messages for him.
struct Post {
    regiment: Regiment,
    clock: Arc<ManualClock>,
}

impl Post {
    async fn open(database: &Database, messages: &[Dispatch]) -> Self {
        let clock = Arc::new(ManualClock::at(at(0)));
        let regiment = Regiment::open(database.store.clone(), clock.clone()).await.unwrap();
        let mut tx = database.store.begin().await.unwrap();
        let reachable =
            ClientProfile { fallback_channel_id: Some("777".to_owned()), ..client("1") };
        tx.enlist(&reachable, at(0)).await.unwrap();
        tx.enlist(&client("2"), at(0)).await.unwrap();
        tx.put_messages(messages, at(0)).await.unwrap();
        tx.commit().await.unwrap();
        Self { regiment, clock }
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    async fn lease(&self) -> Vec<Leased> {
        self.regiment.lease_messages(10).await.unwrap()
    }

    async fn one(&self) -> Leased {
        let mut leased = self.lease().await;
        assert_eq!(leased.len(), 1, "{leased:?}");
        leased.remove(0)
    }

    async fn acknowledge(&self, lease: &Lease, attempt: &Attempt) -> Acknowledged {
        self.regiment.acknowledge(lease, attempt).await.unwrap()
    }

    async fn state(&self, key: &str) -> DeliveryState {
        let mut tx = self.regiment.store().begin().await.unwrap();
        tx.message_locked(key).await.unwrap().unwrap().state
    }

    async fn alerts(&self) -> Vec<AlertKind> {
        let mut tx = self.regiment.store().read().await.unwrap();
        tx.open_alerts(100).await.unwrap().into_iter().map(|alert| alert.kind).collect()
    }
}

fn delivered() -> Attempt {
    Attempt::Delivered { remote_id: "900".to_owned() }
}

fn failed(class: ErrorClass) -> Attempt {
    Attempt::Failed { class, retry_after: None }
}

fn to_2(key: &str) -> Dispatch {
    Dispatch { to: Recipient::Client(user("2")), ..message(key, 0, None) }
}

on_both! {
    async fn a_message_is_given_out_with_all_it_takes_to_send_it(database: &Database) {
        let post = Post::open(database, &[message("a", 0, Some(600))]).await;
        let leased = post.one().await;
        assert_eq!(leased.claimed.dispatch, message("a", 0, Some(600)));
        assert_eq!((leased.claimed.lease.token(), leased.until), (1, at(60)));
        assert_eq!((leased.claimed.is_doubtful, leased.is_expired), (false, false));
        let direct = Destination::Direct { user_id: user("1"), channel_id: None };
        assert_eq!(leased.destination, direct);
        assert!(post.lease().await.is_empty());
    }

    async fn a_stream_cut_after_the_lease_loses_nothing_and_marks_the_message_for_a_look(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None)]).await;
        let cut = post.one().await;
        post.wait(59);
        assert!(post.lease().await.is_empty());
        post.wait(1);
        let again = post.one().await;
        assert_eq!((again.claimed.is_doubtful, again.claimed.lease.token()), (true, 2));
        // The first bot was slow, not dead: what it says counts no more, and changes nothing.
        let late = post.acknowledge(&cut.claimed.lease, &failed(ErrorClass::DmClosed)).await;
        assert_eq!(late, Acknowledged::Stale);
        assert_eq!(post.state("a").await, DeliveryState::Pending);
        assert!(post.alerts().await.is_empty());
        let recorded = Acknowledged::Recorded(DeliveryState::Delivered);
        assert_eq!(post.acknowledge(&again.claimed.lease, &delivered()).await, recorded);
        post.wait(3_600);
        assert!(post.lease().await.is_empty());
    }

    async fn an_acknowledgment_counts_at_the_end_of_its_lease_while_nobody_else_has_the_message(database: &Database) {
        let messages = [("a", 0), ("b", 100), ("c", 200)].map(|(key, due)| message(key, due, None));
        let post = Post::open(database, &messages).await;
        for (due, waited) in [(0, 59), (100, 60), (200, 61)] {
            post.clock.set(at(due));
            let leased = post.one().await;
            post.wait(waited);
            let recorded = Acknowledged::Recorded(DeliveryState::Delivered);
            assert_eq!(post.acknowledge(&leased.claimed.lease, &delivered()).await, recorded, "{waited} s");
        }
    }

    async fn an_acknowledgment_that_is_repeated_is_answered_and_not_repeated(database: &Database) {
        let post = Post::open(database, &[to_2("a"), to_2("b")]).await;
        let leased = post.lease().await;
        let [a, b] = [&leased[0].claimed.lease, &leased[1].claimed.lease];
        let closed = failed(ErrorClass::DmClosed);
        let refused = Acknowledged::Recorded(DeliveryState::Refused);
        assert_eq!(post.acknowledge(a, &closed).await, refused);
        assert_eq!(post.acknowledge(a, &closed).await, Acknowledged::Before(DeliveryState::Refused));
        // The answer to "waits" was lost: the word on the same lease stands.
        let waits = Acknowledged::Recorded(DeliveryState::Pending);
        assert_eq!(post.acknowledge(b, &failed(ErrorClass::Unavailable)).await, waits);
        assert_eq!(post.acknowledge(b, &delivered()).await, Acknowledged::Before(DeliveryState::Pending));
        let mut tx = database.store.read().await.unwrap();
        assert_eq!(tx.open_alerts(10).await.unwrap()[0].count, 1);
    }

    async fn an_acknowledgment_that_is_lost_leads_to_a_look(database: &Database) {
        let post = Post::open(database, &[message("a", 0, Some(30))]).await;
        let lost = post.one().await;
        drop(lost);
        post.wait(60);
        // It is too late to be sent, and it may have been: it comes once more, to be looked up.
        let again = post.one().await;
        assert_eq!((again.claimed.is_doubtful, again.is_expired), (true, true));
        let missed = Acknowledged::Recorded(DeliveryState::Missed);
        assert_eq!(post.acknowledge(&again.claimed.lease, &failed(ErrorClass::TooLate)).await, missed);
        assert_eq!(post.alerts().await, [AlertKind::DeliveryMissed]);
    }

    async fn two_bots_share_the_messages_and_none_gets_what_the_other_has(database: &Database) {
        let messages: Vec<_> = (0..40).map(|n| message(&format!("{n:02}"), 0, None)).collect();
        let post = Post::open(database, &messages).await;
        let (one, other) = tokio::join!(
            async { post.regiment.lease_messages(25).await.unwrap() },
            async { post.regiment.lease_messages(25).await.unwrap() },
        );
        let mut keys: Vec<_> =
            one.iter().chain(&other).map(|leased| leased.claimed.lease.key().to_owned()).collect();
        keys.extend(post.lease().await.iter().map(|leased| leased.claimed.lease.key().to_owned()));
        keys.sort();
        assert_eq!(keys.len(), 40);
        keys.dedup();
        assert_eq!(keys.len(), 40);
    }

    async fn a_closed_dm_is_followed_by_the_private_channel_until_it_opens(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None), message("b", 100, None), message("c", 200, None)]).await;
        let first = post.one().await;
        let waits = Acknowledged::Recorded(DeliveryState::Pending);
        assert_eq!(post.acknowledge(&first.claimed.lease, &failed(ErrorClass::DmClosed)).await, waits);
        let again = post.one().await;
        let private = Destination::Private { user_id: user("1"), channel_id: "777".to_owned() };
        assert_eq!((&again.destination, again.claimed.is_doubtful), (&private, false));
        post.acknowledge(&again.claimed.lease, &delivered()).await;
        assert_eq!(post.alerts().await, [AlertKind::Unreachable]);
        post.wait(100);
        let next = post.one().await;
        assert_eq!(next.destination, private);
        post.acknowledge(&next.claimed.lease, &delivered()).await;
        post.regiment.save_contact(user("1"), Some("55".to_owned()), Dm::Open).await.unwrap();
        post.wait(100);
        let direct = Destination::Direct { user_id: user("1"), channel_id: Some("55".to_owned()) };
        assert_eq!(post.one().await.destination, direct);
    }

    async fn a_closed_dm_without_another_way_ends_with_a_card(database: &Database) {
        let post = Post::open(database, &[to_2("a")]).await;
        let leased = post.one().await;
        let refused = Acknowledged::Recorded(DeliveryState::Refused);
        assert_eq!(post.acknowledge(&leased.claimed.lease, &failed(ErrorClass::DmClosed)).await, refused);
        let cards = post.regiment.open_cards(10).await.unwrap();
        assert_eq!((cards.len(), cards[0].source), (1, CardSource::System));
        let contact = post.regiment.contact(user("2")).await.unwrap();
        assert_eq!(contact, Contact { user_id: user("2"), dm_channel_id: None, dm_closed_at: Some(at(0)) });
    }

    async fn a_delivery_that_cannot_be_looked_up_waits_for_a_coach(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None)]).await;
        let coach = Actor::Coach("7".to_owned());
        let leased = post.one().await;
        let held = post.regiment.retry_message("a", &coach).await;
        assert!(matches!(&held, Err(Error::Refused(refused)) if refused.to_string() == "the message is being sent"), "{held:?}");
        post.acknowledge(&leased.claimed.lease, &failed(ErrorClass::Unanswered)).await;
        assert_eq!(post.state("a").await, DeliveryState::Unknown);
        assert_eq!(post.alerts().await, [AlertKind::DeliveryUnknown]);
        post.wait(3_600);
        assert!(post.lease().await.is_empty());
        let retried = post.regiment.retry_message("a", &coach).await.unwrap().unwrap();
        assert_eq!((retried.state, retried.is_doubtful), (DeliveryState::Pending, true));
        assert!(post.one().await.claimed.is_doubtful, "it is looked up before it is sent again");
    }

    async fn a_coach_takes_a_message_back_before_it_is_sent(database: &Database) {
        let post = Post::open(database, &[message("a", 50, None)]).await;
        let coach = Actor::Coach("7".to_owned());
        let discarded = post.regiment.discard_message("a", &coach).await.unwrap().unwrap();
        assert_eq!(discarded.state, DeliveryState::Withdrawn);
        post.wait(50);
        assert!(post.lease().await.is_empty());
        assert!(post.regiment.retry_message("a", &coach).await.is_err());
        assert!(post.regiment.retry_message("b", &coach).await.unwrap().is_none());
        let mut tx = database.store.read().await.unwrap();
        assert_eq!(tx.audit_entries(&AuditWanted::default(), 10).await.unwrap().len(), 1);
    }

    async fn an_expired_message_is_not_sent_again_on_a_coach_s_word(database: &Database) {
        let post = Post::open(database, &[message("a", 0, Some(100))]).await;
        let coach = Actor::Coach("7".to_owned());
        let leased = post.one().await;
        post.acknowledge(&leased.claimed.lease, &failed(ErrorClass::BadMessage)).await;
        post.wait(99);
        assert!(post.regiment.retry_message("a", &coach).await.is_ok());
        post.wait(1);
        assert!(post.regiment.retry_message("a", &coach).await.is_err());
    }

    async fn messages_wait_for_the_bot_once_there_is_one(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None), message("b", 10, None), message("c", 10, Some(20))]).await;
        // Without a bot, the log takes what is due.
        assert_eq!(post.regiment.deliver(&Log).await.unwrap().delivered, 1);
        assert_eq!(post.regiment.begin_stream("bot-1").await.unwrap(), 1);
        post.wait(20);
        let sent = post.regiment.deliver(&Log).await.unwrap();
        assert_eq!((sent.delivered, sent.failed), (0, 1), "what came too late is still ended");
        post.wait(86_400 * 30);
        assert_eq!(post.regiment.deliver(&Log).await.unwrap().delivered, 0);
        assert_eq!(post.one().await.claimed.lease.key(), "b");
        // A notifier of one's own gives way to nobody.
        post.wait(60);
        assert_eq!(post.regiment.deliver(&Inbox::default()).await.unwrap().delivered, 1);
    }

    async fn the_leases_that_hold_are_those_of_messages_still_in_hand(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None), message("b", 0, None), message("c", 0, None)]).await;
        let leases: Vec<Lease> = post.lease().await.into_iter().map(|leased| leased.claimed.lease).collect();
        post.acknowledge(&leases[0], &delivered()).await;
        assert_eq!(post.regiment.leases_held(&leases).await.unwrap(), &leases[1..]);
        post.wait(59);
        assert_eq!(post.regiment.leases_held(&leases).await.unwrap().len(), 2);
        post.wait(1);
        assert_eq!(post.regiment.leases_held(&leases).await.unwrap(), []);
        post.lease().await;
        assert_eq!(post.regiment.leases_held(&leases).await.unwrap(), [], "another holds them");
    }

    async fn a_list_shows_the_newest_first_and_what_was_asked_for(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None), to_2("b")]).await;
        let mut tx = database.store.begin().await.unwrap();
        tx.put_messages(&[message("c", 0, None)], at(5)).await.unwrap();
        tx.commit().await.unwrap();
        let keys = async |listing: Listing| {
            let found = post.regiment.messages(&listing, 10).await.unwrap();
            found.into_iter().map(|found| found.dispatch.key).collect::<Vec<_>>()
        };
        assert_eq!(keys(Listing::default()).await, ["c", "a", "b"]);
        let after: Option<(Timestamp, String)> = Some((at(0), "a".to_owned()));
        assert_eq!(keys(Listing { after: after.clone(), ..Listing::default() }).await, ["b"]);
        assert_eq!(keys(Listing { user_id: Some(user("1")), ..Listing::default() }).await, ["c", "a"]);
        let pending = Some(DeliveryState::Pending);
        assert_eq!(keys(Listing { state: pending, after, user_id: Some(user("2")) }).await, ["b"]);
        let ended = Some(DeliveryState::Delivered);
        assert_eq!(keys(Listing { state: ended, ..Listing::default() }).await, [""; 0]);
    }

    async fn a_message_whose_client_was_erased_is_no_longer_known(database: &Database) {
        let post = Post::open(database, &[to_2("a")]).await;
        let leased = post.one().await;
        let mut tx = database.store.begin().await.unwrap();
        tx.erase_client(user("2"), "s", "admin", at(1)).await.unwrap();
        tx.commit().await.unwrap();
        let word = post.acknowledge(&leased.claimed.lease, &delivered()).await;
        assert_eq!(word, Acknowledged::NoMessage);
    }

    async fn a_finish_by_another_hand_is_seen(database: &Database) {
        let post = Post::open(database, &[message("a", 0, None)]).await;
        let leased = post.one().await;
        let mut tx = database.store.begin().await.unwrap();
        let ending = Ending::Delivered { remote_id: "1".to_owned() };
        tx.finish_message(&leased.claimed.lease, &ending, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        let word = post.acknowledge(&leased.claimed.lease, &failed(ErrorClass::Unavailable)).await;
        assert_eq!(word, Acknowledged::Before(DeliveryState::Delivered));
    }
}
