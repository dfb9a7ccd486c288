//! `regiment evaluate`: how well the lapse model does, beside persistence.

use std::fs;

use anyhow::Context as _;
use regiment_ml::eval::{lapse, planted, report};
use regiment_ml::finding::day_of;
use regiment_ml::model::Logistic;

use super::frames;
use crate::cli::EvaluateArgs;
use crate::terminal::print;

/// The seed of the planted cases.
const SEED: u64 = 1;

pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<()> {
    let model = frames::model(args.model.as_deref())?;
    let history = frames::history(&args.logs)?;
    let baseline = match args.train.as_deref().zip(args.until) {
        Some((folder, until)) => {
            Some(Logistic::train(&[&frames::history(folder)?], day_of(until))?)
        }
        None => None,
    };
    let dates: Vec<_> = args.as_of.iter().map(|date| day_of(*date)).collect();
    let evaluation = lapse::evaluate(model.as_ref(), baseline.as_ref(), &history, &dates);
    if let Some(folder) = &args.report {
        report::write(&evaluation, folder).with_context(|| folder.display().to_string())?;
        let found = planted::measure(&history, SEED).markdown();
        let file = folder.join("planted.md");
        fs::write(&file, found).with_context(|| file.display().to_string())?;
    }
    print(&format!("{}\n", serde_json::to_string_pretty(&evaluation)?))?;
    Ok(())
}
