//! Trains the lapse model that ships with the program on simulated clients, who are nobody.
//!
//!     cargo run --release -p regiment-ml --example shipped_model -- OUT_DIR
//!
//! The same program on the same kind of machine writes the same bytes.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use regiment_core::record::{ClientProfile, Log};
use regiment_core::simulate::tour::{Span, serve};
use regiment_core::{Library, Policy};
use regiment_ml::frame::Frames;
use regiment_ml::history::{Day, History};
use regiment_ml::model::LapseModel;

/// How many clients, for how many days, and from which seed.
const CLIENTS: u32 = 1_200;
const DAYS: i64 = 180;
const SEED: u64 = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).map(PathBuf::from).ok_or("which folder?")?;
    let begins: Timestamp = "2026-01-05T00:00:00Z".parse()?;
    let until = begins + SignedDuration::from_hours(24 * DAYS);
    let span = Span { seed: SEED, begins, until, recruiting_days: 60 };

    let (policy, library) = (Policy::default(), Library::built_in());
    let lived: Vec<(ClientProfile, Vec<Log>)> = (0..CLIENTS)
        .into_par_iter()
        .filter_map(|index| {
            let service = serve(index, span, &policy, &library);
            Some((service.client?, service.logs.into_values().collect()))
        })
        .collect();
    let (clients, logs): (Vec<_>, Vec<_>) = lived.into_iter().unzip();
    let history = History::of(&Frames::of_records(&clients, &logs.concat()))?;

    // The day before the last: every zone has closed it.
    let last = until.as_second() / 86_400 - 2;
    let model = LapseModel::train(&[&history], Day::try_from(last)?, SEED, &mut |_, _| ())?;
    model.save(&out)?;
    Ok(())
}
