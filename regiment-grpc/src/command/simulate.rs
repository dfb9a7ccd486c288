//! `regiment simulate`: the company of clients, written out as log frames.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use regiment_core::calendar::{Zone, local_date};
use regiment_core::{Clock as _, SystemClock};

use super::export;
use crate::Usage;
use crate::cli::SimulateArgs;
use crate::company::Simulated;
use crate::terminal::print;

pub(crate) async fn run(args: &SimulateArgs) -> anyhow::Result<()> {
    let end = args.end.unwrap_or_else(|| local_date(&Zone::utc(), SystemClock.now()));
    let until = midnight(end)?;
    let begins = until - SignedDuration::from_hours(24 * i64::from(args.days));
    let simulated = Simulated::live(args.seed, args.clients, begins, until).await?;
    let regiment = simulated.on_the_system_clock().await?;
    print(&export::frames(&regiment, &args.out).await?).map_err(anyhow::Error::from)
}

/// Returns the instant at which a date begins in UTC.
fn midnight(end: Date) -> anyhow::Result<Timestamp> {
    let range = Date::constant(1900, 1, 1)..=Date::constant(2200, 1, 1);
    if !range.contains(&end) {
        let said = format!("--end must be between 1900-01-01 and 2200-01-01, not {end}");
        return Err(Usage(said).into());
    }
    Ok(TimeZone::UTC.to_timestamp(end.at(0, 0, 0, 0))?)
}
