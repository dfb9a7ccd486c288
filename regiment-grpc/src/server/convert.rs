//! Between the API's messages and the records. Every field is taken apart by name, so that a new one is a compile
//! error and not a silence.

use jiff::Timestamp;
use jiff::civil::Date;
use regiment_core::engine::schedule::Trigger;
use regiment_core::measure::{BodyWeight, Load, Reps};
use regiment_core::record::{
    CardioStatus, Cause, CheckinReport, ClientProfile, DoneOrMissed, Gate, Goal, Infraction,
    InfractionKind, Level, Log, Macros, Mood, Note, OrderKind, Revision, Sleep, Status, Stream,
    TopSet,
};
use regiment_core::regiment::{Item, Report, Today};
use regiment_core::{Invalid, UserId};
use regiment_ml::stats::weight::WeightTrend;
use regiment_proto::v1;

use crate::status::Violations;

/// Reads `clients/{user_id}`, which has to be right before anything else is looked at.
pub(super) fn user_id(path: &str, name: &str) -> Result<UserId, tonic::Status> {
    client_name(path, name).map_err(|refused| crate::status::invalid(path, &refused))
}

/// Reads `clients/{user_id}`.
pub(super) fn client_name(path: &str, name: &str) -> Result<UserId, Invalid> {
    let accepted = "clients/{user_id}, with 1 to 20 decimal digits";
    name.strip_prefix("clients/")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Invalid::new(path, name, accepted))
}

/// Accepts what a run of the bot calls itself.
pub(super) fn bot_id(text: &str) -> Result<(), Invalid> {
    if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Invalid::new("bot_id", text, "1 to 64 visible ASCII characters"))
}

/// Reads `YYYY-MM-DD`; empty is nothing.
pub(super) fn date(path: &str, text: &str) -> Result<Option<Date>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Invalid::new(path, text, "a date as YYYY-MM-DD"))
}

/// Reads `YYYY-MM-DD`, which has to be there.
pub(super) fn required_date(path: &str, text: &str) -> Result<Date, Invalid> {
    date(path, text)?.ok_or_else(|| Invalid::new(path, text, "a date as YYYY-MM-DD"))
}

/// Reads a number that a smaller type has to hold.
pub(super) fn small<T: TryFrom<i32>>(number: i32, accepted: &str) -> Result<T, Invalid> {
    T::try_from(number).map_err(|_| Invalid::new("number", number, accepted))
}

/// Reads a stream.
pub(super) fn stream(number: i32) -> Result<Stream, Invalid> {
    chosen::<Stream, v1::Stream>("stream", number, "meal, training, cardio or checkin")
}

/// Reads an instant; absent is nothing.
pub(super) fn instant(
    path: &str,
    at: Option<prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Invalid> {
    let Some(prost_types::Timestamp { seconds, nanos }) = at else { return Ok(None) };
    Timestamp::new(seconds, nanos)
        .map(Some)
        .map_err(|_| Invalid::new(path, seconds, "an instant between the years -9999 and 9999"))
}

pub(super) fn client(profile: ClientProfile) -> v1::Client {
    let ClientProfile {
        user_id,
        goal,
        timezone_offset,
        start_date,
        paused,
        height_cm,
        weight_kg,
        training_template_id,
        meal_template_id,
        macros,
        cardio_minutes,
        cycle_start_date,
        block_id,
        name,
        email,
        gender,
        age,
        photo_url,
        coaching_notes,
        cardio_type,
        status,
        coach_id,
        blocked_refeed,
        public_callout_opt_in,
        honors_opt_in,
        alias,
        allergens,
        block_start_date,
        training_days,
        plan_choices,
        fallback_channel_id,
        guild_id,
        paused_until,
        paused_since: _,
        reopened: _,
        subject,
        created_at,
        updated_at,
        version,
    } = profile;
    v1::Client {
        name: format!("clients/{user_id}"),
        user_id: user_id.to_string(),
        display_name: name.unwrap_or_default(),
        email: email.unwrap_or_default(),
        goal: v1::Goal::from_record(goal).into(),
        timezone_offset: timezone_offset.to_string(),
        start_date: start_date.to_string(),
        status: v1::ClientStatus::from_record(status).into(),
        paused,
        height_cm: height_cm.get().into(),
        weight_kg: weight_kg.get(),
        age: age.map(|age| age.get().into()),
        gender: gender.unwrap_or_default(),
        meal_template_id: text(meal_template_id),
        training_template_id: text(training_template_id),
        block_id: text(block_id),
        block_start_date: text(block_start_date),
        cycle_start_date: cycle_start_date.to_string(),
        macros: macros.map(|Macros { protein, carbs, fats }| v1::Macros {
            protein: protein.get().into(),
            carbs: carbs.get().into(),
            fats: fats.get().into(),
        }),
        cardio_minutes: cardio_minutes.map(|minutes| minutes.get().into()),
        coaching_notes,
        coach_id: coach_id.unwrap_or_default(),
        blocked_refeed,
        public_callout_opt_in,
        honors_opt_in,
        alias: alias.unwrap_or_default(),
        allergens,
        plan_choices: plan_choices.iter().map(ToString::to_string).collect(),
        subject: text(subject),
        created_at: created_at.map(proto_instant),
        updated_at: updated_at.map(proto_instant),
        cardio_type,
        photo_url: photo_url.unwrap_or_default(),
        training_days: training_days.iter().map(ToString::to_string).collect(),
        fallback_channel_id: fallback_channel_id.unwrap_or_default(),
        guild_id: guild_id.unwrap_or_default(),
        paused_until: text(paused_until),
        summary: None,
        etag: version.to_string(),
    }
}

/// Conversions between an enum of the records and its twin in the API.
pub(super) trait Twin<R>: Sized {
    /// Returns the twin of a record's value.
    fn from_record(record: R) -> Self;
    /// Returns the record's value; the unspecified value has none.
    fn to_record(self) -> Option<R>;
}

macro_rules! twins {
    ($($record:ident = $twin:ident: $($value:ident),+;)+) => { $(
        impl $crate::server::convert::Twin<$record> for v1::$twin {
            fn from_record(record: $record) -> Self {
                match record { $($record::$value => Self::$value),+ }
            }

            fn to_record(self) -> Option<$record> {
                match self {
                    Self::Unspecified => None,
                    $(Self::$value => Some($record::$value)),+
                }
            }
        }
    )+ };
}
pub(super) use twins;

twins! {
    Status = ClientStatus: Pending, Active, Archived;
    Goal = Goal: Cut, Bulk, Recomp;
    InfractionKind = InfractionKind: Meals, Training, Checkins, Cardio;
    Level = Level: Low, Medium, High;
    Mood = Mood: Great, Okay, Bad;
    Stream = Stream: Meal, Training, Cardio, Checkin;
    Gate = Gate: Open, NotActive, Paused, NotStarted;
    OrderKind = OrderKind: Checkin, Fuel, Training;
}

impl Twin<Sleep> for v1::Sleep {
    fn from_record(record: Sleep) -> Self {
        match record {
            Sleep::Four => Self::Sleep4h,
            Sleep::Six => Self::Sleep6h,
            Sleep::Eight => Self::Sleep8h,
        }
    }

    fn to_record(self) -> Option<Sleep> {
        match self {
            Self::Unspecified => None,
            Self::Sleep4h => Some(Sleep::Four),
            Self::Sleep6h => Some(Sleep::Six),
            Self::Sleep8h => Some(Sleep::Eight),
        }
    }
}

/// Reads an enum of a request.
pub(super) fn chosen<R, T: Twin<R> + TryFrom<i32>>(
    path: &str,
    number: i32,
    accepted: &str,
) -> Result<R, Invalid> {
    T::try_from(number)
        .ok()
        .and_then(Twin::to_record)
        .ok_or_else(|| Invalid::new(path, number, accepted))
}

pub(super) fn top_set(set: Option<v1::TopSet>, violations: &mut Violations) -> Option<TopSet> {
    let v1::TopSet { weight_kg, reps } = set.unwrap_or_default();
    let weight = violations.check("top_set.weight_kg", Load::new(weight_kg));
    let reps = violations.check("top_set.reps", Reps::new(reps.into()));
    Some(TopSet { weight: weight?, reps: reps? })
}

pub(super) fn report(
    report: Option<v1::CheckinReport>,
    violations: &mut Violations,
) -> Option<CheckinReport> {
    // Whether a weight looks wrong is for the engine to say.
    let v1::CheckinReport {
        weight_kg,
        mood,
        soreness,
        sleep,
        stress,
        notes,
        weight_unconfirmed: _,
    } = report.unwrap_or_default();
    let weight = violations.check("report.weight_kg", BodyWeight::weigh_in(weight_kg));
    let mood = violations
        .check("report.mood", chosen::<Mood, v1::Mood>("mood", mood, "great, okay or bad"));
    let mut level = |path: &str, number| {
        violations.check(path, chosen::<Level, v1::Level>(path, number, "low, medium or high"))
    };
    let soreness = level("report.soreness", soreness);
    let stress = level("report.stress", stress);
    let sleep = violations
        .check("report.sleep", chosen::<Sleep, v1::Sleep>("sleep", sleep, "4h, 6h or 8h"));
    let notes = violations.check("report.notes", Note::new(notes));
    Some(CheckinReport {
        weight: weight?,
        mood: mood?,
        soreness: soreness?,
        sleep: sleep?,
        stress: stress?,
        notes: notes?,
        weight_unconfirmed: false,
    })
}

pub(super) fn revision(revision: Revision) -> v1::Log {
    let Revision { log, number, entered_at, recorded_at: _, by: _, reason } = revision;
    let key = log.key();
    let stream = key.stream;
    let mut name = format!("clients/{}/logs/{stream}:{}", key.user_id, key.date);
    if !key.item.is_empty() {
        name = format!("{name}:{}", key.item);
    }
    v1::Log {
        name,
        stream: v1::Stream::from_record(stream).into(),
        date: key.date.to_string(),
        item: key.item,
        status: log_status(&log).into(),
        cause: match log.cause() {
            None => v1::MissCause::Unspecified,
            Some(Cause::NotDelivered) => v1::MissCause::NotDelivered,
            Some(Cause::Excused) => v1::MissCause::Excused,
        }
        .into(),
        entered_at: Some(proto_instant(entered_at)),
        revision: saturating(number),
        override_reason: reason.unwrap_or_default(),
        report: log_report(log),
    }
}

fn log_report(log: Log) -> Option<v1::log::Report> {
    match log {
        Log::Meal(_) => None,
        Log::Training(log) => log.set.map(|TopSet { weight, reps }| {
            v1::log::Report::TopSet(v1::TopSet { weight_kg: weight.get(), reps: reps.get().into() })
        }),
        Log::Cardio(log) => Some(v1::log::Report::Cardio(v1::CardioMinutes {
            assigned: log.assigned_minutes.get().into(),
            actual: log.actual_minutes.map(|minutes| minutes.get().into()),
        })),
        Log::Checkin(log) => log.report.map(|report| {
            let CheckinReport { weight, mood, soreness, sleep, stress, notes, weight_unconfirmed } =
                report;
            v1::log::Report::Checkin(v1::CheckinReport {
                weight_kg: weight.get(),
                mood: v1::Mood::from_record(mood).into(),
                soreness: v1::Level::from_record(soreness).into(),
                sleep: v1::Sleep::from_record(sleep).into(),
                stress: v1::Level::from_record(stress).into(),
                notes: notes.as_str().to_owned(),
                weight_unconfirmed,
            })
        }),
    }
}

fn log_status(log: &Log) -> v1::LogStatus {
    if log.is_missed() {
        return v1::LogStatus::Missed;
    }
    match log {
        Log::Cardio(log) if log.status() == CardioStatus::Underperformed => {
            v1::LogStatus::Underperformed
        }
        Log::Meal(_) | Log::Training(_) | Log::Cardio(_) | Log::Checkin(_) => {
            v1::LogStatus::Completed
        }
    }
}

/// Reads whether a meal was eaten.
pub(super) fn eaten(path: &str, number: i32) -> Result<DoneOrMissed, Invalid> {
    match v1::LogStatus::try_from(number) {
        Ok(v1::LogStatus::Completed) => Ok(DoneOrMissed::Completed),
        Ok(v1::LogStatus::Missed) => Ok(DoneOrMissed::Missed),
        Ok(v1::LogStatus::Unspecified | v1::LogStatus::Underperformed) | Err(_) => {
            Err(Invalid::new(path, number, "completed or missed"))
        }
    }
}

pub(super) fn today(today: Today) -> v1::GetTodayResponse {
    let Today { date, gate, orders: _, items, next } = today;
    let (next_trigger, next_trigger_time) = match next {
        Some((trigger, at)) => (Trigger::as_str(trigger).to_owned(), Some(proto_instant(at))),
        None => (String::new(), None),
    };
    v1::GetTodayResponse {
        date: date.to_string(),
        gate: v1::Gate::from_record(gate).into(),
        duties: items.into_iter().map(duty).collect(),
        next_trigger,
        next_trigger_time,
    }
}

pub(super) fn duty(item: Item) -> v1::Duty {
    let Item { key, order, exercise, minutes, deadline, log } = item;
    let state = match log.as_ref().map(log_status) {
        None | Some(v1::LogStatus::Unspecified) => v1::DutyState::Open,
        Some(v1::LogStatus::Completed) => v1::DutyState::Completed,
        Some(v1::LogStatus::Underperformed) => v1::DutyState::Underperformed,
        Some(v1::LogStatus::Missed) => v1::DutyState::Missed,
    };
    v1::Duty {
        stream: v1::Stream::from_record(key.stream).into(),
        item: key.item,
        state: state.into(),
        deadline: Some(proto_instant(deadline)),
        order: v1::OrderKind::from_record(order).into(),
        exercise: exercise.unwrap_or_default(),
        assigned_minutes: minutes.map_or(0, |minutes| minutes.get().into()),
    }
}

pub(super) fn weight_trend(trend: &WeightTrend) -> v1::WeightTrend {
    let (low, high) = trend.limits();
    v1::WeightTrend {
        weigh_ins: i32::try_from(trend.weigh_ins).unwrap_or(i32::MAX),
        level_kg: trend.level_kg,
        kg_per_week: trend.kg_per_week,
        kg_per_week_low: low,
        kg_per_week_high: high,
        probability_flat: trend.flat(),
    }
}

pub(super) fn standing(report: Report) -> v1::Standing {
    let Report { standing, events, counts } = report;
    let [(_, in_7), (_, in_10), (_, in_14)] = counts;
    v1::Standing {
        infractions: events.into_iter().map(infraction).collect(),
        events_7_days: saturating(in_7),
        events_10_days: saturating(in_10),
        events_14_days: saturating(in_14),
        streak: saturating(standing.streak),
        last_infraction_date: text(standing.last_infraction),
        warning_dates: standing.warnings.iter().map(|warning| warning.date.to_string()).collect(),
        callout_date: text(standing.callout_posted),
        refeed_blocked_since: text(standing.refeed_blocked_since),
    }
}

fn infraction(event: Infraction) -> v1::Infraction {
    let Infraction { user_id: _, kind, date, miss_dates, recorded_at, voided } = event;
    let (voided_at, void_reason) = match voided {
        Some(voided) => (Some(proto_instant(voided.at)), voided.reason),
        None => (None, String::new()),
    };
    v1::Infraction {
        kind: v1::InfractionKind::from_record(kind).into(),
        date: date.to_string(),
        miss_dates: miss_dates.iter().map(ToString::to_string).collect(),
        recorded_at: Some(proto_instant(recorded_at)),
        voided_at,
        void_reason,
    }
}

pub(super) fn proto_instant(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

pub(super) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn saturating(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
