//! What coaches do with commands: see how clients stand, pause, resume and excuse them.

use regiment_core::{UserId, message::Decision, record::ExcuseRequest};
use regiment_proto::v1::{
    Client, ClientStatus, ClientSummary, ClientView, DecideExcuseRequestRequest, DutyState,
    ExcuseClientRequest, ExcuseDecision, ExcuseReason, ExcuseRequest as Waiting, ExcuseSpan, Gate,
    GetTodayRequest, ListClientsRequest, ListExcuseRequestsRequest, PauseClientRequest,
    ResumeClientRequest,
};

use super::{Outcome, Trouble, Visit, words};
use crate::{
    Action, Answer, Note, Style, Texts,
    compose::{Block, Page},
    controls::Control,
    discord::Options,
    line::{Line, Value},
    render,
    texts::Key,
};

/// How many clients or requests one note lists.
const LISTED: i32 = 12;

impl Visit<'_> {
    /// Shows how clients stand, those who need a coach most first, or one of them in full.
    pub(super) async fn status(&self, options: &Options) -> Outcome {
        self.coach()?;
        let one = options.user("client");
        let request = ListClientsRequest {
            page_size: LISTED,
            query: one.map(|user_id| user_id.to_string()).unwrap_or_default(),
            order_by: "need".to_owned(),
            view: ClientView::Summary.into(),
            statuses: match one {
                Some(_) => Vec::new(),
                None => vec![ClientStatus::Pending.into(), ClientStatus::Active.into()],
            },
            ..ListClientsRequest::default()
        };
        let found = self.calls.clients.clone().list_clients(request).await?.into_inner().clients;
        let Some(user_id) = one else {
            return Ok(Answer::Note(overview(&found, self.texts())));
        };
        let client = found.iter().find(|client| client.user_id == user_id.as_str());
        let client = client.ok_or(Trouble::Said(Key::NoSuchClient))?;
        Ok(Answer::Note(in_full(client, self.texts())))
    }

    /// Pauses a client.
    pub(super) async fn pause(&self, options: &Options) -> Outcome {
        self.coach()?;
        let (user_id, name) = client(options)?;
        let until = options.text("until").unwrap_or_default().trim().to_owned();
        let request = PauseClientRequest {
            name,
            reason: options.text("reason").unwrap_or_default().to_owned(),
            until: until.clone(),
            etag: String::new(),
            request_id: self.by.request_id(),
        };
        self.calls.clients.clone().pause_client(request).await?;
        let key = if until.is_empty() { Key::PausedOpen } else { Key::PausedUntil };
        let values = vec![("client", mention(user_id)), ("until", Value::name(&until))];
        Ok(Answer::Note(words::note(self.texts(), Line::Text(key, values))))
    }

    /// Ends a client's pause.
    pub(super) async fn resume(&self, options: &Options) -> Outcome {
        self.coach()?;
        let (user_id, name) = client(options)?;
        let request = ResumeClientRequest {
            name,
            reason: options.text("reason").unwrap_or_default().to_owned(),
            etag: String::new(),
            request_id: self.by.request_id(),
        };
        self.calls.clients.clone().resume_client(request).await?;
        let said = words::with(Key::Resumed, "client", mention(user_id));
        Ok(Answer::Note(words::note(self.texts(), said)))
    }

    /// Excuses a client, or, where none is named, shows who asks for it.
    pub(super) async fn excuse_command(&self, options: &Options) -> Outcome {
        self.coach()?;
        if options.user("client").is_none() {
            return Ok(Answer::Note(self.waiting().await?));
        }
        let (user_id, name) = client(options)?;
        let date = |option| options.text(option).map(|date| date.trim().to_owned());
        let from_date = if let Some(from) = date("from") {
            from
        } else {
            let request = GetTodayRequest { name: name.clone() };
            self.calls.clients.clone().get_today(request).await?.into_inner().date
        };
        let until_date = date("until").unwrap_or_else(|| from_date.clone());
        let reason = match options.text("why") {
            Some("injury") => ExcuseReason::Injury,
            Some("illness") => ExcuseReason::Illness,
            Some("travel") => ExcuseReason::Travel,
            Some("family") => ExcuseReason::Family,
            _ => ExcuseReason::Other,
        };
        let span = ExcuseSpan {
            from_date: from_date.clone(),
            until_date: until_date.clone(),
            reason: reason.into(),
            ..ExcuseSpan::default()
        };
        let request_id = self.by.request_id();
        let request =
            ExcuseClientRequest { name, span: Some(span), note: String::new(), request_id };
        self.calls.clients.clone().excuse_client(request).await?;
        let values = vec![
            ("client", mention(user_id)),
            ("from", Value::name(&from_date)),
            ("until", Value::name(&until_date)),
        ];
        Ok(Answer::Note(words::note(self.texts(), Line::Text(Key::Excused, values))))
    }

    /// Answers a request to be excused, and shows those that still wait.
    pub(super) async fn decide_excuse(
        &self,
        user_id: UserId,
        id: regiment_core::Id<ExcuseRequest>,
        decision: Decision,
    ) -> Outcome {
        self.coach()?;
        let decision = match decision {
            Decision::Granted => ExcuseDecision::Grant,
            Decision::Refused => ExcuseDecision::Refuse,
        };
        let request = DecideExcuseRequestRequest {
            name: format!("clients/{user_id}/excuseRequests/{id}"),
            decision: decision.into(),
            note: String::new(),
            request_id: self.by.request_id(),
        };
        self.calls.clients.clone().decide_excuse_request(request).await?;
        Ok(Answer::Changed(self.waiting().await?))
    }

    async fn waiting(&self) -> Result<Note, Trouble> {
        let request =
            ListExcuseRequestsRequest { page_size: LISTED, ..ListExcuseRequestsRequest::default() };
        let found = self.calls.clients.clone().list_excuse_requests(request).await?;
        Ok(waiting(&found.into_inner().excuse_requests, self.texts()))
    }
}

/// Returns the client that a command names, and his name in the API.
fn client(options: &Options) -> Result<(UserId, String), Trouble> {
    let user_id = options.user("client").ok_or(Trouble::Said(Key::NoSuchClient))?;
    Ok((user_id, format!("clients/{user_id}")))
}

/// Names a person for coaches; nobody is notified by it.
fn mention(user_id: UserId) -> Value {
    Value::ours(format_args!("<@{user_id}>"))
}

fn called(client: &Client) -> Value {
    let named = [&client.display_name, &client.alias, &client.user_id];
    named
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or_else(|| Value::name(""), |it| Value::name(it))
}

fn overview(clients: &[Client], texts: &Texts) -> Note {
    let line = |client: &Client| {
        let summary = client.summary.clone().unwrap_or_default();
        let values = vec![
            ("client", called(client)),
            ("state", Line::from(state(client, &summary)).into()),
            ("done", Value::ours(answered(&summary))),
            ("asked", Value::ours(summary.duties.len())),
            ("cards", Value::ours(summary.open_cards)),
        ];
        Line::Text(Key::StatusLine, values)
    };
    let mut lines: Vec<Line> = clients.iter().map(line).collect();
    if lines.is_empty() {
        lines.push(Key::StatusNobody.into());
    }
    let blocks = lines.into_iter().map(|line| Block { heading: None, lines: vec![line] });
    let page = Page { blocks: blocks.collect(), ..Page::titled(Key::StatusTitle) };
    render::note(&page, texts)
}

fn in_full(client: &Client, texts: &Texts) -> Note {
    let summary = client.summary.clone().unwrap_or_default();
    let number = |key, name: &'static str, value: i32| words::with(key, name, Value::ours(value));
    let mut lines: Vec<Line> = vec![state(client, &summary).into()];
    let values = vec![
        ("done", Value::ours(answered(&summary))),
        ("asked", Value::ours(summary.duties.len())),
    ];
    lines.push(Line::Text(Key::StatusToday, values));
    lines.push(number(Key::StatusStreak, "days", summary.streak));
    lines.push(Line::Text(
        Key::StatusEvents,
        vec![
            ("week", Value::ours(summary.events_7_days)),
            ("fortnight", Value::ours(summary.events_14_days)),
        ],
    ));
    if let Some(trend) = &summary.weight_trend {
        let weight = |kg: f64| Value::ours(format_args!("{kg:+.2}"));
        let values = vec![
            ("weight", Value::ours(format_args!("{:.1}", trend.level_kg))),
            ("change", weight(trend.kg_per_week)),
        ];
        lines.push(Line::Text(Key::StatusWeight, values));
    }
    let flags = if summary.flags.is_empty() {
        "—".to_owned()
    } else {
        summary.flags.join(", ").replace('_', " ").replace(':', ": ")
    };
    let values = vec![("cards", Value::ours(summary.open_cards)), ("flags", Value::Words(flags))];
    lines.push(Line::Text(Key::StatusCards, values));
    if let Some(next) = words::at(summary.next_trigger_time.as_ref()) {
        lines.push(words::with(Key::TodayNext, "at", words::moment(next, 'f')));
    }
    let title = words::with(Key::StatusOf, "client", called(client));
    let page = Page { blocks: vec![Block { heading: None, lines }], ..Page::titled(title) };
    render::note(&page, texts)
}

fn state(client: &Client, summary: &ClientSummary) -> Key {
    match (client.status(), summary.gate()) {
        (ClientStatus::Pending, _) => Key::StatePending,
        (ClientStatus::Archived, _) => Key::StateLeft,
        (_, Gate::Paused) => Key::StatePaused,
        (_, Gate::NotStarted) => Key::StateNotStarted,
        (
            ClientStatus::Active | ClientStatus::Unspecified,
            Gate::Open | Gate::NotActive | Gate::Unspecified,
        ) => Key::StateActive,
    }
}

fn answered(summary: &ClientSummary) -> usize {
    let is_answered = |state| state != DutyState::Open && state != DutyState::Missed;
    summary.duties.iter().filter(|duty| is_answered(duty.state())).count()
}

fn waiting(requests: &[Waiting], texts: &Texts) -> Note {
    let mut lines: Vec<Line> = Vec::new();
    let mut groups = Vec::new();
    for (n, request) in (1..).zip(requests) {
        let Some((user_id, id)) = read_name(&request.name) else { continue };
        let span = request.span.clone().unwrap_or_default();
        lines.push(Line::Text(
            Key::ExcuseLine,
            vec![
                ("number", Value::ours(n)),
                ("client", mention(user_id)),
                ("from", Value::name(&span.from_date)),
                ("until", Value::name(&span.until_date)),
            ],
        ));
        let button = |decision, key, style| {
            let label = words::with(key, "number", Value::ours(n));
            Control::new(Action::DecideExcuse { user_id, id, decision }, label, style)
        };
        groups.push(vec![
            button(Decision::Granted, Key::GrantExcuse, Style::Success),
            button(Decision::Refused, Key::RefuseExcuse, Style::Danger),
        ]);
    }
    if lines.is_empty() {
        lines.push(Key::ExcuseNobody.into());
    }
    let blocks = vec![Block { heading: None, lines }];
    let page = Page { blocks, groups, ..Page::titled(Key::ExcuseWaiting) };
    render::note(&page, texts)
}

fn read_name(name: &str) -> Option<(UserId, regiment_core::Id<ExcuseRequest>)> {
    let (user_id, id) = name.strip_prefix("clients/")?.split_once("/excuseRequests/")?;
    Some((user_id.parse().ok()?, id.parse().ok()?))
}

#[cfg(test)]
mod tests;
