//! The routes of Discord's API that the bot asks, and how each counts.

use reqwest::Method;

use super::interaction::Ticket;

/// A route, with its ids.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Route {
    /// Who the bot is.
    Me,
    /// Which application it belongs to.
    Application,
    /// Where the gateway is.
    Gateway,
    /// A community.
    Guild(u64),
    /// The bot, or somebody else, as a member of a community.
    Member { guild: u64, user: u64 },
    /// A channel.
    Channel(u64),
    /// The messages of a channel, up to 100, the newest first or those before one.
    Messages { channel: u64, before: Option<u64> },
    /// A new message.
    CreateMessage(u64),
    /// A message of the bot's, changed.
    EditMessage { channel: u64, message: u64 },
    /// A person's direct messages.
    OpenDm,
    /// The commands of the application: everywhere, or in one community.
    Commands { application: u64, guild: Option<u64> },
    /// The first answer to an interaction.
    Callback(Ticket),
    /// The answer that was given, changed.
    EditAnswer { application: u64, ticket: Ticket },
    /// The answer that was given, taken back.
    DeleteAnswer { application: u64, ticket: Ticket },
    /// A further answer.
    FollowUp { application: u64, ticket: Ticket },
}

/// By what Discord's limits tell routes apart.
pub(crate) type Slot = (&'static str, u64);

/// With what a route is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// With the bot's token, under all limits.
    Bot,
    /// With the credential of an interaction, which the bot's limits do not concern.
    Interaction,
}

impl Route {
    /// Returns the route without its ids, as reports name it.
    pub(crate) fn line(&self) -> &'static str {
        match self {
            Self::Me => "GET /users/@me",
            Self::Application => "GET /applications/@me",
            Self::Gateway => "GET /gateway/bot",
            Self::Guild(_) => "GET /guilds/{guild}",
            Self::Member { .. } => "GET /guilds/{guild}/members/{user}",
            Self::Channel(_) => "GET /channels/{channel}",
            Self::Messages { .. } => "GET /channels/{channel}/messages",
            Self::CreateMessage(_) => "POST /channels/{channel}/messages",
            Self::EditMessage { .. } => "PATCH /channels/{channel}/messages/{message}",
            Self::OpenDm => "POST /users/@me/channels",
            Self::Commands { guild: None, .. } => "PUT /applications/{application}/commands",
            Self::Commands { guild: Some(_), .. } => {
                "PUT /applications/{application}/guilds/{guild}/commands"
            }
            Self::Callback(_) => "POST /interactions/{interaction}/{token}/callback",
            Self::EditAnswer { .. } => "PATCH /webhooks/{application}/{token}/messages/@original",
            Self::DeleteAnswer { .. } => {
                "DELETE /webhooks/{application}/{token}/messages/@original"
            }
            Self::FollowUp { .. } => "POST /webhooks/{application}/{token}",
        }
    }

    /// Returns the path, below the version of the API.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Me => "users/@me".to_owned(),
            Self::Application => "applications/@me".to_owned(),
            Self::Gateway => "gateway/bot".to_owned(),
            Self::Guild(guild) => format!("guilds/{guild}"),
            Self::Member { guild, user } => format!("guilds/{guild}/members/{user}"),
            Self::Channel(channel) => format!("channels/{channel}"),
            Self::Messages { channel, before: None } => {
                format!("channels/{channel}/messages?limit=100")
            }
            Self::Messages { channel, before: Some(before) } => {
                format!("channels/{channel}/messages?limit=100&before={before}")
            }
            Self::CreateMessage(channel) => format!("channels/{channel}/messages"),
            Self::EditMessage { channel, message } => {
                format!("channels/{channel}/messages/{message}")
            }
            Self::OpenDm => "users/@me/channels".to_owned(),
            Self::Commands { application, guild: None } => {
                format!("applications/{application}/commands")
            }
            Self::Commands { application, guild: Some(guild) } => {
                format!("applications/{application}/guilds/{guild}/commands")
            }
            Self::Callback(Ticket { id, token }) => {
                format!("interactions/{id}/{}/callback", token.expose())
            }
            Self::EditAnswer { application, ticket }
            | Self::DeleteAnswer { application, ticket } => {
                format!("webhooks/{application}/{}/messages/@original", ticket.token.expose())
            }
            Self::FollowUp { application, ticket } => {
                format!("webhooks/{application}/{}", ticket.token.expose())
            }
        }
    }

    /// Returns the method.
    pub(crate) fn method(&self) -> Method {
        let (method, _) = self.line().split_once(' ').expect("a line begins with its method");
        method.parse().expect("it is a method")
    }

    /// Returns with what it is asked.
    pub(crate) fn credential(&self) -> Credential {
        match self {
            Self::Callback(_)
            | Self::EditAnswer { .. }
            | Self::DeleteAnswer { .. }
            | Self::FollowUp { .. } => Credential::Interaction,
            Self::Me
            | Self::Application
            | Self::Gateway
            | Self::Guild(_)
            | Self::Member { .. }
            | Self::Channel(_)
            | Self::Messages { .. }
            | Self::CreateMessage(_)
            | Self::EditMessage { .. }
            | Self::OpenDm
            | Self::Commands { .. } => Credential::Bot,
        }
    }

    /// Returns by what Discord's limits tell it from others.
    pub(crate) fn slot(&self) -> Slot {
        let major = match self {
            Self::Guild(guild) | Self::Member { guild, .. } => *guild,
            Self::Channel(channel)
            | Self::Messages { channel, .. }
            | Self::CreateMessage(channel)
            | Self::EditMessage { channel, .. } => *channel,
            Self::Commands { guild, .. } => guild.unwrap_or_default(),
            Self::Callback(ticket)
            | Self::EditAnswer { ticket, .. }
            | Self::DeleteAnswer { ticket, .. }
            | Self::FollowUp { ticket, .. } => ticket.id,
            Self::Me | Self::Application | Self::Gateway | Self::OpenDm => 0,
        };
        (self.line(), major)
    }

    /// Returns the channel in which something is written or read.
    pub(crate) fn channel(&self) -> Option<u64> {
        match self {
            Self::Messages { channel, .. }
            | Self::CreateMessage(channel)
            | Self::EditMessage { channel, .. } => Some(*channel),
            Self::Me
            | Self::Application
            | Self::Gateway
            | Self::Guild(_)
            | Self::Member { .. }
            | Self::Channel(_)
            | Self::OpenDm
            | Self::Commands { .. }
            | Self::Callback(_)
            | Self::EditAnswer { .. }
            | Self::DeleteAnswer { .. }
            | Self::FollowUp { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use regiment_core::Secret;

    use super::*;

    #[test]
    fn a_line_names_the_method_and_no_id() {
        let ticket = Ticket { id: 3, token: Secret::new("hush") };
        let route = Route::EditAnswer { application: 1, ticket };
        assert_eq!(route.method(), Method::PATCH);
        assert_eq!(route.path(), "webhooks/1/hush/messages/@original");
        assert_eq!(route.slot(), ("PATCH /webhooks/{application}/{token}/messages/@original", 3));
        assert!(!format!("{route:?}").contains("hush"));
    }

    #[test]
    fn channels_have_limits_of_their_own() {
        assert_ne!(Route::CreateMessage(1).slot(), Route::CreateMessage(2).slot());
        assert_ne!(
            Route::CreateMessage(1).slot(),
            Route::Messages { channel: 1, before: None }.slot()
        );
    }
}
