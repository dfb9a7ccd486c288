//! Looks a message up of which nobody knows whether it was sent: by its nonce, and by the order number
//! that it shows.

use std::time::Duration;

use serde_json::Value;

use crate::discord::{Failure, Rest, Route};

/// How many pages of 100 messages are looked through.
const PAGES: usize = 5;

/// Messages on a full page.
const PAGE: usize = 100;

/// What a message is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks<'a> {
    /// Who has written it: the bot.
    pub(super) author: u64,
    /// Its nonce, where Discord still tells it.
    pub(super) nonce: &'a str,
    /// What stands in its text.
    pub(super) order_number: &'a str,
}

/// What a look-up shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The message is there, under this id.
    There(String),
    /// It is not.
    NotThere,
    /// Nobody can tell now.
    Unclear,
    /// The bot may not look.
    Forbidden,
}

/// Looks a message up in a channel.
pub(super) async fn find(rest: &Rest, channel: u64, marks: Marks<'_>, patience: Duration) -> Found {
    let mut before = None;
    for _ in 0..PAGES {
        let page = match rest.ask(&Route::Messages { channel, before }, None, patience).await {
            Ok(Value::Array(page)) => page,
            Err(Failure::Refused { .. }) => return Found::Forbidden,
            Ok(_) | Err(_) => return Found::Unclear,
        };
        if let Some(id) = page.iter().find(|message| bears(message, marks)).and_then(id) {
            return Found::There(id.to_owned());
        }
        before = page.last().and_then(id).and_then(|id| id.parse().ok());
        if page.len() < PAGE {
            return Found::NotThere;
        }
    }
    Found::NotThere
}

fn id(message: &Value) -> Option<&str> {
    message.get("id").and_then(Value::as_str)
}

fn bears(message: &Value, marks: Marks<'_>) -> bool {
    let text = |path: &str| message.pointer(path).and_then(Value::as_str).unwrap_or_default();
    text("/author/id") == marks.author.to_string()
        && (text("/nonce") == marks.nonce || text("/content").contains(marks.order_number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MARKS: Marks<'static> =
        Marks { author: 7, nonce: "Q9W1DFWF07AAAAAAAAAAAAAAA", order_number: "Q9W1DFWF" };

    #[track_caller]
    fn check(message: &Value, expected: bool) {
        assert_eq!(bears(message, MARKS), expected, "{message}");
    }

    #[test]
    fn a_message_is_known_by_its_nonce_or_by_its_order_number() {
        let own = json!({"id": "7"});
        check(&json!({"author": own, "nonce": MARKS.nonce, "content": ""}), true);
        check(&json!({"author": own, "content": "**FUEL**\n-# Order Q9W1DFWF"}), true);
        check(
            &json!({"author": own, "nonce": 12, "content": "**FUEL**\n-# Order AAAAAAAA"}),
            false,
        );
        check(&json!({"author": own}), false);
    }

    #[test]
    fn what_somebody_else_writes_is_not_ours() {
        check(&json!({"author": {"id": "8"}, "content": "where is Q9W1DFWF?"}), false);
        check(&json!({"content": "Q9W1DFWF"}), false);
    }
}
