//! What the bot says of itself: how it stands every 20 seconds, and an alert where somebody has to
//! look.

use std::time::Duration;

use jiff::SignedDuration;
use regiment_core::{Clock as _, SystemClock};
use regiment_proto::v1::{DiscordRequests, RaiseAlertRequest, ReportBotRequest, Severity};
use tokio_util::sync::CancellationToken;

use crate::{
    Api,
    api::patiently,
    discord::{Rest, Standing, gateway::Connection},
};

/// How often it is said how the bot stands.
const EVERY: Duration = Duration::from_secs(20);

/// How long an alert waits for the server.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most rows and the longest text that the server takes.
const ROWS: usize = 200;
const LONGEST: usize = 300;

/// Something for a coach or an admin to look at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alarm {
    severity: Severity,
    text: String,
    request_id: String,
}

impl Alarm {
    /// An interaction that could not be read.
    pub(crate) fn unreadable(text: String, interaction: Option<u64>) -> Self {
        let request_id = interaction.map(|id| format!("unread-{id}")).unwrap_or_default();
        Self { severity: Severity::High, text, request_id }
    }

    /// An answer that Discord did not take.
    pub(crate) fn mistake(text: String, interaction: u64) -> Self {
        Self { severity: Severity::High, text, request_id: format!("refused-{interaction}") }
    }

    /// The commands could not be registered.
    pub(crate) fn commands(error: &anyhow::Error) -> Self {
        let text = format!("The bot's commands could not be registered: {error}.");
        Self { severity: Severity::High, text, request_id: String::new() }
    }

    /// The bot can't go on.
    pub(crate) fn end(text: String) -> Self {
        Self { severity: Severity::Critical, text, request_id: String::new() }
    }

    /// Nothing is asked of Discord for a while.
    fn pause(left: Duration) -> Self {
        let text = format!(
            "Discord refuses the bot's requests: nothing is sent for {} minutes.",
            left.as_secs().div_ceil(60)
        );
        Self { severity: Severity::Critical, text, request_id: String::new() }
    }
}

/// Raises an alert. Where the server does not take it, the log has it.
pub(crate) async fn raise(api: &Api, alarm: Alarm) {
    let Alarm { severity, mut text, request_id } = alarm;
    tracing::error!(text, "an alert");
    text = text.chars().take(LONGEST).collect();
    let request =
        RaiseAlertRequest { severity: severity.into(), text, client: String::new(), request_id };
    let raised = patiently(PATIENCE, || {
        let (mut bot, request) = (api.own().bot, request.clone());
        async move { bot.raise_alert(request).await }
    });
    if let Err(status) = raised.await {
        tracing::error!(code = ?status.code(), "an alert was not raised");
    }
}

/// Reports until `stop` is given, and once more then.
pub(crate) async fn run(
    api: Api,
    rest: Rest,
    connection: Connection,
    bot_id: String,
    stop: CancellationToken,
) {
    let mut ticks = tokio::time::interval(EVERY);
    let mut changes = connection.changes();
    let mut was_paused = false;
    loop {
        let is_over = tokio::select! {
            _ = ticks.tick() => false,
            () = rest.trouble() => false,
            // Its other end is held here.
            _ = changes.changed() => false,
            () = stop.cancelled() => true,
        };
        let standing = rest.standing();
        // A short wait is daily business.
        let long = standing.pause.filter(|left| *left > EVERY);
        if let (Some(left), false) = (long, was_paused) {
            raise(&api, Alarm::pause(left)).await;
        }
        was_paused = long.is_some();
        let request = report(standing, &bot_id, connection.stands() && !is_over);
        if let Err(status) = api.own().bot.report_bot(request).await {
            tracing::debug!(code = ?status.code(), "the report was not taken");
        }
        if is_over {
            return;
        }
    }
}

fn report(standing: Standing, bot_id: &str, is_connected: bool) -> ReportBotRequest {
    let Standing { requests, waited, invalid, pause, is_unauthorized: _ } = standing;
    let rows = requests.into_iter().take(ROWS).map(|((route, code), count)| DiscordRequests {
        route: route.to_owned(),
        code: code.into(),
        count,
    });
    let paused_until = pause.and_then(|left| SignedDuration::try_from(left).ok()).map(|left| {
        let until = SystemClock.now() + left;
        prost_types::Timestamp { seconds: until.as_second(), nanos: until.subsec_nanosecond() }
    });
    ReportBotRequest {
        bot_id: bot_id.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        is_connected,
        requests: rows.collect(),
        waited_ms: i64::try_from(waited.as_millis()).unwrap_or(i64::MAX),
        invalid_requests: i32::try_from(invalid).unwrap_or(i32::MAX),
        paused_until_time: paused_until,
        request_id: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> Standing {
        Standing {
            requests: [(("GET /users/@me", 200), 1), (("POST /users/@me/channels", 429), 7)].into(),
            waited: Duration::from_millis(1_500),
            invalid: 7,
            pause: None,
            is_unauthorized: false,
        }
    }

    #[test]
    fn a_report_counts_requests_by_route_and_answer() {
        let report = report(standing(), "bot-1", true);
        let rows: Vec<_> =
            report.requests.iter().map(|row| (row.route.as_str(), row.code, row.count)).collect();
        assert_eq!(rows, [("GET /users/@me", 200, 1), ("POST /users/@me/channels", 429, 7)]);
        assert_eq!((report.waited_ms, report.invalid_requests), (1_500, 7));
        assert!(report.is_connected && report.paused_until_time.is_none());
    }

    #[test]
    fn a_pause_is_told_by_its_end() {
        let paused = Standing { pause: Some(Duration::from_mins(10)), ..standing() };
        let until = report(paused, "bot-1", true).paused_until_time.unwrap();
        let left = until.seconds - SystemClock.now().as_second();
        assert!((599..=601).contains(&left), "{left}");
    }

    #[test]
    fn the_alarm_of_a_pause_says_how_long_it_lasts() {
        let said = |seconds| Alarm::pause(Duration::from_secs(seconds)).text;
        assert!(said(600).ends_with("for 10 minutes."));
        assert!(said(601).ends_with("for 11 minutes."));
    }
}
