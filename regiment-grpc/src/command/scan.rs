//! `regiment scan`: the week of every client of a folder of log frames, one JSON line each.

use std::fs;

use anyhow::Context as _;
use regiment_core::Policy;
use regiment_ml::finding::day_of;
use regiment_ml::frame::Extent;
use regiment_ml::history::{ClientHistory, History};
use regiment_ml::rules::{self, Known, Verdict};
use serde::Serialize;

use super::policy;
use crate::cli::ScanArgs;
use crate::config::Config;
use crate::terminal::print;

/// One client's line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    user_id: &'a str,
    flags: Vec<String>,
    wins: Vec<&'a str>,
    action_suggested: &'static str,
}

pub(crate) fn run(args: &ScanArgs, config: &Config) -> anyhow::Result<()> {
    let policy = match &config.policy {
        Some(file) => policy::read(file)?,
        None => Policy::default(),
    };
    let as_of = day_of(args.as_of);
    let days = rules::lookback(&policy.flags);
    let history = History::read(&args.logs, Extent::Recent { until: as_of, days })?;
    let nothing = Known::default();
    let verdicts = rules::check_all(&history, as_of, &policy.flags, |_| &nothing);
    let mut text = String::new();
    for (client, verdict) in &verdicts {
        text.push_str(&serde_json::to_string(&line(client, verdict))?);
        text.push('\n');
    }
    match &args.out {
        None => Ok(print(&text)?),
        Some(file) => {
            fs::write(file, text).with_context(|| format!("can't write {}", file.display()))
        }
    }
}

fn line<'a>(client: &'a ClientHistory, verdict: &'a Verdict) -> Line<'a> {
    Line {
        user_id: client.profile.user_id.as_str(),
        flags: verdict.flags.iter().map(|finding| finding.evidence.flag.to_string()).collect(),
        wins: verdict.wins.iter().map(|win| win.name.0.as_str()).collect(),
        action_suggested: verdict.action.as_str(),
    }
}
