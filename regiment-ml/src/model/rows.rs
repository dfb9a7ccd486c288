//! What a model learns from: clients at risk on dates whose week after is known.

use rayon::prelude::*;

use crate::eval::scores::Judged;
use crate::features::{FEATURES, Features, Plan, features};
use crate::history::{ClientHistory, Day, History};
use crate::label::{HORIZON, SETTLED_AFTER, lapsed};

/// A client is looked at on every second day, and as one who only checks in on every fourth: the
/// days between tell little more.
const EVERY: Day = 2;
const EVERY_ALONE: Day = 4;

/// A client at risk on a date, and whether the client lapsed.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) as_of: Day,
    pub(crate) features: Features,
    pub(crate) lapsed: bool,
}

impl Row {
    /// Whether the coach cannot see it coming: five sevenths of the last week or more were done.
    pub(crate) fn is_onset(&self) -> bool {
        self.features.rate7 >= 5.0 / 7.0
    }

    pub(crate) fn judged(&self, risk: f64) -> Judged {
        Judged { risk, lapsed: self.lapsed }
    }
}

/// Returns the rows of clients under orders and those of clients who only check in, with labels
/// known by `until`. A client under orders is looked at as one who only checks in as well.
pub(crate) fn rows(histories: &[&History], until: Day) -> (Vec<Row>, Vec<Row>) {
    let clients: Vec<&ClientHistory> =
        histories.iter().flat_map(|history| &history.clients).collect();
    let lived: Vec<_> = clients
        .par_iter()
        .map(|client| {
            let alone = alone(client);
            (of(client, until, EVERY), of(&alone, until, EVERY_ALONE))
        })
        .collect();
    let (mut orders, mut checkins) = (Vec::new(), Vec::new());
    for (own, alone) in lived {
        orders.extend(own.into_iter().filter(|row| row.features.plan == Plan::Orders));
        checkins.extend(alone);
    }
    (orders, checkins)
}

/// Returns the features that the model of a plan takes.
pub(crate) fn inputs(plan: Plan, features: &Features) -> Vec<f64> {
    let taken = FEATURES.iter().zip(features.values);
    taken
        .filter(|(feature, _)| plan == Plan::Orders || feature.checkins_only)
        .map(|(_, value)| value)
        .collect()
}

fn of(client: &ClientHistory, until: Day, every: Day) -> Vec<Row> {
    let Some((first, last)) = dates(client) else { return Vec::new() };
    let first = first.max(client.profile.start + SETTLED_AFTER);
    let dates = (first..=(until.min(last) - HORIZON)).filter(|day| day.rem_euclid(every) == 0);
    dates
        .filter_map(|as_of| {
            let lapsed = lapsed(client, as_of)?;
            let features = features(client, as_of).ok()?;
            Some(Row { as_of, features, lapsed })
        })
        .collect()
}

/// The first and the last date with a log.
fn dates(client: &ClientHistory) -> Option<(Day, Day)> {
    let meals = client.meals.iter().map(|row| row.day);
    let sets = client.sets.iter().map(|row| row.day);
    let cardio = client.cardio.iter().map(|row| row.day);
    let checkins = client.checkins.iter().map(|row| row.day);
    meals.chain(sets).chain(cardio).chain(checkins).fold(None, |span, day| match span {
        None => Some((day, day)),
        Some((first, last)) => Some((day.min(first), day.max(last))),
    })
}

fn alone(client: &ClientHistory) -> ClientHistory {
    ClientHistory {
        checkins: client.checkins.clone(),
        ..ClientHistory::new(client.profile.clone())
    }
}
