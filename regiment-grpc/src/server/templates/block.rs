//! Training blocks, as requests hold them and as coaches read them.

use regiment_core::Library;
use regiment_core::calendar::DayOfWeek;
use regiment_core::record::{BlockDay, Prescription, TrainingTemplate, WeekOverride};
use regiment_core::regiment::Assigned;
use regiment_proto::v1;
use tonic::Status;

use super::check_mask;
use crate::server::convert::{saturating, small};
use crate::status::{self, Violations};

/// What can be written.
const FIELDS: [&str; 6] =
    ["display_name", "days_per_week", "schedule", "weeks", "schedule_days", "week_overrides"];

pub(super) fn create(
    from: &v1::TrainingTemplate,
    library: &Library,
) -> Result<TrainingTemplate, Status> {
    let path = "training_template.template_id";
    let id = from.template_id.parse();
    let template_id = id.map_err(|refused| status::invalid(path, &refused))?;
    let blank = TrainingTemplate {
        template_id,
        block_name: String::new(),
        days_per_week: 0,
        schedule: Vec::new(),
        weeks: 0,
        schedule_days: Vec::new(),
        week_overrides: Vec::new(),
        version: 0,
    };
    update(blank, from, &FIELDS.map(str::to_owned), library)
}

pub(super) fn update(
    held: TrainingTemplate,
    from: &v1::TrainingTemplate,
    mask: &[String],
    library: &Library,
) -> Result<TrainingTemplate, Status> {
    let mut violations = Violations::default();
    check_mask(mask, &FIELDS, &mut violations);
    let wants = |path: &str, is_populated: bool| {
        if mask.is_empty() { is_populated } else { mask.iter().any(|asked| asked == path) }
    };
    let mut next = held;
    if wants("display_name", !from.display_name.is_empty()) {
        next.block_name.clone_from(&from.display_name);
    }
    let path = "training_template.days_per_week";
    if wants("days_per_week", from.days_per_week != 0)
        && let Some(days) = violations.check(path, small(from.days_per_week, "1 to 7"))
    {
        next.days_per_week = days;
    }
    if wants("schedule", !from.schedule.is_empty()) {
        next.schedule = read_schedule(&from.schedule, library, &mut violations);
    }
    if wants("weeks", from.weeks != 0)
        && let Some(weeks) =
            violations.check("training_template.weeks", small(from.weeks, "1 to 255"))
    {
        next.weeks = weeks;
    }
    if wants("schedule_days", !from.schedule_days.is_empty()) {
        let path = "training_template.schedule_days";
        let days = from.schedule_days.iter();
        next.schedule_days =
            days.filter_map(|day| violations.check(path, day.parse::<DayOfWeek>())).collect();
    }
    if wants("week_overrides", !from.week_overrides.is_empty()) {
        next.week_overrides = read_overrides(&from.week_overrides, &mut violations);
    }
    violations.done()?;
    Ok(next)
}

pub(super) fn shown(assigned: &Assigned, template: TrainingTemplate) -> v1::TrainingTemplate {
    let TrainingTemplate {
        template_id,
        block_name,
        days_per_week,
        schedule,
        weeks,
        schedule_days,
        week_overrides,
        version,
    } = template;
    v1::TrainingTemplate {
        name: format!("trainingTemplates/{template_id}"),
        display_name: block_name,
        days_per_week: days_per_week.into(),
        schedule: schedule.into_iter().map(shown_day).collect(),
        weeks: weeks.into(),
        schedule_days: schedule_days.iter().map(ToString::to_string).collect(),
        week_overrides: week_overrides.into_iter().map(shown_override).collect(),
        version: saturating(version),
        clients: saturating(assigned.blocks.get(&template_id).copied().unwrap_or_default()),
        template_id: template_id.to_string(),
        etag: version.to_string(),
    }
}

fn shown_day(day: BlockDay) -> v1::BlockDay {
    let BlockDay { day_index, day_name, exercises } = day;
    let exercises = exercises.into_iter().map(|line| {
        let Prescription { exercise, sets, reps, rest_seconds, video_url, exercise_id } = line;
        v1::Prescription {
            exercise,
            exercise_id: exercise_id.map(|id| id.to_string()).unwrap_or_default(),
            sets: sets.into(),
            reps,
            rest_seconds: rest_seconds.into(),
            video_url,
        }
    });
    v1::BlockDay { day_index: day_index.into(), day_name, exercises: exercises.collect() }
}

fn shown_override(change: WeekOverride) -> v1::WeekOverride {
    let WeekOverride { week, exercise_id, sets, reps } = change;
    let (week, sets) = (week.into(), sets.into());
    v1::WeekOverride { week, exercise_id: exercise_id.to_string(), sets, reps }
}

/// Reads sessions as far as they are numbers and ids; the library checks what they mean.
fn read_schedule(
    days: &[v1::BlockDay],
    library: &Library,
    violations: &mut Violations,
) -> Vec<BlockDay> {
    let mut read = Vec::with_capacity(days.len());
    for (place, v1::BlockDay { day_index, day_name, exercises }) in days.iter().enumerate() {
        let path = format!("training_template.schedule[{place}]");
        let day_index = violations.check(&format!("{path}.day_index"), small(*day_index, "1 to 7"));
        let lines = exercises.iter().enumerate().filter_map(|(place, line)| {
            read_line(&format!("{path}.exercises[{place}]"), line, library, violations)
        });
        let exercises = lines.collect();
        let day_name = day_name.clone();
        read.extend(day_index.map(|day_index| BlockDay { day_index, day_name, exercises }));
    }
    read
}

fn read_line(
    path: &str,
    line: &v1::Prescription,
    library: &Library,
    violations: &mut Violations,
) -> Option<Prescription> {
    let v1::Prescription { exercise, exercise_id, sets, reps, rest_seconds, video_url } =
        line.clone();
    let sets = violations.check(&format!("{path}.sets"), small(sets, "1 to 255"));
    let rest = small(rest_seconds, "0 to 65535 seconds");
    let rest = violations.check(&format!("{path}.rest_seconds"), rest);
    let exercise_id = if exercise_id.is_empty() {
        None
    } else {
        Some(violations.check(&format!("{path}.exercise_id"), exercise_id.parse())?)
    };
    // An id alone says which exercise it is.
    let known = exercise_id.as_ref().filter(|_| exercise.is_empty());
    let known = known.and_then(|id| library.exercises.get(id));
    let exercise = known.map_or(exercise, |known| known.name.clone());
    let (sets, rest_seconds) = (sets?, rest?);
    Some(Prescription { exercise, sets, reps, rest_seconds, video_url, exercise_id })
}

fn read_overrides(changes: &[v1::WeekOverride], violations: &mut Violations) -> Vec<WeekOverride> {
    let mut read = Vec::with_capacity(changes.len());
    for (place, change) in changes.iter().enumerate() {
        let path = format!("training_template.week_overrides[{place}]");
        let v1::WeekOverride { week, exercise_id, sets, reps } = change.clone();
        let week = violations.check(&format!("{path}.week"), small(week, "a week of the block"));
        let sets = violations.check(&format!("{path}.sets"), small(sets, "1 to 255"));
        let exercise_id = violations.check(&format!("{path}.exercise_id"), exercise_id.parse());
        if let Some(((week, sets), exercise_id)) = week.zip(sets).zip(exercise_id) {
            read.push(WeekOverride { week, exercise_id, sets, reps });
        }
    }
    read
}
