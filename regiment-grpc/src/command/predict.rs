//! `regiment predict`: the lapse risk of every client at risk.

use std::fs;

use anyhow::Context as _;
use jiff::civil::Date;
use regiment_core::UserId;
use regiment_ml::finding::day_of;
use regiment_ml::history::ClientHistory;
use regiment_ml::label::is_at_risk;
use regiment_ml::model::{Driver, InService};
use serde::Serialize;

use super::frames;
use crate::cli::PredictArgs;
use crate::terminal::{print, progress};

/// A line of the output.
#[derive(Serialize)]
struct Line<'a> {
    user_id: UserId,
    as_of: Date,
    /// `null` where the model abstained.
    lapse_risk: Option<f64>,
    drivers: &'a [Driver],
    #[serde(skip_serializing_if = "Option::is_none")]
    abstained: Option<String>,
}

pub(crate) fn run(args: &PredictArgs) -> anyhow::Result<()> {
    let model = frames::model(args.model.as_deref())?;
    let model = model.as_ref();
    let history = frames::history(&args.logs)?;
    let bar = progress(args.as_of.len() as u64, "dates");
    let mut lines = String::new();
    for date in &args.as_of {
        let as_of = day_of(*date);
        let clients: Vec<&ClientHistory> =
            history.clients.iter().filter(|client| is_at_risk(client, as_of)).collect();
        let model = InService::fitted_to(model, &history, as_of);
        for (client, risk) in clients.iter().zip(model.score_all(&clients, as_of)) {
            let risk = risk.as_ref();
            let line = Line {
                user_id: client.profile.user_id,
                as_of: *date,
                lapse_risk: risk.ok().map(|risk| risk.probability),
                drivers: risk.map_or(&[], |risk| &risk.drivers),
                abstained: risk.err().map(ToString::to_string),
            };
            lines.push_str(&serde_json::to_string(&line)?);
            lines.push('\n');
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    match &args.out {
        Some(file) => fs::write(file, lines).with_context(|| file.display().to_string()),
        None => print(&lines).map_err(anyhow::Error::from),
    }
}
