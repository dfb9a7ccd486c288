//! Tables of a client's records for a spreadsheet.

use csv::{Terminator, WriterBuilder};

use super::Archive;
use crate::record::{CardioLog, CheckinLog, Log, MealLog, TrainingLog};

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name of its file.
    pub file: &'static str,
    /// Its text: a header, then a row per record.
    pub csv: String,
}

/// Returns the tables of an archive. They are for reading: the JSON document is what comes back.
pub fn tables(archive: &Archive) -> Vec<Table> {
    let logs = archive.logs();
    let mut meals = Sheet::new("meals.csv", &["date", "logged_at", "meal_id", "status", "cause"]);
    let mut sets = Sheet::new(
        "training.csv",
        &[
            "date",
            "timestamp",
            "block_id",
            "day_index",
            "exercise_id",
            "exercise",
            "weight_kg",
            "reps",
            "e1rm_kg",
            "status",
            "cause",
        ],
    );
    let mut cardio = Sheet::new(
        "cardio.csv",
        &["date", "timestamp", "assigned_minutes", "actual_minutes", "status", "cause"],
    );
    let mut checkins = Sheet::new(
        "checkins.csv",
        &[
            "date",
            "timestamp",
            "weight_kg",
            "weight_unconfirmed",
            "mood",
            "soreness",
            "sleep",
            "stress",
            "notes",
            "status",
            "cause",
        ],
    );
    for log in logs.into_values() {
        match log {
            Log::Meal(log) => meals.row(&meal(log)),
            Log::Training(log) => sets.row(&top_set(log)),
            Log::Cardio(log) => cardio.row(&minutes(log)),
            Log::Checkin(log) => checkins.row(&checkin(log)),
        }
    }
    let mut weights = Sheet::new("weigh_ins.csv", &["date", "timestamp", "weight_kg", "source"]);
    for weight in &archive.weigh_ins {
        weights.row(&[
            weight.date.to_string(),
            weight.timestamp.to_string(),
            weight.weight.to_string(),
            weight.origin.source.clone(),
        ]);
    }
    let mut cards = Sheet::new(
        "job_cards.csv",
        &["date", "source", "severity", "state", "action_suggested", "flags", "wins", "summary"],
    );
    for card in &archive.cards {
        let flags: Vec<String> = card.flags.iter().map(ToString::to_string).collect();
        let wins: Vec<&str> = card.wins.iter().map(|win| win.0.as_str()).collect();
        cards.row(&[
            card.date.to_string(),
            card.source.to_string(),
            card.severity.to_string(),
            card.state.to_string(),
            card.action_suggested.to_string(),
            flags.join(" "),
            wins.join(" "),
            card.summary.clone(),
        ]);
    }
    let mut infractions = Sheet::new("infractions.csv", &["date", "kind", "miss_dates", "voided"]);
    for event in &archive.infractions {
        let dates: Vec<String> = event.miss_dates.iter().map(ToString::to_string).collect();
        infractions.row(&[
            event.date.to_string(),
            event.kind.to_string(),
            dates.join(" "),
            event.voided.as_ref().map(|voided| voided.reason.clone()).unwrap_or_default(),
        ]);
    }
    [meals, sets, cardio, checkins, weights, cards, infractions].map(Sheet::finish).to_vec()
}

fn meal(log: &MealLog) -> [String; 5] {
    [
        log.date.to_string(),
        log.logged_at.to_string(),
        log.meal_id.to_string(),
        log.status.to_string(),
        text(log.cause),
    ]
}

fn top_set(log: &TrainingLog) -> [String; 11] {
    [
        log.date.to_string(),
        log.timestamp.to_string(),
        log.block_id.to_string(),
        log.day_index.to_string(),
        log.exercise_id.to_string(),
        log.exercise.clone(),
        text(log.set.map(|set| set.weight)),
        text(log.set.map(|set| set.reps)),
        text(log.set.and_then(|set| set.e1rm()).map(|e1rm| (e1rm * 10.0).round() / 10.0)),
        if log.set.is_some() { "completed" } else { "missed" }.to_owned(),
        text(log.cause),
    ]
}

fn minutes(log: &CardioLog) -> [String; 6] {
    [
        log.date.to_string(),
        log.timestamp.to_string(),
        log.assigned_minutes.to_string(),
        text(log.actual_minutes),
        log.status().to_string(),
        text(log.cause),
    ]
}

fn checkin(log: &CheckinLog) -> [String; 11] {
    let said = log.report.as_ref();
    [
        log.date.to_string(),
        log.timestamp.to_string(),
        text(said.map(|said| said.weight)),
        text(said.map(|said| said.weight_unconfirmed)),
        text(said.map(|said| said.mood)),
        text(said.map(|said| said.soreness)),
        text(said.map(|said| said.sleep)),
        text(said.map(|said| said.stress)),
        text(said.map(|said| said.notes.as_str())),
        if said.is_some() { "completed" } else { "missed" }.to_owned(),
        text(log.cause),
    ]
}

fn text(cell: Option<impl ToString>) -> String {
    cell.map(|cell| cell.to_string()).unwrap_or_default()
}

/// A table that is being written.
struct Sheet {
    file: &'static str,
    out: csv::Writer<Vec<u8>>,
}

impl Sheet {
    fn new(file: &'static str, header: &[&str]) -> Self {
        let out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        let mut sheet = Self { file, out };
        sheet.write(header.iter().map(|&title| title.to_owned()));
        sheet
    }

    fn row(&mut self, cells: &[String]) {
        self.write(cells.iter().map(|cell| harmless(cell)));
    }

    fn write(&mut self, cells: impl Iterator<Item = String>) {
        self.out.write_record(cells).expect("rows as wide as the header, in memory");
    }

    fn finish(self) -> Table {
        let bytes = self.out.into_inner().expect("a writer in memory");
        Table { file: self.file, csv: String::from_utf8(bytes).expect("text went in") }
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe.
pub(super) fn harmless(cell: &str) -> String {
    let apostrophe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{apostrophe}{cell}")
}
