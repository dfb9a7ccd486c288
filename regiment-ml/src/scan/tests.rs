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

    fn score_all(&self, clients: &[&ClientHistory], _: Day) -> Vec<Result<Estimate, String>> {
        let estimate = |client: &&ClientHistory| {
            let percent: f64 = client.profile.user_id.as_str().parse().expect("digits");
            if percent > 100.0 {
                return Err("too little history".to_owned());
            }
            let (probability, drivers) = (percent / 100.0, vec!["an id".to_owned()]);
            Ok(Estimate { probability, drivers, answers: None, steps: Vec::new() })
        };
        clients.iter().map(estimate).collect()
    }
}

/// As [`ById`], and falls over those above seventy.
#[derive(Debug)]
struct Broken;

impl Scorer for Broken {
    fn version(&self) -> String {
        "broken 1".to_owned()
    }

    fn score_all(&self, clients: &[&ClientHistory], day: Day) -> Vec<Result<Estimate, String>> {
        let digits = |client: &&ClientHistory| client.profile.user_id.as_str().parse::<u32>();
        let is_too_much = clients.iter().any(|client| digits(client).expect("digits") > 70);
        assert!(!is_too_much, "as the test asked");
        ById.score_all(clients, day)
    }
}

fn lived(user_id: &str) -> ClientHistory {
    let mut client = client(user_id);
    for day in AS_OF - 20..=AS_OF {
        client = client.with_meals(day, &[Outcome::Completed; 3]).with_checkin(checkin(day, 90.0));
    }
    client
}

fn scanned(history: &History, coach: Option<&str>, model: Option<&dyn Scorer>) -> Vec<JobCard> {
    scanned_to(history, coach, Depth::Everything(model))
}

fn scanned_to(history: &History, coach: Option<&str>, depth: Depth<'_>) -> Vec<JobCard> {
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
    part.active.fill(coach.map(str::to_owned));
    let priorities = Priorities::default();
    scan(&[part], Setup { policy: &policy, edition: &edition, depth, priorities: &priorities })
}

fn flagged(cards: &[JobCard]) -> Vec<&str> {
    let flagged = cards.iter().filter(|card| card.flags.contains(&Flag::LapseRisk.into()));
    flagged.map(|card| card.user_id.as_str()).collect()
}

fn line(card: &JobCard) -> serde_json::Value {
    serde_json::to_value(Line::of(card)).expect("JSON")
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
fn each_coach_has_a_budget_of_his_own_by_his_active_clients() {
    let history = history((50..60).map(|id| lived(&id.to_string())));
    let mut subjects = part(&history, AS_OF).subjects;
    for (place, subject) in subjects.iter_mut().enumerate() {
        subject.coach = Some((place % 2).to_string());
    }
    let subjects: Vec<&Subject<'_>> = subjects.iter().collect();
    let check = |n_active: usize, expected: usize| {
        let policy = LapsePolicy { alerts: 1, alert_percent: 10, ..LapsePolicy::default() };
        let found = |subject: &&Subject<'_>| {
            let setup = Policy::default();
            let known = Known::default();
            let verdict =
                rules::check(subject.client, &history.exercises, AS_OF, &setup.flags, &known);
            let lapse = Lapse {
                probability: 0.5,
                drivers: Vec::new(),
                answers: None,
                steps: Vec::new(),
                is_flagged: false,
            };
            Found { verdict, others: Vec::new(), lapse: Some(lapse), abstained: None }
        };
        let mut found: Vec<Found> = subjects.iter().map(found).collect();
        // The clients who are not scanned, the paused ones, count toward the second coach's budget.
        let active =
            std::iter::repeat_n(Some("0"), 5).chain(std::iter::repeat_n(Some("1"), n_active));
        flag_within_budget(&mut found, &subjects, active, &policy);
        let flagged = |coach: usize| {
            let of_coach = found.iter().skip(coach).step_by(2);
            of_coach.filter(|one| one.lapse.as_ref().is_some_and(|l| l.is_flagged)).count()
        };
        assert_eq!((flagged(0), flagged(1)), (1, expected), "{n_active}");
    };
    check(5, 1);
    check(29, 2);
    check(30, 3);
    check(400, 5);
}

#[test]
fn a_model_that_fails_costs_its_own_flag_and_the_card_says_rules_only() {
    let history = history([lived("70"), lived("80")]);
    let alone = scanned(&history, None, None);
    let broken = scanned(&history, None, Some(&Broken));
    // It falls over the second client alone.
    assert_eq!(broken[0].model_version.as_deref(), Some("broken 1"));
    assert!(broken[0].summary.contains("Lapse risk 70%"), "{}", broken[0].summary);
    assert_eq!(line(&broken[0])["flags"], line(&alone[0])["flags"]);
    assert_eq!((&broken[1].flags, &broken[1].summary), (&alone[1].flags, &alone[1].summary));
    assert!(broken[1].summary.ends_with("Rules only."));
    assert_eq!(broken[1].model_version, None);
    let abstains = scanned(&crate::testing::history([lived("200")]), None, Some(&ById));
    assert!(abstains[0].summary.ends_with("No lapse risk: too little history."));
}

#[test]
fn the_shipped_model_says_nothing_of_one_who_has_lapsed_already() {
    let gone = (AS_OF - 40..=AS_OF).fold(client("7"), |life, day| {
        let outcome = if day > AS_OF - 3 { Outcome::Missed } else { Outcome::Completed };
        life.with_meals(day, &[outcome; 3])
    });
    let model = InService::new(crate::model::LapseModel::shipped());
    let at = |as_of| Scorer::score_all(&model, &[&gone], as_of).pop().expect("one client");
    // Four of seven days, and five.
    assert_eq!(at(AS_OF), Err("less than 60% of the week was done".to_owned()));
    assert!(at(AS_OF - 1).is_ok());
}

#[test]
fn the_rules_alone_say_what_they_say_with_everything_beside_them() {
    let mut life = lived("70").with_set(AS_OF - 1, 0, None).with_set(AS_OF - 3, 0, None);
    life.checkins[20].notes = Some("tore my shoulder, it hurts".into());
    let history = history([life, lived("80")]);
    let everything = scanned(&history, None, Some(&ById));
    let rules = scanned_to(&history, None, Depth::Rules);
    assert_eq!(line(&everything[0])["card_action"], "escalate");
    assert_eq!(line(&everything[0])["model_flags"][2], "note_concern:injury");
    assert_eq!(line(&everything[0])["action_suggested"], "callout");
    for (everything, rules) in everything.iter().zip(&rules) {
        let of_rules = serde_json::to_value(RulesLine::of(rules)).expect("JSON");
        for field in ["user_id", "flags", "wins", "action_suggested"] {
            assert_eq!(line(everything)[field], of_rules[field]);
        }
        assert_eq!(rules.model_version, None);
    }
}

#[test]
fn chance_lets_a_card_be_seen_that_the_order_hides_and_marks_it() {
    let ids = (100..130).map(|id| lived(&id.to_string()).with_set(AS_OF, 0, None));
    let history = history(ids.map(|life| life.with_set(AS_OF - 2, 0, None)));
    let explored = |coach: &str| {
        let cards = scanned(&history, Some(coach), None);
        let marked = cards.iter().map(|card| Trace::of(card).expect("a trace").is_explored);
        marked.filter(|is_explored| *is_explored).count()
    };
    let each: Vec<usize> = (0..100).map(|coach| explored(&coach.to_string())).collect();
    assert!(each.iter().all(|n| *n <= 1));
    let n: usize = each.iter().sum();
    assert!((1..=12).contains(&n), "{n} of 100 coaches");
    assert_eq!(explored("7"), each[7]);
}

/// A card that an earlier scan wrote, with a risk.
fn earlier(client: &ClientHistory, as_of: Day, risk: f64) -> JobCard {
    let history = history([client.clone()]);
    let mut card = scanned_to(&history, None, Depth::Rules).remove(0);
    let answers = Answers {
        plan: crate::features::Plan::Orders,
        linear: risk,
        perceptron: 0.0,
        recurrent: 0.0,
        known: 30,
    };
    let lapse = Lapse {
        probability: risk,
        drivers: Vec::new(),
        answers: Some(answers),
        steps: Vec::new(),
        is_flagged: false,
    };
    let mut trace = Trace::of(&card).expect("a trace");
    trace.as_of = date_of(as_of);
    trace.lapse = Some(lapse);
    trace.onto(&mut card);
    card.model_version = Some("by id 1".to_owned());
    card
}

#[test]
fn a_risk_on_an_earlier_card_is_judged_when_its_week_is_over() {
    // Under orders since day 0, and everything missed from day 50 on.
    let life = (0..=AS_OF).fold(client("7"), |life, day| {
        let outcome = if day >= 50 { Outcome::Missed } else { Outcome::Completed };
        life.with_meals(day, &[outcome; 3])
    });
    let history = history([life]);
    let judged = |days: &[Day], version: &str| -> Vec<(Day, bool)> {
        let mut part = part(&history, AS_OF);
        part.subjects[0].before =
            days.iter().map(|day| earlier(&history.clients[0], *day, 0.3)).collect();
        let resolved = resolved(&[part], version);
        assert!(
            resolved.iter().all(|one| one.example().is_some_and(|e| e.lapsed == one.judged.lapsed))
        );
        resolved.iter().map(|one| (one.day, one.judged.lapsed)).collect()
    };
    // On day 54 the week is not over; on day 53 he had lapsed already.
    assert_eq!(judged(&[40, 46, 49, 53, 54], "by id 1"), [(40, false), (46, true), (49, true)]);
    assert_eq!(judged(&[46], "by id 2"), []);
}

#[test]
fn a_scan_gives_the_same_lines_again_and_reads_nothing_later() {
    let ids = ["30", "31", "32", "60", "70"];
    let until = history(ids.map(lived));
    let lines = |history: &History| -> Vec<String> {
        let cards = scanned(history, None, Some(&ById));
        cards.iter().map(|card| line(card).to_string()).collect()
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
fn a_trace_names_the_logs_and_the_risk_and_what_the_rules_suggest() {
    let history = history([lived("70")]);
    let cards = scanned(&history, None, Some(&ById));
    let trace = Trace::of(&cards[0]).expect("a trace");
    assert_eq!(trace.logs, digest(&history.clients[0], AS_OF));
    assert_eq!(trace.as_of, date_of(AS_OF));
    assert_eq!(trace.lapse.map(|lapse| lapse.probability.to_bits()), Some(0.7_f64.to_bits()));
    assert_eq!(trace.rules_suggest.as_str(), line(&cards[0])["action_suggested"]);
    assert!(cards[0].severity >= Severity::High);
}

#[test]
fn a_shipped_models_steps_lead_to_its_risk() {
    let history = history([lived("7")]);
    let model = InService::new(crate::model::LapseModel::shipped());
    let cards = scanned(&history, None, Some(&model));
    let lapse = Trace::of(&cards[0]).and_then(|trace| trace.lapse).expect("a risk");
    let last = lapse.steps.last().expect("steps");
    assert_eq!(last.node, "calibrated");
    assert!((lapse.probability - 1.0 / (1.0 + (-last.log_odds).exp())).abs() < 1e-12);
}
