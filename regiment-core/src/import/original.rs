//! The JSON of the original system: flat records, the older envelope, and this program's own export.
//!
//! A file is an array of records, records one after the other, or an object that holds arrays of
//! them. Each record is read on its own: one that is broken or no record stops no other.

mod alias;
mod scan;
mod sign;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::history::Source;
use super::plan::{Import, Origin, Quarantined};
use super::reading::{Problem, Unreadable};
use crate::{
    Library, UserId,
    calendar::Zone,
    export::Archive,
    record::{ClientProfile, Log, LogKey},
};
use alias::Kind;

/// A record as a JSON object.
type Record = Map<String, Value>;

/// Plans the import of files of the original system.
///
/// `zones` are the zones of the clients that are enlisted already: a log without a date has the local
/// date of its timestamp, and a log of somebody who is neither enlisted nor in the files goes to
/// quarantine.
pub fn original(
    files: &[Source<'_>],
    library: &Library,
    zones: &BTreeMap<UserId, Zone>,
) -> Result<Import, Unreadable> {
    let mut plan = Import::default();
    let mut found = Vec::new();
    for file in files {
        plan.summary.files += 1;
        for (line, text) in scan::objects(file, &mut plan.problems)? {
            let origin = Origin { source: format!("original-json:{}", file.name), line };
            plan.summary.rows += 1;
            match serde_json::from_str::<Record>(text) {
                Ok(record) => found.push((origin, text, alias::flat(record))),
                Err(error) => {
                    let mut problem =
                        Problem::new(line, "record", text, format!("valid JSON ({error})"));
                    file.name.clone_into(&mut problem.file);
                    plan.problems.push(problem);
                }
            }
        }
    }
    plan.problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    let mut zones = zones.clone();
    let (people, logs): (Vec<_>, Vec<_>) = found
        .into_iter()
        .map(|(origin, text, record)| (Kind::of(&record), origin, text, record))
        .partition(|(kind, ..)| !matches!(kind, Some(Kind::Log(_)) | None));
    let mut profiles: BTreeMap<UserId, ClientProfile> = BTreeMap::new();
    for (kind, origin, text, record) in people {
        let who = (alias::user_id(&record), None);
        let kept = match kind {
            Some(Kind::Archive) => parse::<Archive>(record).map(|archive| {
                zones.insert(archive.client.user_id, archive.client.timezone_offset.clone());
                plan.archives.push(archive);
            }),
            Some(Kind::Client) => parse::<ClientProfile>(alias::client(record)).map(|client| {
                zones.insert(client.user_id, client.timezone_offset.clone());
                profiles.insert(client.user_id, client);
            }),
            Some(Kind::Card) => {
                alias::card(record).and_then(parse).map(|card| plan.cards.push(card))
            }
            Some(Kind::MealTemplate) => {
                parse(alias::template(record)).map(|template| plan.meal_templates.push(template))
            }
            Some(Kind::TrainingTemplate) => parse(alias::template(record))
                .map(|template| plan.training_templates.push(template)),
            Some(Kind::Log(_)) | None => Ok(()),
        };
        if let Err(reason) = kept {
            plan.quarantine.push(quarantined(origin, text, who, reason));
        }
    }
    plan.profiles = profiles.into_values().collect();
    let mut kept: BTreeMap<LogKey, (Timestamp, Log)> = BTreeMap::new();
    for (kind, origin, text, record) in logs {
        let user_id = alias::user_id(&record);
        let date = record.get("date").and_then(Value::as_str).and_then(|date| date.parse().ok());
        match log(kind, record, library, &zones) {
            Ok(log) => {
                let (key, at) = (log.key(), log.at());
                // Of repeated keys the latest counts, and of equal instants the later record.
                if kept.get(&key).is_none_or(|(held, _)| *held <= at) {
                    plan.origins.insert(key.clone(), origin);
                    kept.insert(key, (at, log));
                }
            }
            Err(reason) => {
                plan.quarantine.push(quarantined(origin, text, (user_id, date), reason));
            }
        }
    }
    plan.logs = kept.into_values().map(|(_, log)| log).collect();
    Ok(plan.counted())
}

fn log(
    kind: Option<Kind>,
    record: Record,
    library: &Library,
    zones: &BTreeMap<UserId, Zone>,
) -> Result<Log, String> {
    let Some(Kind::Log(stream)) = kind else {
        return Err("the record must be one of the eight that are known".to_owned());
    };
    let user_id = alias::user_id(&record).ok_or("user_id must be 1 to 20 decimal digits")?;
    let zone = zones.get(&user_id);
    let zone = zone.ok_or("user_id must be that of an enlisted or imported client")?;
    parse(alias::log(stream, record, user_id, zone, library)?)
}

fn parse<T: DeserializeOwned>(record: Record) -> Result<T, String> {
    serde_json::from_value(Value::Object(record)).map_err(|error| error.to_string())
}

fn quarantined(
    origin: Origin,
    text: &str,
    (user_id, date): (Option<UserId>, Option<jiff::civil::Date>),
    reason: String,
) -> Quarantined {
    Quarantined { origin, user_id, date, reason, payload: text.to_owned() }
}

#[cfg(test)]
mod tests;
