//! The rules of meal delivery at their boundaries, on the built-in library.

mod compile;
mod deliver;
mod revise;
mod select;
mod shopping;

use super::*;
use crate::{
    Dossier, Library, Slug,
    message::{Dispatch, Message},
    record::{CompiledPlan, JobCard, MealTemplate},
    testing::{client, date, slug},
};

/// A client of 2026-01-06 in some zone.
fn dossier_in(zone: &str) -> Dossier {
    let mut client = client("7");
    client.timezone_offset = crate::testing::zone(zone);
    Dossier::new(client)
}

/// The instant of a local date and time of a client.
fn local(dossier: &Dossier, day: &str, time: &str) -> Timestamp {
    resolve(&dossier.client.timezone_offset, date(day), time.parse().unwrap()).unwrap().at
}

fn plans(effects: &[Effect]) -> Vec<&CompiledPlan> {
    effects
        .iter()
        .filter_map(|e| if let Effect::Plan(plan) = e { Some(plan) } else { None })
        .collect()
}

fn cards(effects: &[Effect]) -> Vec<&JobCard> {
    effects
        .iter()
        .filter_map(|e| if let Effect::Card(card) = e { Some(card) } else { None })
        .collect()
}

fn sent(effects: &[Effect]) -> Vec<&Dispatch> {
    effects.iter().filter_map(|e| if let Effect::Send(it) = e { Some(it) } else { None }).collect()
}

fn alerts(effects: &[Effect]) -> Vec<AlertKind> {
    let kind = |e: &Effect| if let Effect::Alert { kind, .. } = e { Some(*kind) } else { None };
    effects.iter().filter_map(kind).collect()
}

/// The dossier after a decision.
fn after(mut dossier: Dossier, effects: &[Effect]) -> Dossier {
    for effect in effects {
        dossier.apply(effect);
    }
    dossier
}

fn template_id(id: &str) -> Slug<MealTemplate> {
    slug(id)
}

/// Refuses words that would tell a client his calories or macros.
fn holds_no_macros(message: &Message) {
    let text = serde_json::to_string(message).unwrap().to_lowercase();
    for word in ["protein\"", "carb", "\"fat", "fats", "kcal", "calor", "macro", "gaps", "target"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}
