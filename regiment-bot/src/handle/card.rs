//! Job cards: seen by `/card`, decided by the buttons under them. Each decision takes a press and a
//! choice, and a form where words are needed.

mod note;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use regiment_core::{
    Id, UserId,
    record::{DismissReason, JobCard},
};
use regiment_proto::v1::{
    Callout, CardAction, CardState, Dismiss, DismissJobCardRequest, DismissReason as Reason,
    Escalate, GetJobCardRequest, JobCard as Shown, ListJobCardsRequest,
    ListTrainingTemplatesRequest, Pause, Reassign, Resolve, ResolveJobCardRequest, Snooze,
    SnoozeJobCardRequest, resolve, snooze,
};

use self::note::{action_note, list, select, who};
use super::{Given, Outcome, Trouble, Visit, trouble::Wrong, words};
use crate::{
    Action, Answer, CardStep, Form, Input, Note, Row, Select, SelectAnswer, discord::Options,
    inert, rendered::limit, texts::Key,
};

/// How many cards one note lists: their buttons fit into a menu.
const LISTED: i32 = 8;

/// The longest message to a client, and the longest note, characters.
const LONGEST_MESSAGE: u16 = 1800;
const LONGEST_NOTE: u16 = 500;

/// The length of a date.
const LONGEST_DATE: u16 = 10;

/// The fields of the forms.
const TEXT: &str = "text";
const UNTIL: &str = "until";
const NOTE: &str = "note";

/// Until when a card can be put off, and for how many days where it is days.
const ENDS: [(&str, Key, i64); 5] = [
    ("checkin", Key::UntilCheckin, 0),
    ("worse", Key::UntilWorse, 0),
    ("1d", Key::UntilDay, 1),
    ("3d", Key::UntilThree, 3),
    ("7d", Key::UntilWeek, 7),
];

/// Why a card can be set aside.
const REASONS: [(&str, Key, DismissReason); 4] = [
    ("wrong", Key::DismissWrong, DismissReason::Wrong),
    ("known", Key::DismissKnown, DismissReason::Known),
    ("not_now", Key::DismissNotNow, DismissReason::NotNow),
    ("not_useful", Key::DismissNotUseful, DismissReason::NotUseful),
];

/// Returns the step whose form a choice opens, if it opens one.
pub(super) fn form_of(step: CardStep, value: &str) -> Option<CardStep> {
    if step == CardStep::Reason {
        let found = REASONS.into_iter().find(|(name, ..)| *name == value);
        return found.map(|(.., reason)| CardStep::Aside(reason));
    }
    match value {
        "callout" if step == CardStep::Act => Some(CardStep::Callout),
        "pause" if step == CardStep::Act => Some(CardStep::Pause),
        _ => None,
    }
}

/// The card on which a coach works.
#[derive(Clone, Copy)]
pub(super) struct Card {
    pub(super) user_id: UserId,
    pub(super) id: Id<JobCard>,
}

impl Card {
    fn name(self) -> String {
        let Self { user_id, id } = self;
        format!("clients/{user_id}/jobCards/{id}")
    }

    fn step(self, step: CardStep) -> Action {
        let Self { user_id, id } = self;
        Action::Card { user_id, id, step }
    }
}

impl Visit<'_> {
    /// Shows the cards that ask for a decision, worst first.
    pub(super) async fn cards(&self, options: &Options) -> Outcome {
        self.coach()?;
        let parent = options.user("client").map(|user_id| format!("clients/{user_id}"));
        let request = ListJobCardsRequest {
            parent: parent.unwrap_or_default(),
            page_size: LISTED,
            ..ListJobCardsRequest::default()
        };
        let found = self.calls.cards.clone().list_job_cards(request).await?.into_inner().job_cards;
        Ok(Answer::Note(list(&found, self.texts())))
    }

    /// The form of a step.
    pub(super) fn card_form(&self, card: Card, step: CardStep) -> Form {
        let [kept] = self.kept();
        let label = |key: Key| words::label(self.texts(), key);
        let note = || Input::long(NOTE, label(Key::CardNote), LONGEST_NOTE);
        let (title, inputs) = match step {
            CardStep::Callout => {
                let text = Input::long(TEXT, label(Key::CardMessage), LONGEST_MESSAGE);
                (Key::ActCallout, vec![text.required().holding(&kept), note()])
            }
            CardStep::Pause => {
                // What stands on the message may be the draft of a message, longer than any date.
                let kept = if kept.len() <= usize::from(LONGEST_DATE) { &kept } else { "" };
                let until = Input::short(UNTIL, label(Key::CardUntil), LONGEST_DATE);
                (Key::ActPause, vec![until.required().holding(kept), note()])
            }
            CardStep::Aside(_)
            | CardStep::Resolve
            | CardStep::Act
            | CardStep::Reassign
            | CardStep::Snooze
            | CardStep::Until
            | CardStep::Dismiss
            | CardStep::Reason => (Key::CardAside, vec![note()]),
        };
        let title = inert::clip(&label(title), limit::TITLE);
        Form { action: card.step(step), title, inputs }
    }

    /// Takes a step.
    pub(super) async fn card(&self, card: Card, step: CardStep, given: Given<'_>) -> Outcome {
        self.coach()?;
        match (step, given) {
            (CardStep::Resolve, Given::Nothing) => self.ask_action(card).await,
            (CardStep::Act, Given::Chosen("reassign")) => self.ask_block(card).await,
            (CardStep::Act, Given::Chosen("escalate")) => {
                self.resolve(card, resolve::Action::Escalate(Escalate {}), "").await
            }
            (CardStep::Act, Given::Chosen("none")) => {
                let nothing = resolve::Action::Recorded(CardAction::None.into());
                self.resolve(card, nothing, "").await
            }
            (CardStep::Reassign, Given::Chosen(id)) => {
                let block = Reassign { training_template_id: id.to_owned() };
                self.resolve(card, resolve::Action::Reassign(block), "").await
            }
            (CardStep::Callout, Given::Filled(filled)) => {
                let message = Callout { text: text(filled, TEXT) };
                let action = resolve::Action::Callout(message);
                let resolved = self.resolve(card, action, &text(filled, NOTE)).await;
                again(card, step, (Key::CardMessage, &text(filled, TEXT)), resolved)
            }
            (CardStep::Pause, Given::Filled(filled)) => {
                let pause = resolve::Action::Pause(Pause { until: text(filled, UNTIL) });
                let resolved = self.resolve(card, pause, &text(filled, NOTE)).await;
                again(card, step, (Key::CardUntil, &text(filled, UNTIL)), resolved)
            }
            (CardStep::Snooze, Given::Nothing) => {
                let ends = ENDS.map(|(value, key, _)| (value, key));
                Ok(Answer::Note(self.choice(card, CardStep::Until, Key::AskUntil, &ends)))
            }
            (CardStep::Until, Given::Chosen(end)) => self.snooze(card, end).await,
            (CardStep::Dismiss, Given::Nothing) => {
                let reasons = REASONS.map(|(value, key, _)| (value, key));
                Ok(Answer::Note(self.choice(card, CardStep::Reason, Key::AskReason, &reasons)))
            }
            (CardStep::Aside(reason), Given::Filled(filled)) => {
                self.dismiss(card, reason, text(filled, NOTE)).await
            }
            _ => Err(Trouble::Said(Key::Stale)),
        }
    }

    /// Asks with which action to resolve a card, and shows the draft of a message.
    async fn ask_action(&self, card: Card) -> Outcome {
        let request = GetJobCardRequest { name: card.name() };
        let found = self.calls.cards.clone().get_job_card(request).await?.into_inner().job_card;
        Ok(Answer::Note(action_note(card, &found.unwrap_or_default(), self.texts())))
    }

    async fn ask_block(&self, card: Card) -> Outcome {
        let page_size = i32::try_from(limit::CHOICES).expect("a few");
        let request = ListTrainingTemplatesRequest { page_size, ..Default::default() };
        let found = self.calls.templates.clone().list_training_templates(request).await?;
        let answers = found.into_inner().training_templates.into_iter().map(|block| SelectAnswer {
            label: inert::clip(&inert::name(&block.display_name), limit::LABEL),
            value: block.template_id,
            is_chosen: false,
        });
        let select = Select {
            action: card.step(CardStep::Reassign),
            placeholder: words::label(self.texts(), Key::AskBlock),
            answers: answers.collect(),
        };
        let rows = vec![Row::Select(select)];
        Ok(Answer::Changed(Note { rows, ..words::note(self.texts(), Key::AskBlock) }))
    }

    async fn resolve(&self, card: Card, action: resolve::Action, note: &str) -> Outcome {
        let request = ResolveJobCardRequest {
            name: card.name(),
            resolve: Some(Resolve { action: Some(action), note: note.to_owned() }),
            etag: String::new(),
            request_id: self.by.request_id(),
        };
        let decided = self.calls.cards.clone().resolve_job_card(request).await?;
        Ok(self.decided(decided.into_inner().job_card))
    }

    async fn snooze(&self, card: Card, end: &str) -> Outcome {
        let end = match ENDS.into_iter().find(|(name, ..)| *name == end) {
            Some(("checkin", ..)) => snooze::End::NextCheckin(true),
            Some(("worse", ..)) => snooze::End::Worse(true),
            Some((.., days)) => {
                let until = self.by.entered_at() + SignedDuration::from_hours(24 * days);
                snooze::End::Until(prost_types::Timestamp { seconds: until.as_second(), nanos: 0 })
            }
            None => return Err(Trouble::Said(Key::Stale)),
        };
        let request = SnoozeJobCardRequest {
            name: card.name(),
            snooze: Some(Snooze { end: Some(end) }),
            etag: String::new(),
            request_id: self.by.request_id(),
        };
        let decided = self.calls.cards.clone().snooze_job_card(request).await?;
        Ok(self.decided(decided.into_inner().job_card))
    }

    async fn dismiss(&self, card: Card, reason: DismissReason, note: String) -> Outcome {
        let reason = match reason {
            DismissReason::Wrong => Reason::Wrong,
            DismissReason::Known => Reason::Known,
            DismissReason::NotNow => Reason::NotNow,
            DismissReason::NotUseful => Reason::NotUseful,
        };
        let request = DismissJobCardRequest {
            name: card.name(),
            dismiss: Some(Dismiss { reason: reason.into(), note }),
            etag: String::new(),
            request_id: self.by.request_id(),
        };
        let decided = self.calls.cards.clone().dismiss_job_card(request).await?;
        Ok(self.decided(decided.into_inner().job_card))
    }

    fn decided(&self, card: Option<Shown>) -> Answer {
        let card = card.unwrap_or_default();
        let key = match card.state() {
            CardState::Resolved => Key::CardResolved,
            CardState::Snoozed => Key::CardSnoozed,
            CardState::Dismissed => Key::CardDismissed,
            CardState::Acknowledged
            | CardState::Open
            | CardState::Merged
            | CardState::Unspecified => Key::CardStands,
        };
        Answer::Changed(words::note(self.texts(), words::with(key, "client", who(&card))))
    }

    fn choice(&self, card: Card, step: CardStep, ask: Key, choices: &[(&str, Key)]) -> Note {
        let select = select(card.step(step), ask, choices, self.texts());
        Note { rows: vec![Row::Select(select)], ..words::note(self.texts(), ask) }
    }
}

/// Offers to correct what was typed, where that is what is refused.
fn again(card: Card, step: CardStep, typed: (Key, &String), resolved: Outcome) -> Outcome {
    match resolved {
        Err(Trouble::Status(status)) => {
            Err(Wrong::new(&[typed], Some(card.step(step))).or_status(*status))
        }
        resolved => resolved,
    }
}

fn text(filled: &BTreeMap<String, String>, field: &str) -> String {
    filled.get(field).map(|text| text.trim().to_owned()).unwrap_or_default()
}

fn read_name(name: &str) -> Option<Card> {
    let (user_id, id) = name.strip_prefix("clients/")?.split_once("/jobCards/")?;
    Some(Card { user_id: user_id.parse().ok()?, id: id.parse().ok()? })
}

#[cfg(test)]
mod tests;
