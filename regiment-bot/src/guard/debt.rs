//! What is owed: written down at the server before it is promised, and forgotten when it was given.

use std::time::Duration;

use jiff::SignedDuration;
use regiment_core::{Clock, Secret};
use regiment_proto::v1::{ListOwedEditsRequest, OweEditRequest, OwedEdit, SettleEditRequest};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::{Api, Interaction, api::patiently};

/// How long Discord takes an answer.
const VALID: SignedDuration = SignedDuration::from_mins(15);

/// The longest that the server keeps of a debt.
const LONGEST: usize = 8_000;

/// How long the server is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it is waited for at the start, when there is nothing better to do.
const START: Duration = Duration::from_hours(24);

/// How many debts are read at once.
const PAGE: i32 = 200;

/// What is owed to somebody who asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "owed", rename_all = "snake_case")]
pub(super) enum Owed {
    /// The answer.
    Answer,
    /// Other words in the place of the answer, some time after it.
    Later {
        /// The words.
        content: String,
        /// How long after what was asked.
        after: Duration,
    },
}

/// A debt as the server keeps it; the credential stands apart.
#[derive(Serialize, Deserialize)]
struct Kept {
    by: Interaction,
    #[serde(flatten)]
    owed: Owed,
}

/// The debts at the server.
#[derive(Debug)]
pub(super) struct Debts {
    api: Api,
}

/// A debt that is being written down.
#[derive(Debug)]
pub(super) struct Debt {
    api: Api,
    id: u64,
    kept: JoinHandle<()>,
}

impl Debts {
    pub(super) fn new(api: Api) -> Self {
        Self { api }
    }

    /// Writes down that something is owed, in the background.
    pub(super) fn owe(&self, by: &Interaction, owed: &Owed) -> Debt {
        let (id, edit) = (by.id, edit(by, owed));
        let api = self.api.clone();
        let request_id = match owed {
            Owed::Answer => format!("owe-{id}"),
            Owed::Later { .. } => format!("owe-{id}-later"),
        };
        let kept = tokio::spawn(async move {
            let request = OweEditRequest { request_id, edit: Some(edit) };
            let kept = patiently(PATIENCE, || {
                let (mut bot, request) = (api.own().bot, request.clone());
                async move { bot.owe_edit(request).await }
            });
            if let Err(status) = kept.await {
                tracing::warn!(interaction = id, code = ?status.code(), "a debt was not kept");
            }
        });
        Debt { api: self.api.clone(), id, kept }
    }

    /// Forgets a debt.
    pub(super) async fn settle(&self, id: u64) {
        settle(&self.api, id).await;
    }

    /// Returns what is still owed. What is to be said later comes with what is left of its time, by
    /// `clock`, and never with more than all of it.
    pub(super) async fn open(&self, clock: &impl Clock) -> Vec<(Interaction, Owed)> {
        let mut open = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = ListOwedEditsRequest { page_size: PAGE, page_token };
            let listed = patiently(START, || {
                let (mut bot, request) = (self.api.own().bot, request.clone());
                async move { bot.list_owed_edits(request).await }
            });
            let page = match listed.await {
                Ok(page) => page.into_inner(),
                Err(status) => {
                    tracing::error!(code = ?status.code(), "what is owed could not be read");
                    return open;
                }
            };
            for edit in page.edits {
                if let Some(debt) = read(&edit, clock) {
                    open.push(debt);
                    continue;
                }
                tracing::warn!(interaction = edit.interaction_id, "a debt can't be read");
                if let Ok(id) = edit.interaction_id.parse() {
                    self.settle(id).await;
                }
            }
            if page.next_page_token.is_empty() {
                return open;
            }
            page_token = page.next_page_token;
        }
    }
}

impl Debt {
    /// Waits until it is written down.
    pub(super) async fn keep(self) {
        // It only fails where the process ends.
        let _ = self.kept.await;
    }

    /// Forgets it, once it is written down.
    pub(super) async fn settle(self) {
        let (api, id) = (self.api.clone(), self.id);
        self.keep().await;
        settle(&api, id).await;
    }
}

async fn settle(api: &Api, id: u64) {
    let request = SettleEditRequest { interaction_id: id.to_string(), request_id: String::new() };
    let settled = patiently(PATIENCE, || {
        let (mut bot, request) = (api.own().bot, request.clone());
        async move { bot.settle_edit(request).await }
    });
    if let Err(status) = settled.await {
        tracing::warn!(interaction = id, code = ?status.code(), "a debt was not forgotten");
    }
}

fn edit(by: &Interaction, owed: &Owed) -> OwedEdit {
    let body = |by: &Interaction| {
        let kept = Kept { by: by.clone(), owed: owed.clone() };
        serde_json::to_string(&kept).expect("plain data")
    };
    let mut body_json = body(by);
    if body_json.len() > LONGEST {
        // What stood on the message is the least of it.
        let mut short = by.clone();
        if let Some(message) = &mut short.message {
            message.components.clear();
            message.content.clear();
        }
        body_json = body(&short);
    }
    let expires = by.entered_at() + VALID;
    OwedEdit {
        interaction_id: by.id.to_string(),
        user_id: by.person.user_id.to_string(),
        token: by.token.expose().to_owned(),
        body: body_json,
        expire_time: Some(prost_types::Timestamp {
            seconds: expires.as_second(),
            nanos: expires.subsec_nanosecond(),
        }),
    }
}

fn read(edit: &OwedEdit, clock: &impl Clock) -> Option<(Interaction, Owed)> {
    let Kept { mut by, mut owed } = serde_json::from_str(&edit.body).ok()?;
    by.token = Secret::new(&edit.token);
    if let Owed::Later { after, .. } = &mut owed {
        let passed = clock.now().duration_since(by.entered_at());
        // A clock that is behind changes nothing; one that is ahead makes it due.
        let passed = Duration::try_from(passed).unwrap_or_default();
        *after = after.saturating_sub(passed);
    }
    Some((by, owed))
}

#[cfg(test)]
mod tests;
