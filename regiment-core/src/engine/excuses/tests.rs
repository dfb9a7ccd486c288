use super::*;
use crate::{
    record::{DoneOrMissed, ExcuseReason, InfractionKind, LogKey, Stream},
    testing::{at, date, dossier, set},
};

const NOW: &str = "2026-03-12T09:00:00Z";

fn coach() -> Actor {
    Actor::Coach("c".to_owned())
}

fn excuse(from: &str, until: &str) -> Excuse {
    Excuse {
        user_id: dossier("7").user_id(),
        from: date(from),
        until: date(until),
        streams: Vec::new(),
        item: None,
        reason: ExcuseReason::Illness,
        note: "flu".to_owned(),
        by: coach(),
        at: at(NOW),
    }
}

/// Two missed meals and a missed lift on each of three dates, reviewed.
fn missed() -> Dossier {
    let mut dossier =
        ["2026-03-09", "2026-03-10", "2026-03-11"].iter().fold(dossier("7"), |dossier, day| {
            dossier
                .with_meal(day, "template_a_meal1", DoneOrMissed::Missed)
                .with_meal(day, "template_a_meal2", DoneOrMissed::Missed)
                .with_meal(day, "template_a_meal3", DoneOrMissed::Completed)
                .with_set(day, "ex_sq_001", None)
                .with_set(day, "ex_bp_001", Some(set(80.0, 5)))
        });
    for effect in infractions::review(&dossier, Changes::default(), &Policy::default(), at(NOW)) {
        dossier.apply(&effect);
    }
    dossier
}

fn granted(dossier: &Dossier, excuse: Excuse) -> Dossier {
    let effects = grant(dossier, &Policy::default(), excuse, at(NOW)).unwrap();
    let mut dossier = dossier.clone();
    for effect in &effects {
        dossier.apply(effect);
    }
    dossier
}

fn excused(dossier: &Dossier) -> Vec<(Stream, String, String)> {
    dossier
        .logs
        .iter()
        .filter(|(_, log)| log.cause() == Some(Cause::Excused))
        .map(|(LogKey { stream, date, item, .. }, _)| (*stream, date.to_string(), item.clone()))
        .collect()
}

fn counted(dossier: &Dossier) -> Vec<(InfractionKind, String)> {
    let counted = dossier.infractions.iter().filter(|event| event.counts());
    counted.map(|event| (event.kind, event.date.to_string())).collect()
}

#[test]
fn an_excuse_after_the_fact_changes_the_cause_and_nothing_else() {
    let before = missed();
    let effects =
        grant(&before, &Policy::default(), excuse("2026-03-10", "2026-03-10"), at(NOW)).unwrap();
    let revisions = effects
        .iter()
        .filter_map(|effect| if let Effect::Record(entry) = effect { Some(entry) } else { None });
    let mut n_revisions = 0;
    for entry in revisions {
        n_revisions += 1;
        let old = before.log(&entry.log.key()).unwrap();
        assert_eq!(entry.log.clone().with_cause(None), *old);
        assert_eq!(entry.log.cause(), Some(Cause::Excused));
        assert_eq!((&entry.by, entry.reason.as_deref()), (&coach(), Some("illness: flu")));
    }
    assert_eq!(n_revisions, 3);
}

#[test]
fn events_are_recomputed_and_a_warning_corrected() {
    let before = missed();
    assert_eq!(counted(&before).len(), 5);
    assert_eq!(before.standing.warnings.len(), 1);
    let effects =
        grant(&before, &Policy::default(), excuse("2026-03-09", "2026-03-10"), at(NOW)).unwrap();
    let mut after = before;
    for effect in &effects {
        after.apply(effect);
    }
    assert_eq!(counted(&after), [(InfractionKind::Meals, "2026-03-11".to_owned())]);
    let corrected = effects.iter().any(
        |effect| matches!(effect, Effect::Send(sent) if sent.message == Message::WarningWithdrawn),
    );
    assert!(corrected, "{effects:?}");
}

#[test]
fn an_excuse_covers_its_dates_its_streams_and_its_item() {
    let both_days = granted(&missed(), excuse("2026-03-10", "2026-03-11"));
    assert_eq!(excused(&both_days).len(), 6);
    let training = Excuse { streams: vec![Stream::Training], ..excuse("2026-03-09", "2026-03-11") };
    assert!(excused(&granted(&missed(), training)).iter().all(|(s, ..)| *s == Stream::Training));
    let item =
        Excuse { item: Some("template_a_meal2".to_owned()), ..excuse("2026-03-10", "2026-03-10") };
    assert_eq!(
        excused(&granted(&missed(), item)),
        [(Stream::Meal, "2026-03-10".to_owned(), "template_a_meal2".to_owned())]
    );
}

#[test]
fn an_excuse_that_stands_already_changes_nothing() {
    let dossier = granted(&missed(), excuse("2026-03-10", "2026-03-20"));
    let again = Excuse { at: at("2026-03-12T10:00:00Z"), ..excuse("2026-03-10", "2026-03-20") };
    assert_eq!(grant(&dossier, &Policy::default(), again, at(NOW)), Ok(Vec::new()));
}

#[test]
fn a_miss_that_was_not_delivered_stays_so() {
    let log = missed().logs.values().find(|log| log.is_missed()).cloned().unwrap();
    let dossier = missed().with_log(log.clone().with_cause(Some(Cause::NotDelivered)));
    let after = granted(&dossier, excuse("2026-03-09", "2026-03-11"));
    assert_eq!(after.log(&log.key()).unwrap().cause(), Some(Cause::NotDelivered));
}

#[test]
fn only_a_coach_excuses_and_only_a_span_that_makes_sense() {
    let policy = Policy::default();
    let own =
        Excuse { by: Actor::Client(dossier("7").user_id()), ..excuse("2026-03-10", "2026-03-10") };
    assert_eq!(
        grant(&missed(), &policy, own, at(NOW)),
        Err(Refusal::CoachOnly { to: "excuse a client" })
    );
    for (from, until, field) in
        [("2026-03-10", "2026-03-09", "until"), ("2026-02-05", "2026-03-09", "from")]
    {
        match grant(&missed(), &policy, excuse(from, until), at(NOW)) {
            Err(Refusal::Invalid(invalid)) => assert_eq!(invalid.field(), field),
            other => panic!("{other:?}"),
        }
    }
    assert!(grant(&missed(), &policy, excuse("2026-02-06", "2026-03-09"), at(NOW)).is_ok());
}

fn request(asked_at: &str) -> ExcuseRequest {
    ExcuseRequest {
        id: Id::mint(at(asked_at), [7; 10]),
        user_id: dossier("7").user_id(),
        from: date("2026-03-10"),
        until: date("2026-03-10"),
        streams: Vec::new(),
        item: None,
        reason: ExcuseReason::Illness,
        state: RequestState::Asked,
        asked_at: at(asked_at),
        decided_by: None,
        decided_at: None,
    }
}

fn asked(asked_at: &str) -> Dossier {
    let mut dossier = missed();
    for effect in ask(&dossier, request(asked_at)).unwrap() {
        dossier.apply(&effect);
    }
    dossier
}

fn decided(dossier: &Dossier, decision: Decision, now: &str) -> Result<Vec<Effect>, Refusal> {
    let id = dossier.requests[0].id;
    decide(dossier, &Policy::default(), id, decision, &coach(), "", at(now))
}

fn state(effects: &[Effect]) -> Option<RequestState> {
    effects.iter().find_map(|effect| {
        if let Effect::Request(request) = effect { Some(request.state) } else { None }
    })
}

#[test]
fn asking_tells_the_coach_and_changes_no_log() {
    let effects = ask(&missed(), request(NOW)).unwrap();
    let [Effect::Request(_), Effect::Alert { kind: AlertKind::ExcuseAsked, .. }] =
        effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(ask(&asked(NOW), request("2026-03-12T10:00:00Z")), Ok(Vec::new()));
    let stranger = ExcuseRequest { user_id: "8".parse().unwrap(), ..request(NOW) };
    assert_eq!(ask(&missed(), stranger), Err(Refusal::NotYours));
}

#[test]
fn granting_excuses_and_answers_the_client() {
    let mut dossier = asked(NOW);
    let effects = decided(&dossier, Decision::Granted, NOW).unwrap();
    assert_eq!(state(&effects), Some(RequestState::Granted));
    let answers = effects.iter().filter(|effect| {
        matches!(
            effect,
            Effect::Send(Dispatch {
                message: Message::ExcuseAnswer { decision: Decision::Granted, .. },
                ..
            })
        )
    });
    assert_eq!(answers.count(), 1);
    for effect in &effects {
        dossier.apply(effect);
    }
    assert_eq!(excused(&dossier).len(), 3);
    assert_eq!(dossier.excuses.len(), 1);
}

#[test]
fn refusing_answers_the_client_and_excuses_nothing() {
    let mut dossier = asked(NOW);
    let effects = decided(&dossier, Decision::Refused, NOW).unwrap();
    assert_eq!(state(&effects), Some(RequestState::Refused));
    for effect in &effects {
        dossier.apply(effect);
    }
    assert_eq!(excused(&dossier), []);
    assert_eq!(dossier.excuses, []);
}

#[test]
fn a_request_lapses_after_seven_days_and_is_decided_until_then() {
    let dossier = asked("2026-03-12T09:00:00Z");
    let policy = Policy::default();
    let (last, after) = ("2026-03-19T08:59:59.999999Z", "2026-03-19T09:00:00Z");
    assert_eq!(lapse(&dossier, &policy, at(last)), []);
    assert!(decided(&dossier, Decision::Granted, last).is_ok());
    assert_eq!(state(&lapse(&dossier, &policy, at(after))), Some(RequestState::Lapsed));
    assert_eq!(decided(&dossier, Decision::Granted, after), Err(Refusal::NothingAsked));
}

#[test]
fn a_request_is_decided_once_and_by_a_coach() {
    let mut dossier = asked(NOW);
    let id = dossier.requests[0].id;
    let client = Actor::Client(dossier.user_id());
    let policy = Policy::default();
    let own = decide(&dossier, &policy, id, Decision::Granted, &client, "", at(NOW));
    assert_eq!(own, Err(Refusal::CoachOnly { to: "decide a request" }));
    for effect in decided(&dossier, Decision::Refused, NOW).unwrap() {
        dossier.apply(&effect);
    }
    let again = decide(&dossier, &policy, id, Decision::Granted, &coach(), "", at(NOW));
    assert_eq!(again, Err(Refusal::NothingAsked));
}
