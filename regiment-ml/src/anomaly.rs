//! Logs that deserve a second look.
//!
//! Nobody labels falsified logs, so nothing is learned here: each sign is a check that can be
//! explained, its log-odds stand in one table ([`log_odds`]), and their sum decides. The evidence is
//! the product. A flag says "check this" and names what was seen; it never says why.

mod signs;

use regiment_core::calendar::Zone;
use regiment_core::record::{Flag, Severity};

use crate::finding::Finding;
use crate::history::{ClientHistory, Day};
use crate::stats::count;

/// The days that are looked at; runs may reach back twice as far.
const WINDOW: Day = 14;

/// The table of log-odds.
pub mod log_odds {
    /// Before anything is seen: one client-week in a hundred.
    pub const PRIOR: f64 = -4.6;
    /// The most that a run of equal answers adds: too little to raise the flag alone, because honest
    /// people have such runs. Of published daily reports one week in thirteen holds one.
    pub const ANSWERS_CAP: f64 = 4.0;
    /// The most that a run of equal weights adds.
    pub const WEIGHTS_CAP: f64 = 6.0;
    /// The probability that one who copies copies once more.
    pub const COPIES: f64 = 0.98;
    /// The last digits of weights are not spread as a scale spreads them.
    pub const DIGITS: f64 = 2.0;
    /// The weight jumps; a slip of the finger explains it as well.
    pub const JUMP: f64 = 1.0;
    /// A day with many logs within a minute.
    pub const BURST_DAY: f64 = 2.5;
    /// A day with logs in the small hours.
    pub const NIGHT_DAY: f64 = 2.5;
    /// A day whose logs were entered when it was over; a coach's correction looks the same.
    pub const BACKFILLED_DAY: f64 = 2.0;
    /// How many such days count at most.
    pub const MOST_DAYS: usize = 3;
    /// Cardio of exactly the minutes ordered, every time; a treadmill's timer explains it as well.
    pub const EXACT_CARDIO: f64 = 1.5;
    /// The most that meals which are all done add while the weight moves against the goal: otherwise
    /// the log-odds of that movement.
    pub const SCALE_CAP: f64 = 5.0;
}

/// What can be seen in logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignKind {
    /// The same four answers in seven check-ins or more, one after the other.
    SameAnswers,
    /// The same weight to 0.1 kg in six weigh-ins or more, one after the other.
    SameWeight,
    /// Some last digits of the weights come up too often (chi-square).
    Digits,
    /// From one day to the next the weight jumps by more than four times its noise and 1.5%.
    Jump,
    /// Six or more logs within 60 seconds.
    Burst,
    /// Logs entered between midnight and 05:00 local time.
    Night,
    /// Done, and entered after the local date was over.
    Backfilled,
    /// Cardio of exactly the assigned minutes, fourteen times or more without exception.
    ExactCardio,
    /// All meals done while the weight moves against the goal.
    MealsAgainstScale,
}

impl SignKind {
    /// Returns the name under which a figure stands in the evidence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameAnswers => "same_answers",
            Self::SameWeight => "same_weight",
            Self::Digits => "weight_digits",
            Self::Jump => "weight_jumps",
            Self::Burst => "burst_days",
            Self::Night => "night_days",
            Self::Backfilled => "backfilled_days",
            Self::ExactCardio => "exact_cardio",
            Self::MealsAgainstScale => "meals_against_scale",
        }
    }

    fn words(self, n: usize) -> String {
        let s = if n == 1 { "" } else { "s" };
        match self {
            Self::SameAnswers => format!("the same four answers {n} times in a row"),
            Self::SameWeight => format!("the same weight {n} times in a row"),
            Self::Digits => format!("the last digits of {n} weights are unevenly spread"),
            Self::Jump => format!("{n} jump{s} of the weight"),
            Self::Burst => format!("{n} day{s} with six or more logs within a minute"),
            Self::Night => format!("{n} day{s} with logs between 00:00 and 05:00"),
            Self::Backfilled => format!("{n} day{s} entered when over"),
            Self::ExactCardio => format!("cardio of exactly the ordered minutes {n} times"),
            Self::MealsAgainstScale => {
                format!("{n} meals all but all done while the weight moves against the goal")
            }
        }
    }
}

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// What.
    pub kind: SignKind,
    /// How many: check-ins of a run, days with a burst.
    pub n: usize,
    /// What it adds.
    pub log_odds: f64,
    /// The dates on which it was seen.
    pub days: Vec<Day>,
}

/// All that was seen of a client, and what it adds up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// What was seen, in the order of [`SignKind`].
    pub signs: Vec<Sign>,
    /// The sum, the prior included.
    pub log_odds: f64,
}

impl Assessment {
    /// Returns the score, 0 to 1: the logistic function of the sum. The log-odds are judgment and no
    /// measurement, so it ranks and is no probability of anything.
    pub fn score(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds).exp())
    }

    /// Returns whether the logs deserve a look: the sum is above 0.
    pub fn deserves_a_look(&self) -> bool {
        self.log_odds > 0.0
    }
}

/// Looks at the logs up to `as_of`. Times of day are those of the client's own zone; where that can't
/// be read, the checks of the hour are left out.
pub fn assess(client: &ClientHistory, as_of: Day) -> Assessment {
    let window = as_of.saturating_sub(WINDOW - 1)..=as_of;
    let entries = Zone::parse(&client.profile.timezone_offset)
        .map(|zone| signs::entries(client, &zone, &window))
        .unwrap_or_default();
    let signs = [
        signs::same_answers(client, &window),
        signs::same_weight(client, &window),
        signs::digits(client, as_of),
        signs::jumps(client, &window),
        signs::bursts(&entries),
        signs::nights(&entries),
        signs::backfilled(&entries),
        signs::exact_cardio(client, as_of),
        signs::meals_against_scale(client, as_of),
    ];
    let signs = signs.into_iter().flatten().collect::<Vec<_>>();
    let log_odds = log_odds::PRIOR + signs.iter().map(|sign| sign.log_odds).sum::<f64>();
    Assessment { signs, log_odds }
}

/// Returns the flag `log_anomaly` for logs that deserve a look; its evidence names every sign.
pub fn findings(client: &ClientHistory, as_of: Day) -> Vec<Finding> {
    let assessment = assess(client, as_of);
    if !assessment.deserves_a_look() {
        return Vec::new();
    }
    let score = assessment.score();
    let severity = if score >= 0.9 { Severity::Medium } else { Severity::Low };
    let words = assessment.signs.iter().map(|sign| sign.kind.words(sign.n)).collect::<Vec<_>>();
    let mut days =
        assessment.signs.iter().flat_map(|sign| sign.days.iter().copied()).collect::<Vec<_>>();
    days.sort_unstable();
    days.dedup();
    let first = days.first().copied().unwrap_or(as_of).min(as_of.saturating_sub(WINDOW - 1));
    let start = Finding::flag(severity, Flag::LogAnomaly, first..=as_of)
        .on(days)
        .number("score", score)
        .saying(format!("check this: {}", words.join("; ")));
    let finding = assessment
        .signs
        .iter()
        .fold(start, |finding, sign| finding.number(sign.kind.name(), count(sign.n)));
    vec![finding]
}

#[cfg(test)]
mod tests;
