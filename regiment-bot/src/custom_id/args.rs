//! What stands between the version and the seal: two letters for what is done, and its arguments.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use jiff::{Span, civil::Date};
use regiment_core::{
    Id, Slug, UserId,
    message::Decision,
    record::{DismissReason, DoneOrMissed, OrderKind},
};
use sha2::{Digest as _, Sha256};

use crate::action::{Action, CardStep, Consent, Question};

/// The longest id of a meal, an exercise or a template that stands in a control's id as it is: what
/// 100 characters leave beside version, act, date and seal.
const ROOM: usize = 73;

/// The longest time zone that is carried along: the longest name that there is has 32 letters.
const ZONE: usize = 64;

/// What a shortened id begins with.
const SHORTENED: char = '~';

/// Returns an id as it stands in a control's id: itself, or, where there is no room for it, a digest
/// by which it is found again among the items of the day.
pub(crate) fn short(id: &str) -> String {
    if id.len() <= ROOM && !id.starts_with(SHORTENED) {
        return id.to_owned();
    }
    format!("{SHORTENED}{}", BASE64.encode(&Sha256::digest(id)[..16]))
}

/// Writes an action as its letters and its arguments.
pub(super) fn write(action: &Action) -> (&'static str, String) {
    match action {
        Action::Checkin { date } => ("ck", day(*date)),
        Action::CheckinAnswer { date, question } => {
            ("ca", format!("{}-{}", day(*date), of_question(*question)))
        }
        Action::CheckinForm { date } => ("cf", day(*date)),
        Action::ConfirmWeight { date } => ("cw", day(*date)),
        Action::Meal { date, meal_id, status: DoneOrMissed::Completed } => {
            ("dd", item(*date, meal_id.as_str()))
        }
        Action::Meal { date, meal_id, status: DoneOrMissed::Missed } => {
            ("dm", item(*date, meal_id.as_str()))
        }
        Action::Cardio { date } => ("cd", day(*date)),
        Action::TopSet { date, exercise_id } => ("ts", item(*date, exercise_id.as_str())),
        Action::Rest { seconds } => ("rt", base36((*seconds).into())),
        Action::Plan { cycle_start, template_id } => {
            ("pl", item(*cycle_start, template_id.as_str()))
        }
        Action::Excuse { date, order } => ("ex", format!("{}-{}", day(*date), of_order(*order))),
        // Discord follows links by itself and takes no id with them.
        Action::Open { .. } => ("op", String::new()),
        Action::Menu { row } => ("mn", base36((*row).into())),
        Action::Enlist { zone } => ("en", carried(zone.as_ref())),
        Action::EnlistBody { zone } => ("eb", carried(zone.as_ref())),
        Action::EnlistZone => ("ez", String::new()),
        Action::EnlistGoal => ("eg", String::new()),
        Action::Consent { to, is_given } => {
            ("co", format!("{}{}", of_consent(*to), u8::from(*is_given)))
        }
        Action::Alias => ("al", String::new()),
        Action::Zone => ("zo", String::new()),
        Action::ZoneChoice => ("zc", String::new()),
        Action::Erase => ("er", String::new()),
        Action::Card { user_id, id, step } => {
            ("jc", format!("{}-{user_id}-{}", of_step(*step), of_uuid(*id)))
        }
        Action::DecideExcuse { user_id, id, decision } => {
            let letter = match decision {
                Decision::Granted => 'g',
                Decision::Refused => 'r',
            };
            ("de", format!("{letter}-{user_id}-{}", of_uuid(*id)))
        }
    }
}

/// Reads what [`write`] wrote; `None` where it did not.
pub(super) fn read(act: &str, args: &str) -> Option<Action> {
    let bare = |action: Action| args.is_empty().then_some(action);
    Some(match act {
        "ck" => Action::Checkin { date: date(args)? },
        "ca" => {
            let (date, question) = dated(args)?;
            let question = find(Question::ALL, of_question, question)?;
            Action::CheckinAnswer { date, question }
        }
        "cf" => Action::CheckinForm { date: date(args)? },
        "cw" => Action::ConfirmWeight { date: date(args)? },
        "dd" => meal(args, DoneOrMissed::Completed)?,
        "dm" => meal(args, DoneOrMissed::Missed)?,
        "cd" => Action::Cardio { date: date(args)? },
        "ts" => {
            let (date, exercise_id) = slug(args)?;
            Action::TopSet { date, exercise_id }
        }
        "rt" => Action::Rest { seconds: number(args)?.try_into().ok()? },
        "pl" => {
            let (cycle_start, template_id) = slug(args)?;
            Action::Plan { cycle_start, template_id }
        }
        "ex" => {
            let (date, order) = dated(args)?;
            let order = find(ORDERS, of_order, order)?;
            Action::Excuse { date, order }
        }
        "mn" => Action::Menu { row: number(args)?.try_into().ok()? },
        "en" => Action::Enlist { zone: zone(args) },
        "eb" => Action::EnlistBody { zone: zone(args) },
        "ez" => bare(Action::EnlistZone)?,
        "eg" => bare(Action::EnlistGoal)?,
        "co" => consent(args)?,
        "al" => bare(Action::Alias)?,
        "zo" => bare(Action::Zone)?,
        "zc" => bare(Action::ZoneChoice)?,
        "er" => bare(Action::Erase)?,
        "jc" => {
            let (step, user_id, id) = owned(args)?;
            Action::Card { user_id, id, step: find(STEPS, of_step, step)? }
        }
        "de" => {
            let (letter, user_id, id) = owned(args)?;
            let decision = match letter {
                "g" => Decision::Granted,
                "r" => Decision::Refused,
                _ => return None,
            };
            Action::DecideExcuse { user_id, id, decision }
        }
        _ => return None,
    })
}

const ORDERS: [OrderKind; 3] = [OrderKind::Checkin, OrderKind::Fuel, OrderKind::Training];

const STEPS: [CardStep; 13] = [
    CardStep::Resolve,
    CardStep::Act,
    CardStep::Callout,
    CardStep::Reassign,
    CardStep::Pause,
    CardStep::Snooze,
    CardStep::Until,
    CardStep::Dismiss,
    CardStep::Reason,
    CardStep::Aside(DismissReason::Wrong),
    CardStep::Aside(DismissReason::Known),
    CardStep::Aside(DismissReason::NotNow),
    CardStep::Aside(DismissReason::NotUseful),
];

const fn of_question(question: Question) -> &'static str {
    match question {
        Question::Mood => "m",
        Question::Soreness => "s",
        Question::Stress => "t",
        Question::Sleep => "z",
    }
}

const fn of_order(order: OrderKind) -> &'static str {
    match order {
        OrderKind::Checkin => "c",
        OrderKind::Fuel => "f",
        OrderKind::Training => "t",
    }
}

const fn of_consent(to: Consent) -> &'static str {
    match to {
        Consent::Callouts => "c",
        Consent::Honors => "h",
    }
}

const fn of_step(step: CardStep) -> &'static str {
    match step {
        CardStep::Resolve => "r",
        CardStep::Act => "a",
        CardStep::Callout => "c",
        CardStep::Reassign => "b",
        CardStep::Pause => "p",
        CardStep::Snooze => "s",
        CardStep::Until => "u",
        CardStep::Dismiss => "d",
        CardStep::Reason => "w",
        CardStep::Aside(DismissReason::Wrong) => "xw",
        CardStep::Aside(DismissReason::Known) => "xk",
        CardStep::Aside(DismissReason::NotNow) => "xn",
        CardStep::Aside(DismissReason::NotUseful) => "xu",
    }
}

fn find<T: Copy>(
    all: impl IntoIterator<Item = T>,
    written: impl Fn(T) -> &'static str,
    text: &str,
) -> Option<T> {
    all.into_iter().find(|&one| written(one) == text)
}

/// Writes a date as the days since the first one that there is.
fn day(date: Date) -> String {
    let days = Date::MIN.until(date).map_or(0, |span| span.get_days());
    base36(days.unsigned_abs().into())
}

fn date(text: &str) -> Option<Date> {
    let days: i32 = number(text)?.try_into().ok()?;
    Date::MIN.checked_add(Span::new().try_days(days).ok()?).ok()
}

fn item(date: Date, id: &str) -> String {
    format!("{}-{}", day(date), short(id))
}

fn dated(args: &str) -> Option<(Date, &str)> {
    let (day, rest) = args.split_once('-')?;
    Some((date(day)?, rest))
}

fn slug<T>(args: &str) -> Option<(Date, Slug<T>)> {
    let (date, id) = dated(args)?;
    Some((date, id.parse().ok()?))
}

fn meal(args: &str, status: DoneOrMissed) -> Option<Action> {
    let (date, meal_id) = slug(args)?;
    Some(Action::Meal { date, meal_id, status })
}

fn consent(args: &str) -> Option<Action> {
    let (to, is_given) = args.split_at_checked(1)?;
    let to = find([Consent::Callouts, Consent::Honors], of_consent, to)?;
    match is_given {
        "0" => Some(Action::Consent { to, is_given: false }),
        "1" => Some(Action::Consent { to, is_given: true }),
        _ => None,
    }
}

/// Writes a zone that is carried along, where it may be one.
fn carried(zone: Option<&String>) -> String {
    zone.filter(|zone| zone.len() <= ZONE && zone.bytes().all(|b| b.is_ascii_graphic()))
        .cloned()
        .unwrap_or_default()
}

fn zone(args: &str) -> Option<String> {
    (!args.is_empty()).then(|| args.to_owned())
}

/// Reads a letter, a client and the id of something of his.
fn owned<T>(args: &str) -> Option<(&str, UserId, Id<T>)> {
    let mut parts = args.splitn(3, '-');
    let (letter, user_id, id) = (parts.next()?, parts.next()?, parts.next()?);
    let is_short =
        id.len() <= 25 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    let id = is_short.then(|| u128::from_str_radix(id, 36).ok()).flatten()?;
    Some((letter, user_id.parse().ok()?, format!("{id:032x}").parse().ok()?))
}

fn of_uuid<T>(id: Id<T>) -> String {
    let hex = id.to_string().replace('-', "");
    base36(u128::from_str_radix(&hex, 16).unwrap_or_default())
}

fn base36(mut number: u128) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u8::try_from(number % 36).unwrap_or_default();
        digits.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().map(|&digit| char::from(digit)).collect()
}

/// Reads what [`base36`] writes, and nothing that it would write otherwise.
fn number(text: &str) -> Option<u64> {
    let number = u64::from_str_radix(text, 36).ok()?;
    (base36(number.into()) == text).then_some(number)
}
