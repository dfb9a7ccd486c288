use super::*;

#[test]
fn whoever_enlists_is_told_where_he_stands() {
    let says = |was_known, status: ClientStatus, paused, words: &str| {
        let start_date = "2026-12-01".to_owned();
        let name = "clients/42".to_owned();
        let status = status.into();
        let enlisted = EnlistResponse { name, was_known, status, paused, start_date };
        let said = enlisted_note(&enlisted, &Texts::built_in()).content;
        assert!(said.starts_with(words), "{said}");
    };
    says(
        false,
        ClientStatus::Pending,
        true,
        "Enlisted. Your coach activates you. Planned start: Tuesday, 2026-12-01.",
    );
    says(
        true,
        ClientStatus::Pending,
        true,
        "You are enlisted already, and wait for your coach. Planned start: Tuesday",
    );
    says(
        true,
        ClientStatus::Active,
        false,
        "You are enlisted already. Your orders began, or begin, on Tuesday",
    );
    says(true, ClientStatus::Active, true, "You are enlisted already, and your orders are paused");
    says(true, ClientStatus::Archived, true, "You have left.");
}

#[test]
fn the_goal_is_asked_for() {
    insta::assert_snapshot!(words::described(&ask_goal(&Texts::built_in())));
}

#[test]
fn whoever_is_known_is_told_what_stands_in_the_way_of_orders() {
    let says = |gate: Gate, words: &str| {
        let today = GetTodayResponse { gate: gate.into(), ..GetTodayResponse::default() };
        assert_eq!(known(&today, &Texts::built_in()).content, words);
    };
    says(Gate::Open, "You are enlisted already.");
    says(
        Gate::Paused,
        "You are enlisted already. Orders are paused. What was open today is withdrawn.",
    );
}
