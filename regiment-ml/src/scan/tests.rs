use regiment_core::record::{Flag, Severity};

use super::*;
use crate::finding::date_of;
use crate::history::Outcome;
use crate::testing::{checkin, client, history};

const AS_OF: Day = 60;

/// Takes the digits of the client's id as percent.
#[derive(Debug)]
struct ById;

impl Scorer for ById {
    fn version(&self) -> String {
        "by id 1".to_owned()
    }

    fn score(&self, client: &ClientHistory, _: Day) -> Result<Estimate, String> {
        let percent: f64 = client.profile.user_id.as_str().parse().expect("digits");
        if percent > 100.0 {
            return Err("too little history".to_owned());
        }
        Ok(Estimate { probability: percent / 100.0, drivers: vec!["an id".to_owned()] })
    }
}

#[derive(Debug)]
struct Broken;

impl Scorer for Broken {
    fn version(&self) -> String {
        "broken 1".to_owned()
    }

    fn score(&self, _: &ClientHistory, _: Day) -> Result<Estimate, String> {
        panic!("as the test asked")
    }
}

fn lived(user_id: &str) -> ClientHistory {
    let mut client = client(user_id);
    for day in AS_OF - 20..=AS_OF {
        client = client.with_meals(day, &[Outcome::Completed; 3]).with_checkin(checkin(day, 90.0));
    }
    client
}

fn scanned(history: &History, coach: Option<&str>, model: Option<&dyn Scorer>) -> Vec<Written> {
    let policy = Policy::default();
    let edition = Edition {
        sunday: date_of(AS_OF),
        at: "1970-03-02T22:00:00Z".parse().expect("an instant"),
        policy_version: 1,
        model_version: None,
        high_probability: policy.lapse.high_probability,
    };
    let mut part = part(history, AS_OF);
    for subject in &mut part.subjects {
        subject.coach = coach.map(str::to_owned);
    }
    let priorities = Priorities::default();
    let setup = Setup { policy: &policy, edition: &edition, model, priorities: &priorities };
    scan(&[part], setup)
}

fn flagged(written: &[Written]) -> Vec<&str> {
    let flagged = written.iter().filter(|one| one.model_flags.contains(&Flag::LapseRisk.into()));
    flagged.map(|one| one.card.user_id.as_str()).collect()
}

#[test]
fn the_riskiest_are_flagged_within_the_budget_and_from_the_least_probability_on() {
    let ids = |ids: &[u32]| history(ids.iter().map(|id| lived(&id.to_string())));
    // Three at least.
    let few = ids(&[24, 25, 60, 70, 80]);
    assert_eq!(flagged(&scanned(&few, None, Some(&ById))), ["60", "70", "80"]);
    let calm = ids(&[10, 24, 25]);
    assert_eq!(flagged(&scanned(&calm, None, Some(&ById))), ["25"]);
    // A tenth where that is more.
    let many = ids(&(50..90).collect::<Vec<u32>>());
    assert_eq!(flagged(&scanned(&many, Some("a"), Some(&ById))), ["86", "87", "88", "89"]);
}

#[test]
fn each_coach_has_a_budget_of_his_own() {
    let history = history((50..60).map(|id| lived(&id.to_string())));
    let policy = LapsePolicy { alerts: 1, ..LapsePolicy::default() };
    let mut subjects = part(&history, AS_OF).subjects;
    let mut found: Vec<Found> = subjects
        .iter_mut()
        .enumerate()
        .map(|(place, subject)| {
            subject.coach = Some((place % 2).to_string());
            let lapse = Lapse { probability: 0.5, drivers: Vec::new(), is_flagged: false };
            let verdict = rules::check(
                subject.client,
                &history.exercises,
                AS_OF,
                &Policy::default().flags,
                &Known::default(),
            );
            Found { verdict, others: Vec::new(), lapse: Some(lapse), abstained: None }
        })
        .collect();
    let subjects: Vec<&Subject<'_>> = subjects.iter().collect();
    flag_within_budget(&mut found, &subjects, &policy);
    let flagged: Vec<bool> =
        found.iter().map(|found| found.lapse.as_ref().is_some_and(|l| l.is_flagged)).collect();
    assert_eq!(flagged[..2], [true, true]);
    assert_eq!(flagged.iter().filter(|flagged| **flagged).count(), 2);
}

#[test]
fn a_model_that_fails_costs_its_own_flag_and_the_card_says_rules_only() {
    let history = history([lived("70"), lived("80")]);
    let alone = scanned(&history, None, None);
    let broken = scanned(&history, None, Some(&Broken));
    for (alone, broken) in alone.iter().zip(&broken) {
        assert_eq!(alone.rule_flags, broken.rule_flags);
        assert_eq!(alone.card.summary, broken.card.summary);
        assert!(broken.card.summary.ends_with("Rules only."));
        assert_eq!(broken.card.model_version, None);
    }
    let abstains = scanned(&crate::testing::history([lived("200")]), None, Some(&ById));
    assert!(abstains[0].card.summary.ends_with("No lapse risk: too little history."));
}

#[test]
fn a_scan_gives_the_same_lines_again_and_reads_nothing_later() {
    let ids = ["30", "31", "32", "60", "70"];
    let until = history(ids.map(lived));
    let lines = |history: &History| -> Vec<String> {
        let written = scanned(history, None, Some(&ById));
        written.iter().map(|one| serde_json::to_string(&Line::of(one)).expect("JSON")).collect()
    };
    assert_eq!(lines(&until), lines(&until));
    let beyond = history(ids.map(|id| {
        lived(id).with_meals(AS_OF + 1, &[Outcome::Missed; 4]).with_set(AS_OF + 1, 0, None)
    }));
    assert_eq!(lines(&beyond), lines(&until));
    assert_eq!(digest(&beyond.clients[0], AS_OF), digest(&until.clients[0], AS_OF));
    assert_ne!(digest(&beyond.clients[0], AS_OF + 1), digest(&until.clients[0], AS_OF));
}

#[test]
fn a_trace_names_the_logs_the_versions_and_the_risk() {
    let history = history([lived("70")]);
    let written = scanned(&history, None, Some(&ById));
    let trace = written[0].card.trace.as_ref().expect("a trace");
    assert_eq!(trace["logs"], digest(&history.clients[0], AS_OF));
    assert_eq!(trace["model_version"], "by id 1");
    assert_eq!(trace["lapse"]["probability"], 0.7);
    assert!(written[0].card.severity >= Severity::High);
}
