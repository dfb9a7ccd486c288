//! Other names of the same things: what the original system and its forerunners wrote.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Record, sign};
use crate::{
    Library, UserId,
    calendar::{Zone, cycle_start, local_date, next_tuesday_after},
    record::Stream,
};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Archive,
    Client,
    Card,
    MealTemplate,
    TrainingTemplate,
    Log(Stream),
}

impl Kind {
    /// Tells by the `source_engine`, and without one by the fields.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let has = |name: &str| record.contains_key(name);
        if record.get("format").and_then(Value::as_str) == Some("regiment-client") {
            return Some(Self::Archive);
        }
        let engine = record.get("source_engine").and_then(Value::as_str).map(word);
        Some(match engine.as_deref().unwrap_or_default() {
            "meal" | "meals" | "meal_delivery" => Self::Log(Stream::Meal),
            "training" | "training_dispatcher" => Self::Log(Stream::Training),
            "cardio" | "cardio_enforcer" => Self::Log(Stream::Cardio),
            "checkin" | "check_in" | "checkin_analyzer" => Self::Log(Stream::Checkin),
            _ if has("template_id") && has("schedule") => Self::TrainingTemplate,
            _ if has("template_id") && has("days") => Self::MealTemplate,
            _ if has("flags") => Self::Card,
            _ if has("goal") && (has("timezone_offset") || has("height_cm")) => Self::Client,
            _ if has("meal_id") => Self::Log(Stream::Meal),
            _ if has("exercise_id") || has("exercise") || has("exercise_name") => {
                Self::Log(Stream::Training)
            }
            _ if has("assigned_minutes") || has("actual_minutes") => Self::Log(Stream::Cardio),
            _ if has("mood") || has("soreness") || has("sleep") => Self::Log(Stream::Checkin),
            _ => return None,
        })
    }
}

/// Takes a record out of its envelope: the fields of `data` stand beside the others.
pub(super) fn flat(mut record: Record) -> Record {
    if let Some(Value::Object(data)) = record.get("data").cloned() {
        record.remove("data");
        for (name, value) in data {
            record.insert(name, value);
        }
    }
    for (other, name) in [
        ("discord_user_id", "user_id"),
        ("discord_id", "user_id"),
        ("client_id", "user_id"),
        ("weight", "weight_kg"),
        ("exercise_name", "exercise"),
    ] {
        rename(&mut record, other, name);
    }
    if let Some(id) = record.get("user_id").and_then(Value::as_u64) {
        record.insert("user_id".to_owned(), json!(id.to_string()));
    }
    record
}

/// The client of a record.
pub(super) fn user_id(record: &Record) -> Option<UserId> {
    record.get("user_id")?.as_str()?.trim().parse().ok()
}

/// A profile under its own names.
pub(super) fn client(mut record: Record) -> Record {
    set(&mut record, "goal", goal);
    for id in ["training_template_id", "meal_template_id", "block_id"] {
        set(&mut record, id, str::to_lowercase);
    }
    set(&mut record, "timezone_offset", zone_text);
    number(&mut record, "weight_kg");
    number(&mut record, "height_cm");
    let day = |record: &Record, name: &str| -> Option<Date> {
        record.get(name).and_then(Value::as_str).and_then(|text| text.get(..10)?.parse().ok())
    };
    if let Some(start) = day(&record, "start_date") {
        let first = match day(&record, "cycle_start_date") {
            // Cycles were once counted from the day on which the week's food was bought.
            Some(date) if date.weekday() == Weekday::Saturday => next_tuesday_after(date),
            Some(date) => cycle_start(date),
            None => cycle_start(start),
        };
        record.insert("start_date".to_owned(), json!(start));
        record.insert("cycle_start_date".to_owned(), json!(first));
    }
    record
}

/// A card under its own names.
pub(super) fn card(mut record: Record) -> Result<Record, String> {
    if let Some(Value::Array(flags)) = record.get_mut("flags") {
        for flag in flags {
            if let Some(text) = flag.as_str() {
                *flag = match text.split_once(':') {
                    Some((name, about)) => json!(format!("{}:{}", word(name), about.trim())),
                    None => json!(word(text)),
                };
            }
        }
    }
    set(&mut record, "action_suggested", word);
    instant(&mut record, "timestamp")?;
    if record.get("resolved") == Some(&json!(true)) && !record.contains_key("state") {
        record.insert("state".to_owned(), json!("resolved"));
    }
    Ok(record)
}

/// A template under its own names.
pub(super) fn template(mut record: Record) -> Record {
    set(&mut record, "template_id", str::to_lowercase);
    set(&mut record, "goal", goal);
    if let Some(Value::Array(days)) = record.get_mut("days") {
        let meals = days.iter_mut().filter_map(|day| day.get_mut("meals")?.as_array_mut());
        for meal in meals.flatten().filter_map(Value::as_object_mut) {
            set(meal, "meal_id", str::to_lowercase);
        }
    }
    record
}

/// A log under its own names, with everything that follows from what it says.
pub(super) fn log(
    stream: Stream,
    mut record: Record,
    user_id: UserId,
    client_zone: &Zone,
    library: &Library,
) -> Result<Record, String> {
    record.insert("user_id".to_owned(), json!(user_id));
    record.insert("source_engine".to_owned(), json!(stream));
    let (at, zone) = match stream {
        Stream::Meal => ("logged_at", "timezone_offset"),
        Stream::Training | Stream::Cardio | Stream::Checkin => ("timestamp", "timezone"),
    };
    for (other, name) in [("timestamp", at), ("logged_at", at)] {
        rename(&mut record, other, name);
    }
    for (other, name) in [("timezone", zone), ("timezone_offset", zone)] {
        rename(&mut record, other, name);
    }
    let entered = instant(&mut record, at)?;
    set(&mut record, zone, zone_text);
    let own_zone = match record.get(zone).and_then(Value::as_str) {
        Some(text) => Zone::parse(text).map_err(|refused| refused.to_string())?,
        None => client_zone.clone(),
    };
    record.insert(zone.to_owned(), json!(own_zone));
    if is_absent(record.get("date")) {
        record.insert("date".to_owned(), json!(local_date(&own_zone, entered)));
    }
    let missed = record.remove("missed");
    if is_absent(record.get("status")) {
        match missed {
            Some(Value::Bool(true)) => drop(record.insert("status".to_owned(), json!("missed"))),
            Some(Value::Bool(false)) if stream != Stream::Cardio => {
                record.insert("status".to_owned(), json!("completed"));
            }
            _ => {}
        }
    }
    set(&mut record, "status", word);
    match stream {
        Stream::Meal => set(&mut record, "meal_id", str::to_lowercase),
        Stream::Training => training(&mut record, library)?,
        Stream::Cardio => cardio(&mut record),
        Stream::Checkin => checkin(&mut record),
    }
    Ok(record)
}

fn training(record: &mut Record, library: &Library) -> Result<(), String> {
    set(record, "block_id", str::to_lowercase);
    record.entry("block_id").or_insert_with(|| json!("imported"));
    record.entry("day_index").or_insert_with(|| json!(0));
    number(record, "weight_kg");
    number(record, "reps");
    clear_if_missed(record, &["weight_kg", "reps"]);
    set(record, "exercise_id", str::to_lowercase);
    if is_absent(record.get("exercise_id")) {
        let name = record.get("exercise").and_then(Value::as_str).unwrap_or_default();
        let found = library.exercise_named(name).one();
        let found = found.ok_or_else(|| {
            format!("exercise_id must be given, or exercise name one of the library, not {name:?}")
        })?;
        record.insert("exercise_id".to_owned(), json!(found.exercise_id));
    }
    if is_absent(record.get("exercise")) {
        let id = record["exercise_id"].as_str().unwrap_or_default();
        let named = library.exercises.values().find(|known| known.exercise_id.as_str() == id);
        let named = named.ok_or_else(|| format!("exercise must be given for {id:?}"))?;
        record.insert("exercise".to_owned(), json!(named.name));
    }
    Ok(())
}

fn cardio(record: &mut Record) {
    for minutes in ["assigned_minutes", "actual_minutes"] {
        number(record, minutes);
    }
    let minutes = |record: &Record, name: &str| record.get(name).and_then(Value::as_i64);
    if is_absent(record.get("status")) {
        let done = minutes(record, "actual_minutes");
        let assigned = minutes(record, "assigned_minutes");
        let status = match (done, assigned) {
            (None, _) => "missed",
            (Some(done), Some(assigned)) if done < assigned => "underperformed",
            _ => "completed",
        };
        record.insert("status".to_owned(), json!(status));
    }
    if is_absent(record.get("actual_minutes")) {
        record.insert("actual_minutes".to_owned(), json!(0));
    }
}

fn checkin(record: &mut Record) {
    number(record, "weight_kg");
    for (name, signs) in [
        ("mood", sign::MOOD),
        ("soreness", sign::LEVEL),
        ("stress", sign::LEVEL),
        ("sleep", sign::SLEEP),
    ] {
        if let Some(hours) = record.get(name).and_then(Value::as_i64) {
            record.insert(name.to_owned(), json!(format!("{hours}h")));
        }
        set(record, name, |text| sign::word_of(text, signs));
    }
    clear_if_missed(record, &["weight_kg", "mood", "soreness", "stress", "sleep", "notes"]);
    for name in ["weight_kg", "mood", "soreness", "stress", "sleep", "notes"] {
        if is_absent(record.get(name)) {
            record.remove(name);
        }
    }
}

/// A goal by any of its names.
fn goal(text: &str) -> String {
    match word(text).as_str() {
        "gain" | "muscle_gain" => "bulk".to_owned(),
        "weight_loss" => "cut".to_owned(),
        "maintain" | "performance" | "health" => "recomp".to_owned(),
        other => other.to_owned(),
    }
}

/// A zone in the form that is stored: `+2` is `UTC+2`.
fn zone_text(text: &str) -> String {
    let text = text.trim();
    if text.starts_with(['+', '-']) { format!("UTC{text}") } else { text.to_owned() }
}

/// Lower case, with underscores for spaces and hyphens.
fn word(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Reads an instant with any offset, and writes it in UTC to the microsecond. Without an offset it is
/// in UTC.
fn instant(record: &mut Record, name: &str) -> Result<Timestamp, String> {
    let text = record.get(name).and_then(Value::as_str).unwrap_or_default().trim();
    let at = text.parse::<Timestamp>().or_else(|_| {
        text.parse::<DateTime>()?.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp())
    });
    let at = at.map_err(|_| format!("{name} must be an instant such as 2026-01-06T07:30:00Z"))?;
    let at = Timestamp::from_microsecond(at.as_microsecond()).map_err(|error| error.to_string())?;
    record.insert(name.to_owned(), json!(at));
    Ok(at)
}

/// Reads a number that was written as text, and takes `5.0` for 5.
fn number(record: &mut Record, name: &str) {
    let read = match record.get(name) {
        Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
        Some(Value::Number(number)) if number.is_f64() => number.as_f64(),
        _ => None,
    };
    let Some(read) = read.filter(|read| read.is_finite()) else { return };
    #[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
    let value =
        if read.fract() == 0.0 && read.abs() < 1e15 { json!(read as i64) } else { json!(read) };
    record.insert(name.to_owned(), value);
}

/// A missed item has no figures; older records wrote them as 0, null or an empty text.
fn clear_if_missed(record: &mut Record, names: &[&str]) {
    if record.get("status") == Some(&json!("missed")) {
        for name in names {
            let empty = record
                .get(*name)
                .is_some_and(|value| is_absent(Some(value)) || value.as_f64() == Some(0.0));
            if empty {
                record.remove(*name);
            }
        }
    }
}

fn is_absent(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => false,
    }
}

fn set(record: &mut Record, name: &str, change: impl Fn(&str) -> String) {
    if let Some(text) = record.get(name).and_then(Value::as_str) {
        let changed = json!(change(text));
        record.insert(name.to_owned(), changed);
    }
}

/// Gives a field its own name, unless that is taken.
fn rename(record: &mut Record, other: &str, name: &str) {
    if other != name
        && is_absent(record.get(name))
        && let Some(value) = record.remove(other)
    {
        record.insert(name.to_owned(), value);
    }
}
