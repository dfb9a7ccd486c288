//! How a person is reached, as the server keeps it.

use regiment_proto::v1::{Contact, GetContactRequest, SaveContactRequest};

use crate::Api;

/// What is known of a channel of direct messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It was opened, which says nothing of whether he takes messages there.
    Opened,
    /// He wrote there himself.
    Used,
}

/// Keeps the channel of somebody's direct messages. Where that fails, it is opened or shown again.
pub(crate) async fn keep(api: &Api, user_id: &str, channel: u64, shown: Shown) {
    if let Err(status) = try_keep(api, user_id, channel, shown).await {
        tracing::warn!(code = ?status.code(), "a channel of direct messages was not kept");
    }
}

async fn try_keep(
    api: &Api,
    user_id: &str,
    channel: u64,
    shown: Shown,
) -> Result<(), tonic::Status> {
    let mut bot = api.own().bot;
    let known = bot.get_contact(GetContactRequest { user_id: user_id.to_owned() }).await?;
    let known = known.into_inner().contact.unwrap_or_default();
    if let Some(contact) = learn(&known, user_id, channel, shown) {
        let request_id = String::new();
        bot.save_contact(SaveContactRequest { contact: Some(contact), request_id }).await?;
    }
    Ok(())
}

/// Returns what is to be kept, if it is news.
fn learn(known: &Contact, user_id: &str, channel: u64, shown: Shown) -> Option<Contact> {
    let learned = Contact {
        user_id: user_id.to_owned(),
        dm_channel_id: channel.to_string(),
        is_dm_closed: known.is_dm_closed && shown == Shown::Opened,
        // The server's to say.
        dm_closed_time: None,
    };
    let is_news =
        learned.dm_channel_id != known.dm_channel_id || learned.is_dm_closed != known.is_dm_closed;
    is_news.then_some(learned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(channel: &str, is_dm_closed: bool) -> Contact {
        Contact {
            user_id: "7".to_owned(),
            dm_channel_id: channel.to_owned(),
            is_dm_closed,
            dm_closed_time: None,
        }
    }

    #[test]
    fn a_channel_that_was_opened_says_nothing_of_who_takes_messages() {
        let learned = learn(&contact("", true), "7", 9, Shown::Opened);
        assert_eq!(learned, Some(contact("9", true)));
    }

    #[test]
    fn who_writes_there_takes_messages_there() {
        let learned = learn(&contact("9", true), "7", 9, Shown::Used);
        assert_eq!(learned, Some(contact("9", false)));
    }

    #[test]
    fn what_is_known_is_not_kept_again() {
        assert_eq!(learn(&contact("9", false), "7", 9, Shown::Used), None);
        assert_eq!(learn(&contact("9", true), "7", 9, Shown::Opened), None);
    }
}
