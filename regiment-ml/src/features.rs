//! What the lapse model sees of a client on a date: one function for training and for serving.
//!
//! Every feature is bounded and stationary: shares of what was asked, what was felt and how late
//! things came, over the last 56 days at most. There is no tenure, no lifetime rate, no raw count,
//! no id, age, sex or weight, so that a model carries over to people it has never seen.

mod names;
mod recency;
mod sequence;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::names::{FEATURES, Family, Feature};
pub use self::sequence::{CHANNELS, SEQUENCE_DAYS};
use crate::day::{ClientDay, Share, last_days};
use crate::history::{ClientHistory, Day};

/// How many days the features look back.
pub const WINDOW: usize = 56;

/// A client of whom fewer days than this are known is not scored.
pub const LEAST_DAYS: usize = 14;

/// How many features there are.
pub const N: usize = FEATURES.len();

/// What a client is asked for; each kind has a model of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Meals, training or cardio, mostly with check-ins.
    Orders,
    /// Check-ins and nothing else.
    CheckinsOnly,
}

/// Why a client gets no lapse risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Abstained {
    /// Too little is known.
    #[error("{days} days are known, {LEAST_DAYS} are needed")]
    TooLittleHistory {
        /// Days from the first log in the window to the date.
        days: usize,
    },
    /// Nothing was asked in the last seven days.
    #[error("nothing was asked in the last 7 days")]
    NothingAsked,
}

/// A client on a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// Which model serves the client.
    pub plan: Plan,
    /// The features, in the order of [`FEATURES`].
    pub values: [f64; N],
    /// The last 28 days, oldest first, [`CHANNELS`] numbers a day.
    pub sequence: Vec<f32>,
    /// Adherence over the last 7 days.
    pub rate7: f64,
    /// Days from the first log in the window to the date.
    pub known: usize,
}

/// Works out the features of a client on a date. Rows dated after `as_of` are not read.
pub fn features(client: &ClientHistory, as_of: Day) -> Result<Features, Abstained> {
    let days = last_days(client, as_of, WINDOW);
    let known = days.iter().position(|day| day.all().assigned > 0.0);
    let known = known.map_or(0, |first| WINDOW - first);
    if known < LEAST_DAYS {
        return Err(Abstained::TooLittleHistory { days: known });
    }
    let week: Share = days[WINDOW - 7..].iter().map(ClientDay::all).sum();
    let rate7 = week.rate().ok_or(Abstained::NothingAsked)?;
    Ok(Features {
        plan: plan(&days),
        values: recency::values(&days, rate7),
        sequence: sequence::sequence(&days[WINDOW - SEQUENCE_DAYS..], as_of),
        rate7,
        known,
    })
}

fn plan(days: &[ClientDay]) -> Plan {
    let asked = |day: &ClientDay| day.shares[..3].iter().any(|share| share.assigned > 0.0);
    if days[WINDOW - SEQUENCE_DAYS..].iter().any(asked) { Plan::Orders } else { Plan::CheckinsOnly }
}

/// Returns the hash of the feature schema: names, their order, the windows and the channels.
pub fn schema_hash() -> String {
    let mut hash = Sha256::new();
    hash.update(format!("features 1; window {WINDOW}; {SEQUENCE_DAYS} x {CHANNELS}"));
    for feature in FEATURES {
        hash.update(format!("; {}", feature.name));
    }
    hex(&hash.finalize()[..8])
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests;
