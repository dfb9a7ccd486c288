//! A client at a glance.

use std::collections::BTreeSet;

use regiment_core::record::{CardState, CheckinReport, JobCard, Severity};
use regiment_core::regiment::{DayMarks, Mark, Overview};
use regiment_ml::finding::day_of;
use regiment_ml::stats::weight;
use regiment_proto::v1;
use serde_json::Value;

use crate::server::convert::{self, Twin, proto_instant, saturating};
use crate::server::history;

/// Shows a client with what a coach reads at a glance.
pub(super) fn client(overview: Overview) -> v1::Client {
    let summary = summary(&overview);
    v1::Client { summary: Some(summary), ..convert::client(overview.client) }
}

fn summary(overview: &Overview) -> v1::ClientSummary {
    let Overview {
        client,
        date,
        utc_offset_seconds,
        gate,
        items,
        next,
        days,
        standing,
        counts,
        cards,
        weekly,
    } = overview;
    let [(_, in_7), (_, in_10), (_, in_14)] = *counts;
    let (next_trigger, next_trigger_time) = match next {
        Some((trigger, at)) => (trigger.as_str().to_owned(), Some(proto_instant(*at))),
        None => (String::new(), None),
    };
    let weighed = |day: &DayMarks| day.checkin.as_ref().and_then(CheckinReport::trusted_weight);
    let trend = weight::trend(&history::of_days(client, days), day_of(*date));
    let asks = cards.iter().filter(|card| card.state != CardState::Snoozed);
    let need = asks.map(need).reduce(f64::max).unwrap_or(-1.0);
    let flags: BTreeSet<String> =
        cards.iter().flat_map(|card| &card.flags).map(ToString::to_string).collect();
    let risk = weekly.as_ref().and_then(risk);
    v1::ClientSummary {
        date: date.to_string(),
        utc_offset_seconds: *utc_offset_seconds,
        gate: v1::Gate::from_record(*gate).into(),
        duties: items.iter().cloned().map(convert::duty).collect(),
        next_trigger,
        next_trigger_time,
        days: days.iter().map(day).collect(),
        weight_kg: days.iter().rev().find_map(weighed),
        weight_trend: trend.ok().map(|trend| convert::weight_trend(&trend)),
        events_7_days: saturating(in_7),
        events_10_days: saturating(in_10),
        events_14_days: saturating(in_14),
        streak: saturating(standing.streak),
        open_cards: i32::try_from(cards.len()).unwrap_or(i32::MAX),
        flags: flags.into_iter().collect(),
        safety: cards.iter().any(JobCard::bears_safety_flag),
        need,
        lapse_risk: risk.as_ref().map(|(probability, _)| *probability),
        lapse_risk_date: risk.map(|(_, date)| date).unwrap_or_default(),
    }
}

/// Shows one local date.
pub(in crate::server) fn day(day: &DayMarks) -> v1::DaySummary {
    let Mark { assigned, done } = day.total();
    v1::DaySummary {
        date: day.date.to_string(),
        assigned: saturating(assigned),
        done,
        checkin: day.checkin.as_ref().map(checkin),
    }
}

fn checkin(report: &CheckinReport) -> v1::DayCheckin {
    v1::DayCheckin {
        weight_kg: report.trusted_weight(),
        mood: v1::Mood::from_record(report.mood).into(),
        soreness: v1::Level::from_record(report.soreness).into(),
        sleep: v1::Sleep::from_record(report.sleep).into(),
        stress: v1::Level::from_record(report.stress).into(),
    }
}

/// How much a card asks for the coach, as the list by need has it.
fn need(card: &JobCard) -> f64 {
    let rank = Severity::ALL.iter().position(|severity| *severity == card.severity);
    let rank = rank.and_then(|rank| u32::try_from(rank).ok()).unwrap_or_default();
    f64::from(rank) * 2.0 + card.priority
}

/// Reads the lapse risk, and the date it is of, out of what a weekly card was computed from.
fn risk(card: &JobCard) -> Option<(f64, String)> {
    let trace = card.trace.as_ref()?;
    let probability = trace.pointer("/lapse/probability").and_then(Value::as_f64)?;
    let date = trace.get("as_of").and_then(Value::as_str).unwrap_or_default();
    Some((probability, date.to_owned()))
}
