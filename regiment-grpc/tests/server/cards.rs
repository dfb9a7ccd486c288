use std::collections::BTreeMap;

use regiment_core::Id;
use regiment_core::record::{CardSource, JobCard, Severity, Suggestion, SuggestionKind};
use regiment_core::regiment::Inbox;
use regiment_core::testing::{date, user};
use regiment_proto::v1;
use regiment_proto::v1::resolve::Action;
use regiment_proto::v1::snooze::End;
use regiment_proto::v1::verdict::Verdict;
use regiment_proto::v1::{
    AcknowledgeJobCardRequest, Answer, AnswerSuggestionRequest, BatchDecideJobCardsRequest,
    Callout, CardState, CardVerdict, Dismiss, DismissJobCardRequest, DismissReason, FlagJudgment,
    GetClientRequest, GetJobCardRequest, Judge, JudgeFlagRequest, ListJobCardsRequest,
    NoteJobCardRequest, Pause, RaiseFlagRequest, Resolve, ResolveJobCardRequest, Snooze,
    SnoozeJobCardRequest, SuggestionAnswer, UndoJobCardRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

impl Practice {
    async fn raise(&self, user_id: &str, flag: &str, severity: v1::Severity) -> v1::JobCard {
        let asked = RaiseFlagRequest {
            client: format!("clients/{user_id}"),
            flag: flag.to_owned(),
            severity: severity.into(),
            ..Default::default()
        };
        self.cards()
            .raise_flag(asked)
            .await
            .expect("an answer")
            .into_inner()
            .job_card
            .expect("a card")
    }

    async fn card(&self, name: &str) -> v1::JobCard {
        let asked = GetJobCardRequest { name: name.to_owned() };
        self.cards()
            .get_job_card(asked)
            .await
            .expect("an answer")
            .into_inner()
            .job_card
            .expect("a card")
    }

    async fn is_paused(&self, user_id: &str) -> bool {
        let asked = GetClientRequest { name: format!("clients/{user_id}") };
        self.clients()
            .get_client(asked)
            .await
            .expect("an answer")
            .into_inner()
            .client
            .expect("a client")
            .paused
    }

    /// Lists whole pages of `size`, and returns the labels of their flags.
    async fn listed(&self, filters: ListJobCardsRequest, size: i32) -> Vec<String> {
        let (mut labels, mut page_token) = (Vec::new(), String::new());
        loop {
            let asked = ListJobCardsRequest { page_size: size, page_token, ..filters.clone() };
            let page = self.cards().list_job_cards(asked).await.expect("a page").into_inner();
            assert!(page.job_cards.len() <= usize::try_from(size).expect("a size"));
            labels.extend(page.job_cards.iter().map(|card| card.flags.join(" ")));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return labels;
            }
        }
    }
}

fn resolve(name: &str, action: Action) -> ResolveJobCardRequest {
    ResolveJobCardRequest {
        name: name.to_owned(),
        resolve: Some(Resolve { action: Some(action), note: "as agreed".to_owned() }),
        ..Default::default()
    }
}

fn pause(until: &str) -> Action {
    Action::Pause(Pause { until: until.to_owned() })
}

#[tokio::test]
async fn cards_come_worst_first_page_by_page() {
    let practice = Practice::open(SUNDAY).await;
    let severities = [v1::Severity::Low, v1::Severity::Critical, v1::Severity::Medium];
    for (user_id, severity) in ["1", "2", "3"].into_iter().zip(severities) {
        practice.enlist(user_id).await;
        practice.raise(user_id, user_id, severity).await;
    }
    let worst_first = ["manual:2", "manual:3", "manual:1"];
    for size in [1, 2, 3, 50] {
        assert_eq!(practice.listed(ListJobCardsRequest::default(), size).await, worst_first);
    }
    let grave = ListJobCardsRequest {
        min_severity: v1::Severity::Medium.into(),
        flags: vec!["manual".to_owned()],
        ..Default::default()
    };
    assert_eq!(practice.listed(grave.clone(), 1).await, worst_first[..2]);
    let none = ListJobCardsRequest { flags: vec!["mood_drop".to_owned()], ..grave };
    assert!(practice.listed(none, 1).await.is_empty());
    let of_one = ListJobCardsRequest { parent: "clients/3".to_owned(), ..Default::default() };
    assert_eq!(practice.listed(of_one, 1).await, ["manual:3"]);
}

#[tokio::test]
async fn a_clients_past_cards_come_newest_first_with_what_was_done_last_time() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let first = practice.raise("42", "sleep", v1::Severity::High).await;
    let called = Action::Recorded(v1::CardAction::Callout.into());
    practice.cards().resolve_job_card(resolve(&first.name, called)).await.unwrap();
    practice.live_until("2026-03-02T12:00:00Z").await;
    let second = practice.raise("42", "work", v1::Severity::Low).await;

    let earlier = second.earlier.as_ref().unwrap();
    assert_eq!((earlier.name.as_str(), earlier.date.as_str()), (first.name.as_str(), "2026-03-01"));
    assert_eq!(earlier.resolution.as_ref().unwrap().action(), v1::CardAction::Callout);
    assert_eq!(
        (&earlier.new_flags[..], &earlier.gone_flags[..]),
        (&["manual:work".to_owned()][..], &["manual:sleep".to_owned()][..])
    );

    let past = ListJobCardsRequest {
        parent: "clients/42".to_owned(),
        states: vec![CardState::Open.into(), CardState::Resolved.into()],
        order_by: "date desc".to_owned(),
        ..Default::default()
    };
    assert_eq!(practice.listed(past, 1).await, ["manual:work", "manual:sleep"]);
    let open = practice.listed(ListJobCardsRequest::default(), 50).await;
    assert_eq!(open, ["manual:work"]);
}

#[tokio::test]
async fn resolving_performs_the_action_and_undoing_takes_it_back() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let card = practice.raise("42", "ill", v1::Severity::High).await;
    let asked = resolve(&card.name, pause("2026-03-20"));
    let resolved = practice.cards().resolve_job_card(asked).await.unwrap().into_inner();
    let resolved = resolved.job_card.unwrap();
    assert_eq!((resolved.state(), resolved.resolved), (CardState::Resolved, true));
    let done = resolved.resolution.unwrap();
    assert_eq!((done.action(), done.note.as_str()), (v1::CardAction::Pause, "as agreed"));
    assert!(practice.is_paused("42").await);

    let asked = UndoJobCardRequest {
        name: card.name.clone(),
        decision: resolved.undoable_decision,
        etag: resolved.etag,
        ..Default::default()
    };
    let undone = practice.cards().undo_job_card(asked).await.unwrap().into_inner();
    let undone = undone.job_card.unwrap();
    assert_eq!((undone.state(), undone.undoable_decision.as_str()), (CardState::Open, ""));
    assert!(!practice.is_paused("42").await);
    let verdicts = undone.decisions.into_iter().filter_map(|one| one.verdict?.verdict);
    assert!(matches!(
        verdicts.collect::<Vec<_>>()[..],
        [Verdict::Raise(_), Verdict::Resolve(_), Verdict::Undo(_)]
    ));
    assert_eq!(practice.card(&card.name).await.state(), CardState::Open);
}

#[tokio::test]
async fn a_callout_sends_the_coachs_words_once() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let card = practice.raise("42", "sleep", v1::Severity::High).await;
    let inbox = Inbox::default();
    practice.regiment.deliver(&inbox).await.unwrap();
    inbox.take();
    let words = Action::Callout(Callout { text: "Report in.".to_owned() });
    let asked =
        ResolveJobCardRequest { request_id: "c-1".to_owned(), ..resolve(&card.name, words) };
    let first = practice.cards().resolve_job_card(asked.clone()).await.unwrap().into_inner();
    let again = practice.cards().resolve_job_card(asked).await.unwrap().into_inner();
    assert_eq!(first, again);
    practice.regiment.deliver(&inbox).await.unwrap();
    let sent = inbox.take();
    assert_eq!(sent.len(), 1);
    assert!(format!("{:?}", sent[0].message).contains("Private"), "{:?}", sent[0].message);
}

#[tokio::test]
async fn a_card_that_somebody_changed_meanwhile_is_left_alone() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let card = practice.raise("42", "sleep", v1::Severity::High).await;
    let asked = AcknowledgeJobCardRequest {
        name: card.name.clone(),
        etag: card.etag.clone(),
        ..Default::default()
    };
    practice.cards().acknowledge_job_card(asked).await.unwrap();
    let asked = DismissJobCardRequest {
        name: card.name.clone(),
        dismiss: Some(Dismiss { reason: DismissReason::Known.into(), note: String::new() }),
        etag: card.etag,
        ..Default::default()
    };
    let refused = practice.cards().dismiss_job_card(asked.clone()).await.unwrap_err();
    check(&refused, Code::Aborted, "STALE_ETAG", &[]);
    assert_eq!(practice.card(&card.name).await.state(), CardState::Acknowledged);
    let fresh = DismissJobCardRequest { etag: String::new(), ..asked };
    let dismissed = practice.cards().dismiss_job_card(fresh.clone()).await.unwrap().into_inner();
    assert_eq!(dismissed.job_card.unwrap().state(), CardState::Dismissed);
    let refused = practice.cards().dismiss_job_card(fresh).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "CARD_STATE", &[]);
}

#[tokio::test]
async fn a_snoozed_card_comes_back_when_its_time_comes() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let card = practice.raise("42", "sleep", v1::Severity::High).await;
    let snooze = |hour: i64| SnoozeJobCardRequest {
        name: card.name.clone(),
        snooze: Some(Snooze {
            end: Some(End::Until(prost_types::Timestamp {
                seconds: practice.regiment.now().as_second() + hour * 3_600,
                nanos: 0,
            })),
        }),
        ..Default::default()
    };
    let refused = practice.cards().snooze_job_card(snooze(0)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["snooze.until"]);
    practice.cards().snooze_job_card(snooze(2)).await.unwrap();
    assert_eq!(practice.card(&card.name).await.state(), CardState::Snoozed);
    practice.live_until("2026-03-01T14:00:00Z").await;
    assert_eq!(practice.card(&card.name).await.state(), CardState::Open);
}

/// Stores a card with a suggestion of more cardio, as the weekly scan would.
async fn suggest_cardio(practice: &Practice, user_id: &str, minutes: f64) -> String {
    let mut card = JobCard::open(
        user(user_id),
        CardSource::WeeklyScan,
        date("2026-03-01"),
        practice.regiment.now(),
    );
    card.id = Some(Id::mint(practice.regiment.now(), [7; 10]));
    card.severity = Severity::Medium;
    card.suggestions = vec![Suggestion {
        kind: SuggestionKind::Cardio,
        reason: "weight does not fall".to_owned(),
        values: BTreeMap::from([("minutes".to_owned(), minutes)]),
        answer: None,
    }];
    let mut tx = practice.regiment.store().begin().await.expect("a transaction");
    tx.save_cards(&[card.clone()], practice.regiment.now()).await.expect("it is saved");
    tx.commit().await.expect("it commits");
    format!("clients/{user_id}/jobCards/{}", card.id.expect("an id"))
}

#[tokio::test]
async fn a_suggestion_is_applied_when_it_is_accepted_and_not_before() {
    let practice = Practice::open(SUNDAY).await;
    let before = practice.enlist("42").await;
    let name = suggest_cardio(&practice, "42", 40.0).await;
    let answer = |answer: SuggestionAnswer, minutes: f64| AnswerSuggestionRequest {
        name: name.clone(),
        answer: Some(Answer {
            suggestion: 0,
            answer: answer.into(),
            values: [("minutes".to_owned(), minutes)].into(),
            text: String::new(),
        }),
        ..Default::default()
    };
    let cardio = async || {
        let asked = GetClientRequest { name: "clients/42".to_owned() };
        practice.clients().get_client(asked).await.unwrap().into_inner().client.unwrap()
    };
    assert_eq!(cardio().await.cardio_minutes, before.cardio_minutes);
    for wrong in [301.0, 0.5] {
        let asked = answer(SuggestionAnswer::Edited, wrong);
        let refused = practice.cards().answer_suggestion(asked).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["answer.values.minutes"]);
    }
    let edited = practice.cards().answer_suggestion(answer(SuggestionAnswer::Edited, 35.0)).await;
    let edited = edited.unwrap().into_inner().job_card.unwrap();
    assert_eq!(edited.suggestions[0].answer(), SuggestionAnswer::Edited);
    assert_eq!(cardio().await.cardio_minutes, Some(35));
    let again = practice.cards().answer_suggestion(answer(SuggestionAnswer::Rejected, 0.0)).await;
    check(&again.unwrap_err(), Code::FailedPrecondition, "NO_SUGGESTION", &[]);
}

#[tokio::test]
async fn several_cards_are_decided_on_together_or_not_at_all() {
    let practice = Practice::open(SUNDAY).await;
    let mut names = Vec::new();
    for user_id in ["1", "2"] {
        practice.enlist(user_id).await;
        names.push(practice.raise(user_id, "sleep", v1::Severity::High).await.name);
    }
    let one = |name: &String, verdict: Verdict| CardVerdict {
        name: name.clone(),
        verdict: Some(v1::Verdict { verdict: Some(verdict) }),
        etag: String::new(),
    };
    let seen = || Verdict::Acknowledge(v1::Acknowledge {});
    let paused = |until: &str| {
        Verdict::Resolve(Resolve { action: Some(pause(until)), note: "ill".to_owned() })
    };
    let all = |decisions: Vec<CardVerdict>| BatchDecideJobCardsRequest {
        decisions,
        ..Default::default()
    };
    let decisions = vec![one(&names[0], seen()), one(&names[1], paused("2026-03-01"))];
    let refused = practice.cards().batch_decide_job_cards(all(decisions)).await.unwrap_err();
    let path = "decisions[1].verdict.resolve.pause.until";
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    assert_eq!(practice.card(&names[0]).await.state(), CardState::Open);

    let decisions = vec![one(&names[0], seen()), one(&names[1], Verdict::Raise(v1::Raise {}))];
    let refused = practice.cards().batch_decide_job_cards(all(decisions)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["decisions[1].verdict"]);
    let refused = practice.cards().batch_decide_job_cards(all(Vec::new())).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["decisions"]);
    let strange = names[1].replace("clients/2", "clients/1");
    let decisions = vec![one(&names[0], seen()), one(&strange, seen())];
    let refused = practice.cards().batch_decide_job_cards(all(decisions)).await.unwrap_err();
    check(&refused, Code::NotFound, "NO_CARD", &[]);
    assert!(refused.message().starts_with("decisions[1]"), "{}", refused.message());

    let decisions = vec![one(&names[1], paused("2026-03-20")), one(&names[0], seen())];
    let done = practice.cards().batch_decide_job_cards(all(decisions)).await.unwrap().into_inner();
    let states: Vec<_> = done.job_cards.iter().map(v1::JobCard::state).collect();
    assert_eq!(states, [CardState::Resolved, CardState::Acknowledged]);
    assert!(practice.is_paused("2").await);
}

#[tokio::test]
async fn what_is_wrong_with_a_decision_is_named_with_its_path() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let card = practice.raise("42", "sleep", v1::Severity::High).await;
    let mut cards = practice.cards();

    let refused = cards.resolve_job_card(ResolveJobCardRequest::default()).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["name", "resolve"]);
    let empty = Action::Callout(Callout::default());
    let refused = cards.resolve_job_card(resolve(&card.name, empty)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["resolve.callout.text"]);
    let refused = cards.resolve_job_card(resolve(&card.name, pause("soon"))).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["resolve.pause.until"]);
    let unknown = Action::Reassign(v1::Reassign { training_template_id: "no_block".to_owned() });
    let refused = cards.resolve_job_card(resolve(&card.name, unknown)).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "NOT_IN_LIBRARY", &[]);

    let asked = NoteJobCardRequest { name: card.name.clone(), ..Default::default() };
    let refused = cards.note_job_card(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["text"]);
    let asked = UndoJobCardRequest { name: card.name.clone(), ..Default::default() };
    let refused = cards.undo_job_card(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["decision"]);

    let judge = |flag: &str| JudgeFlagRequest {
        name: card.name.clone(),
        judge: Some(Judge { flag: flag.to_owned(), judgment: FlagJudgment::Wrong.into() }),
        ..Default::default()
    };
    let refused = cards.judge_flag(judge("mood_drop")).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["judge.flag"]);
    cards.judge_flag(judge("manual:sleep")).await.unwrap();

    let asked = RaiseFlagRequest { client: "clients/42".to_owned(), ..Default::default() };
    let refused = cards.raise_flag(asked.clone()).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["severity"]);
    let asked = RaiseFlagRequest { severity: v1::Severity::Low.into(), ..asked };
    let refused = cards.raise_flag(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["flag"]);

    let asked = ListJobCardsRequest {
        parent: "people/1".to_owned(),
        states: vec![99],
        flags: vec!["boredom".to_owned()],
        order_by: "name".to_owned(),
        ..Default::default()
    };
    let refused = cards.list_job_cards(asked).await.unwrap_err();
    let paths = ["parent", "states", "flags", "order_by"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
    let asked = GetJobCardRequest { name: card.name.replace("42", "43") };
    check(&cards.get_job_card(asked).await.unwrap_err(), Code::NotFound, "NO_CARD", &[]);
}

#[tokio::test]
async fn a_flag_whose_answer_was_lost_is_raised_once() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = RaiseFlagRequest {
        client: "clients/42".to_owned(),
        flag: "sleep".to_owned(),
        severity: v1::Severity::High.into(),
        request_id: "r-1".to_owned(),
        ..Default::default()
    };
    let first = practice.cards().raise_flag(asked.clone()).await.unwrap().into_inner();
    let mut tx = practice.regiment.store().begin().await.unwrap();
    tx.tamper("UPDATE request_log SET response = ''").await.unwrap();
    tx.commit().await.unwrap();
    let again = practice.cards().raise_flag(asked).await.unwrap().into_inner();
    assert_eq!(first, again);
    assert_eq!(first.job_card.unwrap().decisions.len(), 1);
}
