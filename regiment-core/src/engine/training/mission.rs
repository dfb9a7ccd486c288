use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{
    Dossier, Library, Policy, Slug,
    calendar::DayOfWeek,
    engine::cards::Finding,
    record::{
        BlockDay, CardAction, ClientProfile, Evidence, Exercise, Flag, FlagName, Ordered,
        Prescription, SetOrder, Severity, TrainingOrder, TrainingTemplate,
    },
};

/// What a local date brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Mission {
    /// No training.
    Rest,
    /// Neither the assigned block nor one to fall back on can be followed.
    NoBlock(Finding),
    /// A workout.
    Due {
        /// What to lift.
        order: TrainingOrder,
        /// What the coach has to know about it.
        findings: Vec<Finding>,
    },
}

/// Returns the workout of a local date: the ordered one's number where it has gone out, otherwise
/// the block's next.
///
/// Missions are numbered from 1 within the block, and only those that were ordered count, so a
/// paused day advances nothing. Mission n is session `(n - 1) mod days_per_week + 1` of week
/// `ceil(n / days_per_week)`; behind the block's end the sessions of the last week repeat.
pub fn mission(dossier: &Dossier, library: &Library, policy: &Policy, date: Date) -> Mission {
    let client = &dossier.client;
    if client.block_start_date.is_some_and(|start| start > date) {
        return Mission::Rest;
    }
    let assigned = assigned(client, library);
    let Some(block) = assigned.or_else(|| fallback(library, policy)) else {
        return Mission::NoBlock(missing_block(client, date, None));
    };
    if !training_days(client, block).contains(&DayOfWeek::of(date)) {
        return Mission::Rest;
    }
    let index = ordered_index(dossier, date).unwrap_or(dossier.missions + 1);
    let days = u32::from(block.days_per_week);
    let week = index.div_ceil(days).min(block.weeks.into());
    let session = &block.schedule[usize::try_from((index - 1) % days).expect("below 7")];
    let sets = lines(session, library)
        .map(|(id, line)| set_order(dossier, library, block, week, id, line))
        .collect();

    let mut findings = Vec::new();
    if assigned.is_none() {
        findings.push(missing_block(client, date, Some(block)));
    }
    findings.extend(unknown_exercises(session, library, date));
    if is_first_behind_the_end(block, index) {
        findings.push(block_complete(client, block, index, date));
    }
    let order = TrainingOrder {
        block_id: block.template_id.clone(),
        block_name: block.block_name.clone(),
        day_index: index,
        week,
        day_name: session.day_name.clone(),
        sets,
    };
    Mission::Due { order, findings }
}

/// Returns the weekdays on which a client trains: the profile's own, or the block's.
pub fn training_days(client: &ClientProfile, block: &TrainingTemplate) -> Vec<DayOfWeek> {
    if client.training_days.is_empty() { block.weekdays() } else { client.training_days.clone() }
}

/// Returns the client's block, where the library has it and it can be followed.
fn assigned<'a>(client: &ClientProfile, library: &'a Library) -> Option<&'a TrainingTemplate> {
    let id = client.training_template_id.as_ref()?;
    library.training_templates.get(id).filter(|block| can_be_followed(block))
}

/// Returns the block of last resort: the policy's, or the library's first.
fn fallback<'a>(library: &'a Library, policy: &Policy) -> Option<&'a TrainingTemplate> {
    let blocks = &library.training_templates;
    blocks
        .get(&policy.training.fallback_block)
        .into_iter()
        .chain(blocks.values())
        .find(|block| can_be_followed(block))
}

fn can_be_followed(block: &TrainingTemplate) -> bool {
    let sessions = &block.schedule;
    (1..=7).contains(&block.days_per_week)
        && block.weeks > 0
        && sessions.len() == usize::from(block.days_per_week)
        && sessions.iter().all(|session| !session.exercises.is_empty())
}

/// Returns the number of the mission that was ordered for a date, where it stands.
fn ordered_index(dossier: &Dossier, date: Date) -> Option<u32> {
    dossier.orders_of(date).find_map(|order| match &order.ordered {
        Ordered::Training(mission) => Some(mission.day_index),
        Ordered::Checkin | Ordered::Fuel { .. } => None,
    })
}

/// Returns whether a mission is the first behind the block's end.
fn is_first_behind_the_end(block: &TrainingTemplate, index: u32) -> bool {
    index == u32::from(block.weeks) * u32::from(block.days_per_week) + 1
}

/// Returns a session's prescriptions with the ids their logs bear.
fn lines<'a>(
    session: &'a BlockDay,
    library: &Library,
) -> impl Iterator<Item = (Slug<Exercise>, &'a Prescription)> {
    session.exercises.iter().map(|line| (id_of(line, library), line))
}

/// Returns the id of a prescription's exercise: its own, the library's for its name, or one made
/// of the name, which stays the same from session to session.
fn id_of(line: &Prescription, library: &Library) -> Slug<Exercise> {
    if let Some(id) = &line.exercise_id {
        return id.clone();
    }
    match library.exercise_named(&line.exercise).one() {
        Some(exercise) => exercise.exercise_id.clone(),
        None => unlisted_id(&line.exercise),
    }
}

/// Makes an id of a name: its ASCII letters and digits as they are, anything else by its number.
fn unlisted_id(name: &str) -> Slug<Exercise> {
    let mut text = "ex_unlisted".to_owned();
    for word in name.split_whitespace() {
        text.push('_');
        for character in word.chars() {
            if character.is_ascii_alphanumeric() {
                text.push(character.to_ascii_lowercase());
            } else {
                text.extend(format!("{:x}", u32::from(character)).chars());
            }
        }
    }
    text.truncate(100);
    Slug::new(text).expect("visible ASCII, at most 100 characters")
}

fn set_order(
    dossier: &Dossier,
    library: &Library,
    block: &TrainingTemplate,
    week: u32,
    exercise_id: Slug<Exercise>,
    line: &Prescription,
) -> SetOrder {
    let known = library.exercises.get(&exercise_id);
    let change = block
        .week_overrides
        .iter()
        .find(|change| u32::from(change.week) == week && change.exercise_id == exercise_id);
    let video_url = match known {
        Some(exercise) if line.video_url.is_empty() => exercise.video_url.clone(),
        _ => line.video_url.clone(),
    };
    SetOrder {
        exercise: known.map_or_else(|| line.exercise.clone(), |exercise| exercise.name.clone()),
        sets: change.map_or(line.sets, |change| change.sets),
        reps: change.map_or_else(|| line.reps.clone(), |change| change.reps.clone()),
        rest_seconds: line.rest_seconds,
        video_url,
        last: dossier.last_sets.get(&exercise_id).cloned(),
        exercise_id,
    }
}

fn unknown_exercises(session: &BlockDay, library: &Library, date: Date) -> Vec<Finding> {
    lines(session, library)
        .filter(|(id, _)| !library.exercises.contains_key(id))
        .map(|(id, line)| {
            let flag = FlagName::about(Flag::ExerciseMissing, id.as_str());
            let detail =
                format!("{} is not in the library; the block's name was sent", line.exercise);
            finding(flag, Severity::Low, CardAction::None, date, detail)
        })
        .collect()
}

fn missing_block(client: &ClientProfile, date: Date, sent: Option<&TrainingTemplate>) -> Finding {
    let id = client.training_template_id.as_ref().map_or("none", Slug::as_str);
    let instead = sent.map_or("nothing was sent".to_owned(), |block| {
        format!("{} was sent instead", block.template_id)
    });
    let detail = format!("training block {id} is missing or broken; {instead}");
    let flag = FlagName::about(Flag::TemplateMissing, id);
    finding(flag, Severity::High, CardAction::Reassign, date, detail)
}

fn block_complete(
    client: &ClientProfile,
    block: &TrainingTemplate,
    index: u32,
    date: Date,
) -> Finding {
    let detail = format!(
        "{} has run its {} weeks; its last week repeats until another block is assigned",
        block.block_name, block.weeks
    );
    let mut complete =
        finding(Flag::BlockComplete.into(), Severity::Medium, CardAction::Reassign, date, detail);
    complete.evidence.window_start = client.block_start_date.unwrap_or(date);
    complete.evidence.numbers = BTreeMap::from([
        ("weeks".to_owned(), f64::from(block.weeks)),
        ("missions".to_owned(), f64::from(index - 1)),
    ]);
    complete
}

fn finding(
    flag: FlagName,
    severity: Severity,
    action: CardAction,
    date: Date,
    detail: String,
) -> Finding {
    let evidence = Evidence {
        flag,
        window_start: date,
        window_end: date,
        dates: vec![date],
        numbers: BTreeMap::new(),
        detail,
    };
    Finding { evidence, severity, action }
}
