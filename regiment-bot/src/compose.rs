//! Decides what each kind of message says, in the order in which every message says it.

mod cards;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
};
use regiment_core::{
    Slug,
    message::{Decision, Message, ShoppingItem},
    record::{
        Alert, Board, CardioOrder, DoneOrMissed, LastSet, Meal, MealOrder, MealTemplate, OrderKind,
        Place, Portion, Ranking, SetOrder, TrainingOrder,
    },
};

use crate::{
    Action,
    controls::Control,
    inert,
    line::{Line, Value},
    rendered::{Style, limit},
    texts::Key,
};

pub(crate) use self::cards::card_buttons;

/// A message before its words are chosen: title, date, mission, items, deadline, consequence.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) title: Line,
    pub(crate) date: Option<Line>,
    pub(crate) mission: Option<Line>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) deadline: Option<Line>,
    pub(crate) consequence: Option<Line>,
    /// Buttons, item by item.
    pub(crate) groups: Vec<Vec<Control>>,
}

/// Items that belong together.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) heading: Option<Line>,
    pub(crate) lines: Vec<Line>,
}

/// Returns what a message says, or `None` for a kind that came after this program.
pub(crate) fn page(message: &Message) -> Option<Page> {
    let page = match message {
        Message::CheckinOrder { date, deadline } => checkin(*date, *deadline),
        Message::FuelOrder { date, meals, cardio, deadline } => {
            fuel(*date, meals, cardio.as_ref(), *deadline)
        }
        Message::TrainingOrder { date, order, deadline } => training(*date, order, *deadline),
        Message::PlanPrompt { cycle_start, choices, deadline } => {
            plan(*cycle_start, choices, *deadline)
        }
        Message::RearmingOrder { from, until, items, daily, instructions } => {
            rearming(*from, *until, items, daily, instructions)
        }
        Message::Welcome { start_date, text } => Page {
            date: Some(day(*start_date)),
            mission: text.is_none().then(|| Key::WelcomeMission.into()),
            blocks: text.iter().filter_map(|text| own(None, text)).collect(),
            consequence: Some(Key::WelcomeConsequence.into()),
            ..Page::titled(Key::WelcomeTitle)
        },
        Message::Warning { events, days } => Page {
            mission: Some(Line::Text(Key::WarningMission, counted(*events, *days))),
            consequence: Some(Key::WarningConsequence.into()),
            ..Page::titled(Key::WarningTitle)
        },
        Message::WarningWithdrawn => Page {
            mission: Some(Key::WithdrawnMission.into()),
            ..Page::titled(Key::WithdrawnTitle)
        },
        Message::Callout { alias, events, days } => {
            let mut values = counted(*events, *days);
            values.push(("alias", Value::name(alias)));
            Page {
                mission: Some(Line::Text(Key::CalloutMission, values)),
                consequence: Some(Key::CalloutConsequence.into()),
                ..Page::titled(Key::CalloutTitle)
            }
        }
        Message::PersonalRecord { exercise, set, previous } => record(exercise, set, previous),
        Message::Honors(board) => honors(board),
        Message::Private { text } => Page {
            blocks: own(None, text).into_iter().collect(),
            ..Page::titled(Key::PrivateTitle)
        },
        Message::ExcuseAnswer { decision, from, until } => Page {
            date: Some(if from == until { day(*from) } else { days(*from, *until) }),
            mission: Some(match decision {
                Decision::Granted => Key::ExcuseGranted.into(),
                Decision::Refused => Key::ExcuseRefused.into(),
            }),
            ..Page::titled(Key::ExcuseTitle)
        },
        Message::Cards { cards: listed } => cards::cards(Key::CardsTitle, None, Vec::new(), listed),
        Message::WeeklySummary { sunday, clients, counts, worst } => {
            let said = cards::summary(*clients, counts);
            cards::cards(Key::SummaryTitle, Some(*sunday), said, worst)
        }
        Message::Alerts { alerts } => Page {
            blocks: alerts
                .iter()
                .map(|it| Block { heading: None, lines: vec![alert(it)] })
                .collect(),
            ..Page::titled(Key::AlertsTitle)
        },
        _ => return None,
    };
    Some(page)
}

impl Page {
    /// A page that has a title and nothing else.
    pub(crate) fn titled(title: impl Into<Line>) -> Self {
        Self {
            title: title.into(),
            date: None,
            mission: None,
            blocks: Vec::new(),
            deadline: None,
            consequence: None,
            groups: Vec::new(),
        }
    }
}

fn checkin(date: Date, deadline: Timestamp) -> Page {
    let report = Control::new(Action::Checkin { date }, Key::CheckinReport, Style::Primary);
    Page {
        date: Some(day(date)),
        mission: Some(Key::CheckinMission.into()),
        deadline: Some(due(Key::CheckinDeadline, deadline)),
        consequence: Some(Key::CheckinConsequence.into()),
        groups: vec![vec![report, excuse(date, OrderKind::Checkin)]],
        ..Page::titled(Key::CheckinTitle)
    }
}

fn fuel(
    date: Date,
    meals: &[MealOrder],
    cardio: Option<&CardioOrder>,
    deadline: Timestamp,
) -> Page {
    let mut blocks: Vec<Block> = (1..).zip(meals).map(|(n, meal)| meal_block(n, meal)).collect();
    let mut groups: Vec<Vec<Control>> =
        (1..).zip(meals).map(|(n, meal)| meal_buttons(date, n, &meal.meal_id)).collect();
    let mut last = Vec::new();
    if let Some(cardio) = cardio {
        blocks.push(Block {
            heading: Some(Key::FuelCardio.into()),
            lines: vec![cardio_line(cardio)],
        });
        last.push(Control::new(Action::Cardio { date }, Key::FuelLogCardio, Style::Primary));
    }
    last.push(excuse(date, OrderKind::Fuel));
    groups.push(last);
    Page {
        date: Some(day(date)),
        mission: Some(Key::FuelMission.into()),
        blocks,
        deadline: Some(due(Key::FuelDeadline, deadline)),
        consequence: Some(Key::FuelConsequence.into()),
        groups,
        ..Page::titled(Key::FuelTitle)
    }
}

fn meal_block(n: u32, meal: &MealOrder) -> Block {
    let lines = meal.portions.iter().map(|portion| portion_line(Key::FuelPortion, portion));
    Block { heading: Some(numbered(Key::FuelMeal, n)), lines: lines.collect() }
}

/// Returns the buttons of a meal: eaten as ordered, or not.
pub(crate) fn meal_buttons(date: Date, n: u32, meal_id: &Slug<Meal>) -> Vec<Control> {
    let button = |status, label, style| {
        let action = Action::Meal { date, meal_id: meal_id.clone(), status };
        Control::new(action, numbered(label, n), style)
    };
    vec![
        button(DoneOrMissed::Completed, Key::FuelCompleted, Style::Success),
        button(DoneOrMissed::Missed, Key::FuelMissed, Style::Danger),
    ]
}

fn cardio_line(cardio: &CardioOrder) -> Line {
    let kind = match cardio.cardio_type.as_str() {
        "zone2" => "zone 2",
        the_coachs_own => the_coachs_own,
    };
    let mut values = vec![("minutes", Value::ours(cardio.minutes)), ("type", Value::name(kind))];
    let Some((low, high)) = cardio.heart_rate else {
        return Line::Text(Key::FuelCardioTalk, values);
    };
    values.extend([("low", Value::ours(low)), ("high", Value::ours(high))]);
    Line::Text(Key::FuelCardioPulse, values)
}

fn training(date: Date, order: &TrainingOrder, deadline: Timestamp) -> Page {
    let mut groups: Vec<Vec<Control>> =
        (1..).zip(&order.sets).map(|(n, set)| set_buttons(date, n, set)).collect();
    let mut rests: Vec<u16> = order.sets.iter().map(|set| set.rest_seconds).collect();
    rests.retain(|&seconds| seconds > 0);
    rests.sort_unstable();
    rests.dedup();
    let mut last: Vec<Control> = rests
        .into_iter()
        .map(|seconds| {
            let label = Line::Text(Key::TrainingRest, vec![("rest", rest(seconds))]);
            Control::new(Action::Rest { seconds }, label, Style::Secondary)
        })
        .collect();
    last.push(excuse(date, OrderKind::Training));
    groups.extend(last.chunks(limit::BUTTONS).map(<[Control]>::to_vec));
    let mission = vec![
        ("name", Value::name(&order.day_name)),
        ("block", Value::name(&order.block_name)),
        ("week", Value::ours(order.week)),
    ];
    Page {
        date: Some(day(date)),
        mission: Some(Line::Text(Key::TrainingMission, mission)),
        blocks: (1..).zip(&order.sets).map(|(n, set)| set_block(n, set)).collect(),
        deadline: Some(due(Key::TrainingDeadline, deadline)),
        consequence: Some(Key::TrainingConsequence.into()),
        groups,
        ..Page::titled(numbered(Key::TrainingTitle, order.day_index))
    }
}

fn set_block(n: u32, set: &SetOrder) -> Block {
    let mut lines = vec![Line::Text(
        Key::TrainingPrescription,
        vec![
            ("sets", Value::ours(set.sets)),
            ("reps", Value::name(&set.reps)),
            ("rest", rest(set.rest_seconds)),
        ],
    )];
    lines.extend(set.last.iter().map(|last| {
        let values = vec![
            ("weight", kilograms(last.weight_kg.get())),
            ("reps", Value::ours(last.reps)),
            ("date", day(last.date).into()),
        ];
        Line::Text(Key::TrainingLast, values)
    }));
    Block { heading: Some(exercise_line(Key::TrainingExercise, n, set)), lines }
}

fn set_buttons(date: Date, n: u32, set: &SetOrder) -> Vec<Control> {
    let log = Action::TopSet { date, exercise_id: set.exercise_id.clone() };
    let mut buttons =
        vec![Control::new(log, exercise_line(Key::TrainingLog, n, set), Style::Primary)];
    if inert::is_link(&set.video_url) {
        let open = Action::Open { url: set.video_url.clone() };
        buttons.push(Control::new(open, exercise_line(Key::TrainingVideo, n, set), Style::Link));
    }
    buttons
}

fn plan(cycle_start: Date, choices: &[(Slug<MealTemplate>, String)], deadline: Timestamp) -> Page {
    let choice = |n: usize, id: &Slug<MealTemplate>, name: &str| {
        Line::Text(
            Key::PlanChoice,
            vec![("letter", Value::name(&letter(n, id))), ("name", Value::name(name))],
        )
    };
    let lines = (1..).zip(choices).map(|(n, (id, name))| choice(n, id, name)).collect();
    let button = |(n, (id, name)): (usize, &(Slug<MealTemplate>, String))| {
        let action = Action::Plan { cycle_start, template_id: id.clone() };
        Control::new(action, choice(n, id, name), Style::Primary)
    };
    let buttons: Vec<Control> = (1..).zip(choices).map(button).collect();
    Page {
        date: Some(day(cycle_start)),
        mission: Some(Key::PlanMission.into()),
        blocks: vec![Block { heading: None, lines }],
        deadline: Some(due(Key::PlanDeadline, deadline)),
        consequence: Some(Key::PlanConsequence.into()),
        groups: buttons.chunks(limit::BUTTONS).map(<[Control]>::to_vec).collect(),
        ..Page::titled(Key::PlanTitle)
    }
}

/// Returns the letter of a built-in template, which names it for good, or else the place of the
/// choice in the list.
fn letter(n: usize, id: &Slug<MealTemplate>) -> String {
    match id.as_str().strip_prefix("template_") {
        Some(letter) if letter.len() == 1 => letter.to_ascii_uppercase(),
        _ => n.to_string(),
    }
}

fn rearming(
    from: Date,
    until: Date,
    items: &[ShoppingItem],
    daily: &[Vec<MealOrder>],
    instructions: &str,
) -> Page {
    let item = |item: &ShoppingItem| {
        let values = vec![("food", Value::name(&item.food)), amount(item.grams, item.units)];
        Line::Text(Key::RearmingItem, values)
    };
    let meal = |(n, meal): (u32, &MealOrder)| {
        let portions =
            meal.portions.iter().map(|portion| portion_line(Key::RearmingPortion, portion));
        let values =
            vec![("number", Value::ours(n)), ("portions", Value::Lines(portions.collect()))];
        Line::Text(Key::RearmingMeal, values)
    };
    let mut blocks = vec![Block {
        heading: Some(Key::RearmingList.into()),
        lines: items.iter().map(item).collect(),
    }];
    blocks.extend(from.series(1.day()).zip(daily).map(|(date, meals)| Block {
        heading: Some(day(date)),
        lines: (1..).zip(meals).map(meal).collect(),
    }));
    blocks.extend(own(Some(Key::RearmingPreparation), instructions));
    let deadline = Line::Text(Key::RearmingDeadline, vec![("from", day(from).into())]);
    Page {
        date: Some(days(from, until)),
        mission: Some(Key::RearmingMission.into()),
        blocks,
        deadline: Some(deadline),
        consequence: Some(Key::RearmingConsequence.into()),
        ..Page::titled(Key::RearmingTitle)
    }
}

fn record(exercise: &str, set: &LastSet, previous: &LastSet) -> Page {
    let values = vec![
        ("exercise", Value::name(exercise)),
        ("weight", kilograms(set.weight_kg.get())),
        ("reps", Value::ours(set.reps)),
        ("previous_weight", kilograms(previous.weight_kg.get())),
        ("previous_reps", Value::ours(previous.reps)),
        ("previous_date", day(previous.date).into()),
    ];
    Page {
        date: Some(day(set.date)),
        mission: Some(Line::Text(Key::RecordMission, values)),
        ..Page::titled(Key::RecordTitle)
    }
}

/// Shows ranks and aliases, and counts where they are facts of the log; how far anybody's weight is
/// off stays private.
fn honors(board: &Board) -> Page {
    let block = |(ranking, places): &(Ranking, Vec<Place>)| {
        let (heading, line) = match ranking {
            Ranking::Streak => (Key::HonorsStreak, Key::HonorsStreakPlace),
            Ranking::PersonalRecords => (Key::HonorsRecords, Key::HonorsRecordsPlace),
            Ranking::WeightOnTarget => (Key::HonorsTarget, Key::HonorsTargetPlace),
        };
        let place = |place: &Place| {
            let mut values =
                vec![("rank", Value::ours(place.rank)), ("alias", Value::name(&place.alias))];
            match ranking {
                Ranking::Streak | Ranking::PersonalRecords => {
                    values.push(("count", Value::ours(format_args!("{:.0}", place.score))));
                }
                Ranking::WeightOnTarget => {}
            }
            Line::Text(line, values)
        };
        Block { heading: Some(heading.into()), lines: places.iter().map(place).collect() }
    };
    Page {
        date: Some(day(board.date)),
        blocks: board.lists.iter().map(block).collect(),
        ..Page::titled(Key::HonorsTitle)
    }
}

fn alert(alert: &Alert) -> Line {
    let mut values = vec![
        ("severity", Value::name(alert.severity.as_str())),
        ("kind", Value::name(&alert.kind.as_str().replace('_', " "))),
        ("text", Value::Words(alert.text.clone())),
        ("count", Value::ours(alert.count)),
    ];
    match alert.user_id {
        Some(client) => {
            values.push(("client", Value::ours(client)));
            Line::Text(Key::ClientAlert, values)
        }
        None => Line::Text(Key::Alert, values),
    }
}

fn excuse(date: Date, order: OrderKind) -> Control {
    Control::new(Action::Excuse { date, order }, Key::Excuse, Style::Secondary)
}

fn own(heading: Option<Key>, text: &str) -> Option<Block> {
    let said = !inert::lines(text).is_empty();
    said.then(|| Block {
        heading: heading.map(Line::from),
        lines: vec![Line::Own(text.to_owned())],
    })
}

fn counted(events: u32, days: u32) -> Vec<(&'static str, Value)> {
    vec![("events", Value::ours(events)), ("days", Value::ours(days))]
}

fn numbered(key: Key, n: u32) -> Line {
    Line::Text(key, vec![("number", Value::ours(n))])
}

fn exercise_line(key: Key, n: u32, set: &SetOrder) -> Line {
    Line::Text(key, vec![("number", Value::ours(n)), ("exercise", Value::name(&set.exercise))])
}

fn portion_line(key: Key, portion: &Portion) -> Line {
    let values = vec![("food", Value::name(&portion.food)), amount(portion.grams, portion.units)];
    Line::Text(key, values)
}

fn amount(grams: u32, units: Option<u32>) -> (&'static str, Value) {
    let mut values = vec![("grams", Value::ours(grams))];
    let key = match units {
        Some(units) => {
            values.push(("units", Value::ours(units)));
            Key::Units
        }
        None => Key::Grams,
    };
    ("amount", Line::Text(key, values).into())
}

/// Writes a weight to the hundredth of a kilogram: plates in pounds are no round kilograms.
pub(crate) fn kilograms(weight: f64) -> Value {
    Value::ours((weight * 100.0).round() / 100.0)
}

/// Writes minutes and seconds.
fn rest(seconds: u16) -> Value {
    Value::ours(format_args!("{}:{:02}", seconds / 60, seconds % 60))
}

/// Writes a deadline, which Discord shows in the time zone of whoever reads it.
fn due(key: Key, deadline: Timestamp) -> Line {
    let at = Value::ours(format_args!("<t:{}:t>", deadline.as_second()));
    Line::Text(key, vec![("deadline", at)])
}

/// Writes a date with its weekday.
pub(crate) fn day(date: Date) -> Line {
    let weekday = match date.weekday() {
        Weekday::Monday => Key::Monday,
        Weekday::Tuesday => Key::Tuesday,
        Weekday::Wednesday => Key::Wednesday,
        Weekday::Thursday => Key::Thursday,
        Weekday::Friday => Key::Friday,
        Weekday::Saturday => Key::Saturday,
        Weekday::Sunday => Key::Sunday,
    };
    Line::Text(Key::Day, vec![("weekday", Line::from(weekday).into()), ("date", Value::ours(date))])
}

fn days(from: Date, until: Date) -> Line {
    Line::Text(Key::Days, vec![("from", day(from).into()), ("until", day(until).into())])
}
