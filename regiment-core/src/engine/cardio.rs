//! Cardio: what is ordered every day, rest days included, and the minutes a client reports.

use jiff::civil::Date;

use super::{Refusal, logging};
use crate::{
    Dossier, Effect, Policy,
    measure::{Age, Minutes},
    record::{CardioLog, CardioOrder, ClientProfile, Log, LogKey, Ordered, Stream},
};

/// The low and high end of the ordered intensity, percent of the maximum heart rate: moderate
/// intensity of the American College of Sports Medicine, the middle of zones 2 and 3.
const BAND_PERCENT: (u32, u32) = (64, 76);

/// Returns a day's cardio; `None` where 0 minutes are assigned.
pub fn order(client: &ClientProfile, policy: &Policy) -> Option<CardioOrder> {
    let minutes = client.cardio_minutes.or_else(|| {
        let by_policy = policy.default_cardio(client.goal);
        Minutes::new(by_policy.into()).ok()
    })?;
    (minutes.get() > 0).then(|| CardioOrder {
        minutes,
        cardio_type: client.cardio_type.clone(),
        heart_rate: client.age.map(heart_rate),
    })
}

/// Returns the heart-rate range of the ordered intensity in whole beats a minute, low and high.
///
/// The maximum is estimated as `208 - 0.7 * age` (Tanaka, Monahan and Seals 2001, J Am Coll Cardiol
/// 37:153), with a spread of 7 to 12 beats between people; the order is 64% to 76% of it.
pub fn heart_rate(age: Age) -> (u16, u16) {
    let tenths_of_maximum = 2080 - 7 * u32::from(age.get());
    let beats = |percent: u32| {
        let rounded = (percent * tenths_of_maximum + 500) / 1000;
        u16::try_from(rounded).expect("less than the maximum, which is below 208")
    };
    (beats(BAND_PERCENT.0), beats(BAND_PERCENT.1))
}

/// Records the minutes of a day's cardio; a coach who overrides may also record that none were
/// reported.
///
/// # Errors
/// [`Refusal`] as [`logging::admit`] says.
pub fn log(
    dossier: &Dossier,
    policy: &Policy,
    date: Date,
    minutes: Option<Minutes>,
    submission: &logging::Submission,
) -> Result<Vec<Effect>, Refusal> {
    let key = key(dossier, date);
    logging::admit(dossier, policy, &key, submission)?;
    let assigned_minutes = assigned(dossier, &key).ok_or(Refusal::NotOrdered { date })?;
    let cause = if minutes.is_none() { logging::cause_of_miss(dossier, &key) } else { None };
    let log = CardioLog {
        user_id: key.user_id,
        date,
        timestamp: submission.made_at(),
        assigned_minutes,
        actual_minutes: minutes,
        cause,
    };
    Ok(vec![Effect::Record(submission.entry(Log::Cardio(log)))])
}

fn key(dossier: &Dossier, date: Date) -> LogKey {
    LogKey { user_id: dossier.user_id(), date, stream: Stream::Cardio, item: String::new() }
}

/// Returns what was assigned: what the order says, or an earlier log of the same day.
fn assigned(dossier: &Dossier, key: &LogKey) -> Option<Minutes> {
    let ordered = dossier.orders_of(key.date).find_map(|order| match &order.ordered {
        Ordered::Fuel { cardio, .. } => cardio.as_ref().map(|cardio| cardio.minutes),
        Ordered::Checkin | Ordered::Training(_) => None,
    });
    ordered.or_else(|| match dossier.log(key)? {
        Log::Cardio(log) => Some(log.assigned_minutes),
        Log::Meal(_) | Log::Training(_) | Log::Checkin(_) => None,
    })
}

#[cfg(test)]
mod tests;
