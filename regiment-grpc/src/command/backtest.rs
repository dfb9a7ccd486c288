//! `regiment backtest`: what the weekly scans of the past would have said, and what came of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use regiment_core::{Invalid, Policy};
use regiment_ml::eval::backtest::{Backtest, Fired, backtest};
use regiment_ml::eval::drift::{Level, drift};
use regiment_ml::finding::day_of;
use regiment_ml::frame::Extent;
use regiment_ml::history::History;
use regiment_ml::priority::Priorities;

use super::policy;
use crate::Usage;
use crate::cli::BacktestArgs;
use crate::config::Config;
use crate::terminal::{Align, count, print, table};

/// How many weeks count as recent for the drift.
const RECENT_WEEKS: i32 = 4;

pub(crate) fn run(args: &BacktestArgs, config: &Config) -> anyhow::Result<()> {
    if args.to < args.from {
        let refused = Invalid::new("--to", args.to, format!("{} or later", args.from));
        return Err(Usage(refused.to_string()).into());
    }
    let (from, until) = (day_of(args.from), day_of(args.to));
    let history = History::read(&args.logs, Extent::All)?;
    let standing = match &config.policy {
        Some(file) => policy::read(file)?,
        None => Policy::default(),
    };
    let mut told = vec![("policy", backtest(&history, from, until, &standing))];
    if let Some(file) = &args.policy {
        told.push(("other", backtest(&history, from, until, &policy::read(file)?)));
    }
    let mut text = laid_out(&told);
    text.push_str(&drifted(&history, until));
    Ok(print(&text)?)
}

fn laid_out(told: &[(&str, Backtest)]) -> String {
    let flags: BTreeSet<&String> = told.iter().flat_map(|(_, told)| told.flags.keys()).collect();
    let none = Fired::default();
    let mut rows = Vec::new();
    for flag in flags {
        for (policy, told) in told {
            let fired = told.flags.get(flag).unwrap_or(&none);
            let lapsed = match fired.judged {
                0 => "–".to_owned(),
                judged => percent(fired.lapsed, judged),
            };
            let ahead =
                fired.days_ahead.map_or_else(|| "–".to_owned(), |days| format!("{days:.1}"));
            let counted = |n: usize| count(n as u64);
            let (name, policy) = (flag.clone(), (*policy).to_owned());
            rows.push([name, policy, counted(fired.fired), counted(fired.judged), lapsed, ahead]);
        }
    }
    let columns = [
        ("flag", Align::Left),
        ("policy", Align::Left),
        ("fired", Align::Right),
        ("at risk", Align::Right),
        ("lapsed", Align::Right),
        ("days ahead", Align::Right),
    ];
    let mut text = table(columns, &rows);
    for (policy, told) in told {
        let base =
            told.base_rate.map_or_else(|| "–".to_owned(), |rate| format!("{:.1}%", 100.0 * rate));
        let (scans, scanned) = (count(told.scans as u64), count(told.scanned as u64));
        let _ = writeln!(
            text,
            "{policy}: {scans} scans of {scanned} client-weeks; {base} of those at risk lapsed, {} without a flag",
            count(told.lapsed_unflagged as u64)
        );
    }
    text
}

/// Says how far the last weeks are from the ones before.
fn drifted(history: &History, until: i32) -> String {
    let drift = drift(history, until, RECENT_WEEKS, &Priorities::default());
    let moved: Vec<String> = drift
        .features
        .iter()
        .filter(|moved| moved.level > Level::Steady)
        .map(|moved| format!("{} {:.2}", moved.feature, moved.psi))
        .collect();
    let moved = if moved.is_empty() { "no feature".to_owned() } else { moved.join(", ") };
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |n| format!("{n:.2}"));
    format!(
        "drift of the last {RECENT_WEEKS} weeks: moved {moved}; lapses {} times as frequent; {} with too little history\n",
        number(drift.base_rate_ratio),
        number(drift.gated),
    )
}

fn percent(part: usize, whole: usize) -> String {
    format!("{}%", (100 * part + whole / 2) / whole)
}
