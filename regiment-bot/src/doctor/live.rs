//! What can only be tried with a real token: one direct message to the owner of the application, sent
//! twice with one nonce and looked up.

use serde_json::{Value, json};

use super::{Finding, PATIENCE, text};
use crate::{
    CustomIds, For, Note,
    discord::{Body, Failure, Rest, Route},
};

/// What the owner reads.
const WORDS: &str = "`regiment-bot doctor --live`: this message was sent twice with one nonce. If you see it once, \
     no order will ever come twice.";

/// Sends the message and looks it up.
pub(super) async fn try_out(rest: &Rest, me: &Value) -> Vec<Finding> {
    match write(rest, me).await {
        Ok(findings) => findings,
        Err(failure) => vec![Finding::failed("live", failure)],
    }
}

async fn write(rest: &Rest, me: &Value) -> Result<Vec<Finding>, Failure> {
    let application = rest.ask(&Route::Application, None, PATIENCE).await?;
    let owner = match text(&application, "/team/owner_user_id") {
        "" => text(&application, "/owner/id"),
        of_team => of_team,
    };
    let recipient = Body::of(json!({"recipient_id": owner}));
    let opened = rest.ask(&Route::OpenDm, Some(&recipient), PATIENCE).await?;
    let channel = text(&opened, "/id").parse().map_err(|_| Failure::Unanswered)?;

    let nonce = format!("doctor{:016x}", getrandom::u64().unwrap_or_default());
    // It has no controls, so that no key is needed.
    let body = Body::edit(&Note::new(WORDS), &CustomIds::new(&[], None), For::Coaches);
    let body = body.with_nonce(&nonce);
    let route = Route::CreateMessage(channel);
    let first = rest.ask(&route, Some(&body), PATIENCE).await?;
    let second = rest.ask(&route, Some(&body), PATIENCE).await?;
    let mut findings = vec![Finding::good("live", "the owner has a direct message")];
    findings.push(if text(&first, "/id") == text(&second, "/id") {
        Finding::good("nonce", "a repeat is answered with the first message")
    } else {
        Finding::bad("nonce", "the message was sent twice: Discord does not enforce nonces")
    });
    let page = rest.ask(&Route::Messages { channel, before: None }, None, PATIENCE).await?;
    let found = page
        .as_array()
        .and_then(|page| page.iter().find(|message| text(message, "/id") == text(&first, "/id")));
    findings.push(match found {
        None => Finding::bad("look-up", "the message is not among those of its channel"),
        Some(found) if text(found, "/author/id") != text(me, "/id") => {
            Finding::bad("look-up", "the message is said to be somebody else's")
        }
        Some(found) if text(found, "/content").is_empty() => {
            Finding::bad("look-up", "the message comes without its text, and with it its number")
        }
        Some(_) => Finding::good("look-up", "the message is found with its text"),
    });
    Ok(findings)
}
