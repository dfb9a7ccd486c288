use proptest::prelude::*;

use super::*;
use crate::record::{CardState, LogKey};

const DAYS: i64 = 24;

/// What became of a day: meals missed of three, and whether squat, cardio and check-in were done.
type Day = (usize, bool, bool, bool);

fn company() -> impl Strategy<Value = Vec<Day>> {
    prop::collection::vec((0usize..=3, any::<bool>(), any::<bool>(), any::<bool>()), 24)
}

fn add(dossier: Dossier, n: i64, (missed, trained, moved, reported): Day) -> Dossier {
    meals(dossier, n, missed)
        .with_set(&day(n), "ex_sq_001", trained.then(|| set(100.0, 5)))
        .with_cardio(&day(n), moved.then_some(30))
        .with_checkin(&day(n), reported.then(|| report(90.0)))
}

fn whole(days: &[Day]) -> Dossier {
    (1..).zip(days).fold(dossier("7"), |dossier, (n, day)| add(dossier, n, *day))
}

fn excuse(dossier: &mut Dossier, picks: &[prop::sample::Index]) {
    let keys = dossier.logs.keys().cloned().collect::<Vec<LogKey>>();
    for pick in picks {
        let log = dossier.logs[pick.get(&keys)].clone();
        if log.is_missed() {
            let excused = log.with_cause(Some(Cause::Excused));
            dossier.logs.insert(excused.key(), excused);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_second_review_changes_nothing(
        days in company(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        closings in prop::collection::vec(1..=DAYS, 1..6),
    ) {
        let policy = Policy::default();
        let mut dossier = whole(&days);
        for n in closings {
            reviewed(&mut dossier, &policy, n);
            prop_assert_eq!(review(&dossier, Changes::default(), &policy, close(n)), []);
        }
        excuse(&mut dossier, &picks);
        reviewed(&mut dossier, &policy, DAYS);
        prop_assert_eq!(review(&dossier, Changes::default(), &policy, close(DAYS)), []);
    }

    #[test]
    fn events_do_not_depend_on_the_order_of_closings(
        days in company(),
        order in Just((1..=DAYS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let policy = Policy::default();
        let mut in_turn = dossier("7");
        for n in order {
            in_turn = add(in_turn, n, days[usize::try_from(n - 1).unwrap()]);
            for effect in review(&in_turn, Changes::default(), &policy, close(DAYS)) {
                in_turn.apply(&effect);
            }
        }
        let mut at_once = whole(&days);
        reviewed(&mut at_once, &policy, DAYS);
        prop_assert_eq!(events(&in_turn), events(&at_once));
        prop_assert_eq!(in_turn.standing.last_infraction, at_once.standing.last_infraction);
    }

    #[test]
    fn excuses_never_add_events_and_a_full_excuse_leaves_none(
        days in company(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let policy = Policy::default();
        let mut dossier = whole(&days);
        reviewed(&mut dossier, &policy, DAYS);
        let before = events(&dossier);
        excuse(&mut dossier, &picks);
        reviewed(&mut dossier, &policy, DAYS);
        prop_assert!(events(&dossier).iter().all(|event| before.contains(event)));

        for log in dossier.logs.values_mut() {
            let cause = log.is_missed().then_some(Cause::Excused);
            *log = log.clone().with_cause(cause);
        }
        reviewed(&mut dossier, &policy, DAYS);
        prop_assert_eq!(events(&dossier), []);
        prop_assert!(!dossier.client.blocked_refeed);
        prop_assert_eq!(dossier.standing.last_infraction, None);
    }

    #[test]
    fn one_card_holds_all_that_is_unresolved(days in company()) {
        let policy = Policy::default();
        let mut dossier = dossier("7");
        for (n, day) in (1..).zip(&days) {
            dossier = add(dossier, n, *day);
            reviewed(&mut dossier, &policy, n);
            prop_assert!(dossier.cards.len() <= 1);
            prop_assert!(dossier.cards.iter().all(|card| card.state == CardState::Open));
        }
    }
}
