//! `regiment train`: a lapse model of one's own clients.

use indicatif::ProgressBar;
use regiment_ml::finding::day_of;
use regiment_ml::history::History;
use regiment_ml::model::{LapseModel, Stage};

use super::frames;
use crate::cli::TrainArgs;
use crate::terminal::{print, progress};

pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<()> {
    let histories = args.logs.iter().map(|folder| frames::history(folder));
    let histories = histories.collect::<anyhow::Result<Vec<_>>>()?;
    let histories: Vec<&History> = histories.iter().collect();
    let bar = progress(200, "rows");
    let model =
        LapseModel::train(&histories, day_of(args.until), args.seed, &mut |stage, done| {
            show(&bar, stage, done);
        })?;
    bar.finish_and_clear();
    model.save(&args.out)?;
    let manifest = model.manifest();
    print(&format!("{}\n", serde_json::to_string(manifest)?))?;
    Ok(())
}

fn show(bar: &ProgressBar, stage: Stage, done: f64) {
    let (name, from) = match stage {
        Stage::Rows => ("rows", 0.0),
        Stage::Trial => ("trial", 0.0),
        Stage::Fit => ("fit", 100.0),
    };
    bar.set_message(name);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 200")]
    bar.set_position((from + 100.0 * done) as u64);
}
