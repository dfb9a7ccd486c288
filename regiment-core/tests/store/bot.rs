//! What the bot is kept for: streams, reports, contacts, drafts, owed answers.

use regiment_core::{
    store::{ApiToken, BotReport, Contact, Draft, OwedEdit, RequestCount},
    testing::{date, user},
};

use crate::harness::at;

fn draft(form: &str, day: Option<&str>, body: &str, expires: i64) -> Draft {
    Draft {
        user_id: user("1"),
        form: form.to_owned(),
        date: day.map(date),
        body: body.to_owned(),
        expires_at: at(expires),
    }
}

fn edit(id: &str, expires: i64) -> OwedEdit {
    OwedEdit {
        interaction_id: id.to_owned(),
        user_id: user("1"),
        token: "credential".to_owned(),
        body: "{}".to_owned(),
        expires_at: at(expires),
    }
}

on_both! {
    async fn a_newer_stream_replaces_the_older_ones_of_its_bot(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        assert_eq!(tx.begin_stream("one", at(0)).await.unwrap(), 1);
        assert_eq!(tx.begin_stream("other", at(0)).await.unwrap(), 1);
        assert_eq!(tx.begin_stream("one", at(5)).await.unwrap(), 2);
        assert!(!tx.is_newest_stream("one", 1).await.unwrap());
        assert!(!tx.see_stream("one", 1, at(9)).await.unwrap());
        assert!(tx.is_newest_stream("one", 2).await.unwrap() && tx.is_newest_stream("other", 1).await.unwrap());
        assert!(tx.see_stream("one", 2, at(8)).await.unwrap());
        let bots = tx.bots_since(at(0)).await.unwrap();
        let seen: Vec<_> = bots.iter().map(|bot| (bot.bot_id.as_str(), bot.subscribed_at, bot.seen_at)).collect();
        assert_eq!(seen, [("one", at(5), at(8)), ("other", at(0), at(0))]);
        assert_eq!(tx.bots_since(at(8)).await.unwrap().len(), 1);
        assert_eq!(tx.bots_since(at(9)).await.unwrap().len(), 0);
    }

    async fn a_report_is_kept_of_a_bot_that_is_known(database: &Database) {
        let count = RequestCount { route: "POST /channels/{channel}/messages".to_owned(), code: 200, count: 7 };
        let report = BotReport { is_connected: true, requests: vec![count], waited_ms: 12, ..BotReport::default() };
        let mut tx = database.store.begin().await.unwrap();
        assert!(!tx.save_bot_report("one", &report, at(1)).await.unwrap());
        tx.begin_stream("one", at(0)).await.unwrap();
        assert!(tx.save_bot_report("one", &report, at(1)).await.unwrap());
        assert_eq!(tx.bots_since(at(1)).await.unwrap()[0].report, report);
    }

    async fn a_practice_has_a_bot_from_its_first_stream_on_or_while_a_token_for_one_is_in_force(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        assert!(!tx.has_bot().await.unwrap());
        let token = ApiToken {
            id: regiment_core::Id::mint(at(0), [1; 10]),
            role: "bot".parse().unwrap(),
            name: "bot".to_owned(),
            created_at: at(0),
            last_used_at: None,
            revoked_at: None,
        };
        tx.save_token(&token, "hash").await.unwrap();
        assert!(tx.has_bot().await.unwrap());
        tx.revoke_token(token.id, at(1)).await.unwrap();
        assert!(!tx.has_bot().await.unwrap());
        tx.begin_stream("one", at(0)).await.unwrap();
        tx.begin_stream("two", at(5)).await.unwrap();
        assert_eq!(tx.prune_bots(at(5)).await.unwrap(), 1);
        assert_eq!(tx.prune_bots(at(6)).await.unwrap(), 0, "the last one is kept");
        assert!(tx.has_bot().await.unwrap());
    }

    async fn a_contact_is_saved_over_the_one_before(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let open = Contact { user_id: user("1"), dm_channel_id: Some("5".to_owned()), dm_closed_at: None };
        let closed = Contact { dm_closed_at: Some(at(3)), ..open.clone() };
        tx.save_contact(&open, at(0)).await.unwrap();
        tx.save_contact(&closed, at(3)).await.unwrap();
        assert_eq!(tx.contacts([user("1"), user("2")]).await.unwrap(), [closed]);
    }

    async fn a_draft_is_one_for_each_person_form_and_date_until_it_expires(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        tx.save_draft(&draft("checkin", Some("2026-03-03"), "a", 100), at(0)).await.unwrap();
        tx.save_draft(&draft("checkin", Some("2026-03-03"), "b", 100), at(1)).await.unwrap();
        tx.save_draft(&draft("checkin", Some("2026-03-04"), "c", 200), at(1)).await.unwrap();
        tx.save_draft(&draft("onboard", None, "d", 200), at(1)).await.unwrap();
        let body = async |tx: &mut regiment_core::store::Tx, form, day: Option<&str>, now| {
            let found = tx.draft(user("1"), form, day.map(date), at(now)).await.unwrap();
            found.map(|found| found.body)
        };
        assert_eq!(body(&mut tx, "checkin", Some("2026-03-03"), 99).await.as_deref(), Some("b"));
        assert_eq!(body(&mut tx, "checkin", Some("2026-03-03"), 100).await, None);
        assert_eq!(body(&mut tx, "onboard", None, 1).await.as_deref(), Some("d"));
        assert_eq!(tx.delete_draft(user("1"), "onboard", None).await.unwrap(), 1);
        assert_eq!(tx.delete_draft(user("1"), "onboard", None).await.unwrap(), 0);
        assert_eq!(tx.prune_drafts_and_edits(at(99)).await.unwrap(), 0);
        assert_eq!(tx.prune_drafts_and_edits(at(100)).await.unwrap(), 1);
        assert_eq!(body(&mut tx, "checkin", Some("2026-03-04"), 100).await.as_deref(), Some("c"));
    }

    async fn an_answer_is_owed_until_it_is_given_or_the_platform_takes_it_no_more(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        for (id, expires) in [("1", 900), ("2", 900), ("3", 100)] {
            tx.owe_edit(&edit(id, expires), at(0)).await.unwrap();
        }
        let ids = async |tx: &mut regiment_core::store::Tx, after, now| {
            let owed = tx.owed_edits(after, at(now), 10).await.unwrap();
            owed.into_iter().map(|edit| edit.interaction_id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&mut tx, "", 99).await, ["1", "2", "3"]);
        assert_eq!(ids(&mut tx, "1", 100).await, ["2"]);
        assert_eq!(tx.settle_edit("1").await.unwrap(), 1);
        assert_eq!(tx.settle_edit("1").await.unwrap(), 0);
        assert_eq!(tx.prune_drafts_and_edits(at(100)).await.unwrap(), 1);
        assert_eq!(ids(&mut tx, "", 100).await, ["2"]);
        let kept = tx.owed_edits("", at(100), 1).await.unwrap().remove(0);
        assert!(kept == edit("2", 900) && !format!("{kept:?}").contains("credential"));
    }
}
