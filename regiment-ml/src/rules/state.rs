//! What the client says of mood, stress and soreness.

use regiment_core::record::{Flag, Level, Mood, Severity};

use super::week::{WEEK, Week, dates, number, reaches};
use crate::finding::Finding;
use crate::history::Day;

/// Days of bad mood in a row, or of bad mood or high stress at all.
pub(super) fn mood_drop(week: &Week<'_>) -> Option<Finding> {
    let checkins = week.checkins(WEEK);
    let is_bad = |mood: Option<Mood>| mood == Some(Mood::Bad);
    let bad = dates(checkins, |row| is_bad(row.mood).then_some(row.day));
    let low = dates(checkins, |row| {
        (is_bad(row.mood) || row.stress == Some(Level::High)).then_some(row.day)
    });
    let run = longest_run(&bad);
    let fires =
        reaches(run, week.policy.mood_drop_run) || reaches(low.len(), week.policy.mood_drop_dates);
    fires.then(|| {
        week.flag(Severity::High, Flag::MoodDrop, WEEK)
            .number("bad_mood_dates", number(bad.len()))
            .number("bad_mood_run", number(run))
            .number("low_dates", number(low.len()))
            .on(low)
    })
}

/// Soreness that goes with a plateau or missed training.
pub(super) fn recovery_risk(
    week: &Week<'_>,
    plateaus: &[Finding],
    training: Option<&Finding>,
) -> Option<Finding> {
    let sore =
        dates(week.checkins(WEEK), |row| (row.soreness == Some(Level::High)).then_some(row.day));
    let beside: Vec<String> =
        plateaus.iter().chain(training).map(|finding| finding.evidence.flag.to_string()).collect();
    let fires = reaches(sore.len(), week.policy.recovery_risk_dates) && !beside.is_empty();
    fires.then(|| {
        week.flag(Severity::Medium, Flag::RecoveryRisk, WEEK)
            .number("sore_dates", number(sore.len()))
            .on(sore)
            .saying(beside.join(", "))
    })
}

/// The longest run of consecutive dates.
fn longest_run(dates: &[Day]) -> usize {
    dates.chunk_by(|day, next| *next == day + 1).map(<[Day]>::len).max().unwrap_or(0)
}
