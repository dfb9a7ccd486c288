//! `regiment scan`: the week of every client of a folder of log frames or of the store, one JSON line
//! each.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use regiment_core::Policy;
use regiment_ml::card::Edition;
use regiment_ml::finding::day_of;
use regiment_ml::frame::Extent;
use regiment_ml::history::History;
use regiment_ml::model::{InService, LapseModel};
use regiment_ml::priority::Priorities;
use regiment_ml::rules::{self, Known};
use regiment_ml::scan::{Depth, Line, RulesLine, Setup, part, scan};
use serde::Serialize;

use super::{frames, policy};
use crate::cli::ScanArgs;
use crate::config::Config;
use crate::weekly::{FlagEngine, Layers};

pub(crate) async fn run(args: &ScanArgs, config: &Config) -> anyhow::Result<()> {
    match &args.logs {
        None => of_store(args, config).await,
        Some(folder) if args.rules_only => rules_of_frames(folder, args, config),
        Some(folder) => of_frames(folder, args, config),
    }
}

fn rules_of_frames(folder: &Path, args: &ScanArgs, config: &Config) -> anyhow::Result<()> {
    let policy = configured(config)?;
    let as_of = day_of(args.as_of);
    let days = rules::lookback(&policy.flags);
    let history = History::read(folder, Extent::Recent { until: as_of, days })?;
    let nothing = Known::default();
    let verdicts = rules::check_all(&history, as_of, &policy.flags, |_| &nothing);
    write(args, verdicts.iter().map(|(client, verdict)| RulesLine::new(client, verdict)))
}

fn of_frames(folder: &Path, args: &ScanArgs, config: &Config) -> anyhow::Result<()> {
    let policy = configured(config)?;
    let as_of = day_of(args.as_of);
    let history = History::read(folder, Extent::All)?;
    let edition = Edition {
        sunday: args.as_of,
        at: args.as_of.at(22, 0, 0, 0).to_zoned(TimeZone::UTC)?.timestamp(),
        policy_version: 0,
        model_version: None,
        high_probability: policy.lapse.high_probability,
    };
    let model = frames::model(args.model.as_deref())?;
    let model = InService::fitted_to(model.as_ref(), &history, as_of);
    let setup = Setup {
        policy: &policy,
        edition: &edition,
        depth: Depth::Everything(Some(&model)),
        priorities: &Priorities::default(),
    };
    let cards = scan(&[part(&history, as_of)], setup);
    write(args, cards.iter().map(Line::of))
}

/// Writes what a scan of the store would find now; it stores nothing.
async fn of_store(args: &ScanArgs, config: &Config) -> anyhow::Result<()> {
    let layers = match &args.model {
        _ if args.rules_only => Layers::Rules,
        None => Layers::Shipped,
        Some(folder) => Layers::Own(Arc::new(LapseModel::load(folder)?)),
    };
    let regiment = super::practice(config).await?;
    let regiment = regiment.with_scanner(Arc::new(FlagEngine { layers })).await?;
    let mut cards = regiment.preview_scan(args.as_of, regiment.now()).await?;
    regiment.store().close().await;
    cards.sort_by_key(|card| card.user_id);
    if args.rules_only {
        write(args, cards.iter().map(RulesLine::of))
    } else {
        write(args, cards.iter().map(Line::of))
    }
}

fn configured(config: &Config) -> anyhow::Result<Policy> {
    Ok(match &config.policy {
        Some(file) => policy::read(file)?,
        None => Policy::default(),
    })
}

/// Writes a line for each client to where they are wanted.
fn write<T: Serialize>(args: &ScanArgs, lines: impl Iterator<Item = T>) -> anyhow::Result<()> {
    let Some(file) = &args.out else {
        return match write_to(io::stdout().lock(), lines) {
            // A reader that has gone away is no failure of ours.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        };
    };
    let written = File::create(file).and_then(|out| write_to(out, lines));
    written.with_context(|| format!("can't write {}", file.display()))
}

fn write_to<T: Serialize>(out: impl Write, lines: impl Iterator<Item = T>) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    for line in lines {
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
