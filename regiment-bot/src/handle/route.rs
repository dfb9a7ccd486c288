//! Which handler answers what.

use regiment_proto::v1::Stream;

use super::{Given, Outcome, Trouble, Visit, card::Card, words};
use crate::{
    Action, Answer,
    discord::{Interaction, Options},
    texts::Key,
};

/// Returns whether an answer changes the message on which the control stands.
pub(super) fn changes(action: &Action, given: Given<'_>, by: &Interaction) -> bool {
    if by.message.is_none() {
        return false;
    }
    let is_filled = matches!(given, Given::Filled(_));
    match action {
        Action::Meal { .. }
        | Action::Plan { .. }
        | Action::CheckinAnswer { .. }
        | Action::CheckinForm { .. }
        | Action::ConfirmWeight { .. }
        | Action::EnlistBody { .. }
        | Action::EnlistZone
        | Action::EnlistGoal
        | Action::Consent { .. }
        | Action::Alias
        | Action::Zone
        | Action::ZoneChoice
        | Action::Erase
        | Action::DecideExcuse { .. } => true,
        Action::TopSet { .. } | Action::Cardio { .. } => is_filled,
        Action::Checkin { .. }
        | Action::Rest { .. }
        | Action::Excuse { .. }
        | Action::Open { .. }
        | Action::Menu { .. }
        | Action::Enlist { .. } => false,
        Action::Card { .. } => !matches!(given, Given::Nothing),
    }
}

impl Visit<'_> {
    pub(super) async fn command(&self, name: &str, options: &Options) -> Outcome {
        match name {
            "onboard" => {
                let zone = options.text("zone").map(str::to_owned);
                Ok(Answer::Form(self.enlist_form(zone)))
            }
            "today" => self.today().await,
            "progress" => self.progress().await,
            "settings" => self.settings().await,
            "what_my_coach_sees" => Ok(self.what_my_coach_sees()),
            "export" => self.export(options).await,
            "erase_me" => Ok(self.erase_me()),
            "status" => self.status(options).await,
            "pause" => self.pause(options).await,
            "resume" => self.resume(options).await,
            "excuse" => self.excuse_command(options).await,
            "card" => self.cards(options).await,
            "post_enlist" => self.coach().map(|()| self.enlist_post()),
            "log meal" => self.log_meal(options).await,
            "log topset" => self.log_top_set(options).await,
            "log cardio" => self.log_cardio(options).await,
            "log checkin" => self.log_checkin(options).await,
            _ => Err(Trouble::Said(Key::Nothing)),
        }
    }

    pub(super) async fn complete(
        &self,
        command: &str,
        option: &str,
        typed: &str,
    ) -> Result<Vec<(String, String)>, Trouble> {
        match (command, option) {
            ("log meal", _) => self.complete_item(Stream::Meal, typed).await,
            ("onboard", "zone") => self.complete_zone(typed).await,
            ("log topset", _) => self.complete_item(Stream::Training, typed).await,
            _ => Ok(Vec::new()),
        }
    }

    /// Opens a form. Asks nobody.
    pub(super) fn open(&self, action: Action) -> Answer {
        let form = match action {
            Action::TopSet { .. } => self.set_form(action),
            Action::Cardio { .. } => self.cardio_form(action),
            Action::CheckinForm { date } => self.checkin_form(date),
            Action::Enlist { zone } => self.enlist_form(zone),
            Action::EnlistBody { zone } => self.enlist_body_form(zone),
            Action::Alias => self.alias_form(),
            Action::Zone => self.zone_form(),
            Action::Erase => self.erase_form(),
            Action::Card { user_id, id, step } => self.card_form(Card { user_id, id }, step),
            Action::DecideExcuse { .. }
            | Action::Checkin { .. }
            | Action::CheckinAnswer { .. }
            | Action::ConfirmWeight { .. }
            | Action::Meal { .. }
            | Action::Rest { .. }
            | Action::Plan { .. }
            | Action::Excuse { .. }
            | Action::Open { .. }
            | Action::Menu { .. }
            | Action::EnlistZone
            | Action::EnlistGoal
            | Action::Consent { .. }
            | Action::ZoneChoice => return Answer::Note(words::note(self.texts(), Key::Stale)),
        };
        Answer::Form(form)
    }

    pub(super) async fn carry_out(&self, action: Action, given: Given<'_>) -> Outcome {
        match (action, given) {
            (Action::Meal { date, meal_id, status }, Given::Nothing) => {
                self.meal(date, meal_id.as_str(), status).await
            }
            (Action::TopSet { date, exercise_id }, Given::Filled(filled)) => {
                self.top_set(date, exercise_id.as_str(), filled).await
            }
            (Action::Cardio { date }, Given::Filled(filled)) => self.cardio(date, filled).await,
            (Action::Checkin { date }, Given::Nothing) => self.checkin(date).await,
            (Action::CheckinAnswer { date, question }, Given::Chosen(value)) => {
                self.checkin_answer(date, question, value).await
            }
            (Action::CheckinForm { date }, Given::Filled(filled)) => {
                self.checkin_filled(date, filled).await
            }
            (Action::ConfirmWeight { date }, Given::Nothing) => self.confirm_weight(date).await,
            (Action::Rest { seconds }, Given::Nothing) => Ok(self.rest(seconds)),
            (Action::Plan { cycle_start, template_id }, Given::Nothing) => {
                self.plan(cycle_start, template_id.as_str()).await
            }
            (Action::Enlist { zone }, Given::Filled(filled)) => {
                self.enlist_filled(zone, filled).await
            }
            (Action::EnlistBody { .. }, Given::Filled(filled)) => {
                self.enlist_body_filled(filled).await
            }
            (Action::EnlistZone, Given::Chosen(zone)) => self.enlist_zone(zone).await,
            (Action::EnlistGoal, Given::Chosen(goal)) => self.enlist_goal(goal).await,
            (Action::Consent { to, is_given }, Given::Nothing) => self.consent(to, is_given).await,
            (Action::Alias, Given::Filled(filled)) => self.alias_filled(filled).await,
            (Action::Zone, Given::Filled(filled)) => self.zone_filled(filled).await,
            (Action::ZoneChoice, Given::Chosen(zone)) => self.zone_chosen(zone.to_owned()).await,
            (Action::Erase, Given::Filled(filled)) => self.erase(filled).await,
            (Action::Card { user_id, id, step }, given) => {
                self.card(Card { user_id, id }, step, given).await
            }
            (Action::DecideExcuse { user_id, id, decision }, Given::Nothing) => {
                self.decide_excuse(user_id, id, decision).await
            }
            (Action::Excuse { date, order }, Given::Nothing) => self.excuse(date, order).await,
            _ => Err(Trouble::Said(Key::Stale)),
        }
    }
}
