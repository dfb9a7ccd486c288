//! `regiment import`: records from other programs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regiment_core::import::{
    Counts, Import, Layout, Map, MassUnit, Origin, Quarantined, Settings, Source, Summary, history,
    original,
};
use regiment_core::record::Actor;
use regiment_core::regiment::{Error, Regiment};
use regiment_ml::frame::{BadRow, Frames};

use crate::Usage;
use crate::cli::{ImportArgs, ImportFormat, Unit};
use crate::config::Config;
use crate::terminal::{Align, count, print, table};

/// How many bad lines are shown one by one.
const SHOWN: usize = 50;

pub(crate) async fn run(args: &ImportArgs, config: &Config) -> anyhow::Result<()> {
    let regiment = super::practice(config).await?;
    let found = match args.format {
        ImportFormat::Frames => frames(&args.path)?,
        ImportFormat::OriginalJson => {
            let files = files(&args.path, "json")?;
            let zones = regiment.held().await?.zones;
            original(&sources(&files), &regiment.library(), &zones)?
        }
        ImportFormat::Hevy => one_client(Layout::Hevy, args, &regiment).await?,
        ImportFormat::Strong => one_client(Layout::Strong, args, &regiment).await?,
        ImportFormat::Fitnotes => one_client(Layout::FitNotes, args, &regiment).await?,
        ImportFormat::WeightsCsv => one_client(Layout::Weights, args, &regiment).await?,
        ImportFormat::Csv => {
            let file = args.map.as_deref().ok_or_else(|| {
                Usage("--map must name a file that says what the columns mean, not none".to_owned())
            })?;
            let text = fs::read_to_string(file)
                .with_context(|| format!("can't read {}", file.display()))?;
            let map =
                Map::parse(&text).with_context(|| format!("{} is refused", file.display()))?;
            one_client(Layout::Mapped(&map), args, &regiment).await?
        }
    };
    let (did, import) = if args.dry_run {
        ("would be stored", regiment.plan_import(found).await?)
    } else {
        let by = Actor::Admin("operator".to_owned());
        ("stored", regiment.import(found, &by).await?)
    };
    print(&report(&import, did))?;
    regiment.store().close().await;
    Ok(())
}

/// Plans the import of files that hold the history of one client.
async fn one_client(
    layout: Layout<'_>,
    args: &ImportArgs,
    regiment: &Regiment,
) -> anyhow::Result<Import> {
    let name = layout.name();
    let user_id = args.user_id.ok_or_else(|| {
        Usage(format!("--user-id must name the client whose {name} this is, not none"))
    })?;
    let client = regiment
        .client(user_id)
        .await?
        .ok_or(Error::UnknownClient)
        .with_context(|| format!("--user-id {user_id}"))?;
    let unit = args.unit.map(|unit| match unit {
        Unit::Kg => MassUnit::Kg,
        Unit::Lb => MassUnit::Lb,
    });
    let settings = Settings {
        unit,
        date_format: args.date_format.clone(),
        zone: client.timezone_offset,
        now: regiment.now(),
    };
    let files = files(&args.path, "csv")?;
    let names = regiment.held().await?.aliases;
    let sources = sources(&files);
    let planned = history(layout, &sources, user_id, &regiment.library(), &names, &settings);
    planned.with_context(|| format!("{} is refused", args.path.display()))
}

/// Plans the import of a folder of frames.
fn frames(folder: &Path) -> anyhow::Result<Import> {
    let records = Frames::read_all_rows(folder)?.to_records()?;
    let mut import = Import::default();
    import.summary.files = 5;
    import.summary.rows = records.clients.len() + records.logs.len() + records.bad_rows.len();
    import.summary.quarantined = records.bad_rows.len();
    import.profiles = records.clients;
    import.logs = records.logs;
    import.quarantine = records
        .bad_rows
        .into_iter()
        .map(|BadRow { table, row, reason }| Quarantined {
            origin: Origin {
                source: format!("frames:{}", table.file()),
                line: u64::try_from(row).unwrap_or(u64::MAX),
            },
            user_id: None,
            date: None,
            reason,
            payload: String::new(),
        })
        .collect();
    Ok(import)
}

/// Reads a file, or every file of a folder with an ending, in the order of their names.
fn files(path: &Path, ending: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut paths: Vec<PathBuf> = if path.is_dir() {
        let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.with_context(|| format!("can't read {}", path.display()))?;
        entries
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|found| found == ending))
            .collect()
    } else {
        vec![path.to_owned()]
    };
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let bytes =
                fs::read(&path).with_context(|| format!("can't read {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, bytes))
        })
        .collect()
}

fn sources(files: &[(String, Vec<u8>)]) -> Vec<Source<'_>> {
    files.iter().map(|(name, bytes)| Source { name, bytes }).collect()
}

/// Says what was found, what is wrong with it, and what `did` happen.
fn report(import: &Import, did: &str) -> String {
    let mut lines: Vec<String> = import.problems.iter().map(ToString::to_string).collect();
    lines.extend(import.quarantine.iter().map(|row| {
        let Origin { source, line } = &row.origin;
        format!("{source}, line {line}: in quarantine: {}", row.reason)
    }));
    let n_hidden = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if n_hidden > 0 {
        lines.push(format!("and {n_hidden} lines more"));
    }
    let summary = &import.summary;
    for (name, times) in &summary.unknown_exercises {
        lines.push(format!("unknown exercise {name:?}, {times} times: say in a map what it means"));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("{} rows of {} files", summary.rows, summary.files));
    if let (Some(first), Some(last)) = (summary.first_date, summary.last_date) {
        lines.push(format!("from {first} to {last}"));
    }
    lines.extend(left_out(summary));
    lines.push(String::new());
    format!("{}\n{}", lines.join("\n"), counts(import, did))
}

/// Says which sets and rows gave nothing, and why.
fn left_out(summary: &Summary) -> Vec<String> {
    let out = &summary.left_out;
    let passed_over: usize = summary.passed_over.values().sum();
    [
        (summary.sets, "sets read"),
        (out.below_top, "sets below the top set of their day"),
        (out.warm_ups, "warm-ups"),
        (out.drops, "drop sets"),
        (out.no_reps, "sets without a completed repetition"),
        (passed_over, "rows that hold nothing to store"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{} {what}", count(n as u64)))
    .collect()
}

fn counts(import: &Import, did: &str) -> String {
    let new = |n| Counts { new: n, ..Counts::default() };
    let summary = &import.summary;
    let kinds = [
        ("profiles", summary.profiles),
        ("logs", summary.logs),
        ("weigh-ins", new(import.weigh_ins.len())),
        ("job cards", new(import.cards.len())),
        ("meal templates", new(import.meal_templates.len())),
        ("training blocks", new(import.training_templates.len())),
        ("whole clients", new(import.archives.len())),
    ];
    let mut rows: Vec<[String; 4]> = kinds
        .into_iter()
        .filter(|(kind, counts)| *kind == "logs" || counts.new + counts.changed + counts.held > 0)
        .map(|(kind, counts)| {
            let [new, changed, held] =
                [counts.new, counts.changed, counts.held].map(|n| count(n as u64));
            [kind.to_owned(), new, changed, held]
        })
        .collect();
    for (kind, n) in [("in quarantine", summary.quarantined), ("unreadable", summary.problems)] {
        if n > 0 {
            rows.push([kind.to_owned(), count(n as u64), String::new(), String::new()]);
        }
    }
    let columns = [
        (did, Align::Left),
        ("new", Align::Right),
        ("changed", Align::Right),
        ("held already", Align::Right),
    ];
    table(columns, &rows)
}
