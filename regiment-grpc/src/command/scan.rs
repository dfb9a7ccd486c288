//! `regiment scan`: the week of every client of a folder of log frames, one JSON line each.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use regiment_core::{Invalid, Policy};
use regiment_ml::card::Edition;
use regiment_ml::finding::day_of;
use regiment_ml::frame::Extent;
use regiment_ml::history::{ClientHistory, History};
use regiment_ml::model::LapseModel;
use regiment_ml::priority::Priorities;
use regiment_ml::rules::{self, Known, Verdict};
use regiment_ml::scan::{Line as ScanLine, Setup, part, scan};
use serde::Serialize;

use super::{frames, policy};
use crate::Usage;
use crate::cli::ScanArgs;
use crate::config::Config;
use crate::terminal::print;
use crate::weekly::FlagEngine;

/// One client's line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    user_id: &'a str,
    flags: Vec<String>,
    wins: Vec<&'a str>,
    action_suggested: &'static str,
}

pub(crate) async fn run(args: &ScanArgs, config: &Config) -> anyhow::Result<()> {
    let text = match &args.logs {
        None => of_store(args, config).await?,
        Some(folder) => of_frames(folder, args, config)?,
    };
    match &args.out {
        None => Ok(print(&text)?),
        Some(file) => {
            fs::write(file, text).with_context(|| format!("can't write {}", file.display()))
        }
    }
}

fn of_frames(folder: &Path, args: &ScanArgs, config: &Config) -> anyhow::Result<String> {
    let policy = match &config.policy {
        Some(file) => policy::read(file)?,
        None => Policy::default(),
    };
    let as_of = day_of(args.as_of);
    if args.rules_only {
        let days = rules::lookback(&policy.flags);
        let history = History::read(folder, Extent::Recent { until: as_of, days })?;
        let nothing = Known::default();
        let verdicts = rules::check_all(&history, as_of, &policy.flags, |_| &nothing);
        return lines(verdicts.iter().map(|(client, verdict)| line(client, verdict)));
    }
    let history = History::read(folder, Extent::All)?;
    let at = args.as_of.at(22, 0, 0, 0).to_zoned(TimeZone::UTC)?.timestamp();
    let edition = Edition {
        sunday: args.as_of,
        at,
        policy_version: 0,
        model_version: None,
        high_probability: policy.lapse.high_probability,
    };
    let priorities = Priorities::default();
    let model = frames::model(args.model.as_deref())?;
    let setup = Setup {
        policy: &policy,
        edition: &edition,
        model: Some(model.as_ref()),
        priorities: &priorities,
    };
    let written = scan(&[part(&history, as_of)], setup);
    lines(written.iter().map(ScanLine::of))
}

/// Writes the cards that a scan of the store would store now; it stores none.
async fn of_store(args: &ScanArgs, config: &Config) -> anyhow::Result<String> {
    if args.rules_only {
        let refused = Invalid::new("--rules-only", "given", "given with --logs only");
        return Err(Usage(refused.to_string()).into());
    }
    let regiment = super::practice(config).await?;
    let model = args.model.as_deref().map(LapseModel::load).transpose()?.map(Arc::new);
    let regiment = regiment.with_scanner(Arc::new(FlagEngine { model })).await?;
    let cards = regiment.preview_scan(args.as_of, regiment.now()).await?;
    regiment.store().close().await;
    lines(cards)
}

fn lines<T: Serialize>(lines: impl IntoIterator<Item = T>) -> anyhow::Result<String> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

fn line<'a>(client: &'a ClientHistory, verdict: &'a Verdict) -> Line<'a> {
    Line {
        user_id: client.profile.user_id.as_str(),
        flags: verdict.flags.iter().map(|finding| finding.evidence.flag.to_string()).collect(),
        wins: verdict.wins.iter().map(|win| win.name.0.as_str()).collect(),
        action_suggested: verdict.action.as_str(),
    }
}
