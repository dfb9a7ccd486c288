use regiment_proto::v1::{Duty, WeightTrend};

use super::*;

fn ana() -> Client {
    let duty = |state: DutyState| Duty { state: state.into(), ..Duty::default() };
    let states = [DutyState::Completed, DutyState::Underperformed, DutyState::Open];
    let summary = ClientSummary {
        gate: Gate::Open.into(),
        duties: states.map(duty).into(),
        streak: 4,
        events_7_days: 2,
        events_14_days: 5,
        open_cards: 1,
        flags: vec!["meal_compliance_low".to_owned(), "mood_drop".to_owned()],
        weight_trend: Some(WeightTrend {
            level_kg: 82.46,
            kg_per_week: -0.333,
            ..WeightTrend::default()
        }),
        next_trigger_time: Some(prost_types::Timestamp { seconds: 1_795_584_600, nanos: 0 }),
        ..ClientSummary::default()
    };
    Client {
        user_id: "80351110224678912".to_owned(),
        display_name: "Ana **@everyone**".to_owned(),
        status: ClientStatus::Active.into(),
        summary: Some(summary),
        ..Client::default()
    }
}

#[test]
fn the_overview_shows_each_client_on_a_line() {
    let pending = Client { status: ClientStatus::Pending.into(), ..Client::default() };
    let note = overview(&[ana(), pending], &Texts::built_in());
    insta::assert_snapshot!(words::described(&note));
    assert!(overview(&[], &Texts::built_in()).content.contains("Nobody"));
}

#[test]
fn one_client_is_shown_in_full() {
    insta::assert_snapshot!(words::described(&in_full(&ana(), &Texts::built_in())));
}

#[test]
fn who_asks_to_be_excused_is_listed_with_both_answers() {
    let request = Waiting {
        name: "clients/42/excuseRequests/018f4e3c-9a7b-7c3d-8e1f-0123456789ab".to_owned(),
        span: Some(ExcuseSpan {
            from_date: "2026-11-24".to_owned(),
            until_date: "2026-11-26".to_owned(),
            ..ExcuseSpan::default()
        }),
        ask_time: None,
    };
    let odd = Waiting { name: "clients/42".to_owned(), ..Waiting::default() };
    insta::assert_snapshot!(words::described(&waiting(&[request, odd], &Texts::built_in())));
    assert!(waiting(&[], &Texts::built_in()).content.contains("Nobody"));
}
