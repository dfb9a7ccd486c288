//! Records of one client in the shape that the statistics and the models read.

use regiment_core::record::{CheckinReport, ClientProfile, Log};
use regiment_core::regiment::{DayMarks, Regiment};
use regiment_ml::finding::day_of;
use regiment_ml::frame::Frames;
use regiment_ml::history::{CheckinRow, ClientHistory, History, Outcome, Profile};
use tonic::Status;

use crate::status;

/// How many clients are read at once.
const PAGE: u32 = 500;

/// Returns the history of a client out of his effective logs.
pub(super) fn of_logs(client: ClientProfile, logs: &[Log]) -> Result<History, Status> {
    History::of(&Frames::of_records(&[client], logs)).map_err(|error| status::internal(&error))
}

/// Returns the history of everybody.
pub(super) async fn of_everybody(regiment: &Regiment) -> Result<History, Status> {
    let (mut clients, mut logs) = (Vec::new(), Vec::new());
    let mut after = None;
    loop {
        let read = regiment.effective(after, PAGE).await;
        let (page, mut theirs) = read.map_err(|error| status::of(error, ""))?;
        let Some(last) = page.last() else { break };
        after = Some(last.user_id);
        clients.extend(page);
        logs.append(&mut theirs);
    }
    let read = move || History::of(&Frames::of_records(&clients, &logs));
    let history = tokio::task::spawn_blocking(read).await;
    let history = history.map_err(|error| status::internal(&error))?;
    history.map_err(|error| status::internal(&error))
}

/// Returns as much of a client's history as his mornings tell.
pub(super) fn of_days(client: &ClientProfile, days: &[DayMarks]) -> ClientHistory {
    let mut history = ClientHistory::new(Profile {
        user_id: client.user_id,
        goal: client.goal,
        timezone_offset: client.timezone_offset.to_string(),
        start: day_of(client.start_date),
        paused: client.paused,
        weight_kg: Some(client.weight_kg.get()),
        training_template_id: client.training_template_id.as_ref().map(ToString::to_string),
        cardio_minutes: client.cardio_minutes.map_or(30, |minutes| minutes.get().into()),
    });
    let mornings = days.iter().filter_map(|day| Some((day.date, day.checkin.as_ref()?)));
    history.checkins = mornings
        .map(|(date, report)| CheckinRow {
            day: day_of(date),
            at: 0,
            outcome: Outcome::Completed,
            weight_kg: CheckinReport::trusted_weight(report),
            mood: Some(report.mood),
            soreness: Some(report.soreness),
            sleep: Some(report.sleep),
            stress: Some(report.stress),
            notes: None,
        })
        .collect();
    history
}
