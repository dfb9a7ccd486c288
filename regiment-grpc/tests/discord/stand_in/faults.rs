//! What may go wrong with a request.

use std::time::Duration;

use super::spec::Route;

/// Which requests it goes wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Anything,
    /// `GET /gateway` and `/gateway/bot`.
    GatewayUrl,
    /// The first answer to an interaction.
    Callback,
    /// `PATCH …/messages/@original`.
    EditAnswer,
    OpenDirect,
    CreateMessage,
}

impl On {
    pub(crate) fn covers(self, route: &Route) -> bool {
        let is = |method, template: &str| route.method == method && route.template == template;
        match self {
            Self::Anything => true,
            Self::GatewayUrl => is("get", "/gateway") || is("get", "/gateway/bot"),
            Self::Callback => {
                is("post", "/interactions/{interaction_id}/{interaction_token}/callback")
            }
            Self::EditAnswer => {
                is("patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original")
            }
            Self::OpenDirect => is("post", "/users/@me/channels"),
            Self::CreateMessage => is("post", "/channels/{channel_id}/messages"),
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// The connection ends before anything is done.
    HangUp,
    /// It is done, and the connection ends without an answer.
    HangUpAfter,
    /// It is done, and there is never an answer.
    SilentAfter,
    /// It is refused with a status and a code of Discord's.
    Refuse(u16, u32),
    /// It is refused with a status and a page of HTML, as by what stands before Discord.
    Html(u16),
    /// 429, for so many seconds.
    Limit(Limit, f64),
    /// It is done, and half of the answer comes.
    Cut,
    /// It is done, and the answer comes in drops over so long.
    Trickle(Duration),
    /// It is done, and the answer has fields that nobody knows.
    Embellish,
}

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The route's.
    Route,
    /// The channel's, which others share.
    Shared,
    /// The bot's.
    Global,
    /// Nobody says: there are no headers.
    Bare,
}

/// A fault that waits for its requests.
#[derive(Debug, Clone)]
pub(crate) struct Armed {
    pub(crate) on: On,
    pub(crate) fault: Fault,
    pub(crate) left: u32,
}

/// Takes the fault that is due for a request.
pub(crate) fn take(armed: &mut Vec<Armed>, route: &Route) -> Option<Fault> {
    let place = armed.iter().position(|armed| armed.on.covers(route))?;
    let found = &mut armed[place];
    let fault = found.fault;
    found.left -= 1;
    if found.left == 0 {
        armed.remove(place);
    }
    Some(fault)
}
