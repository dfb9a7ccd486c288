//! `regiment-bot doctor`: everything that can be wrong with the bot, and what to do about it.

mod live;
mod permissions;

use std::{io::Write as _, time::Duration};

use anyhow::bail;
use regiment_proto::v1::GetCommandHashRequest;
use serde_json::Value;

use self::permissions::Needs;
use crate::{
    Api, Config, commands,
    discord::{Failure, Rest, Route},
    register::GLOBAL,
};

/// How long a request waits for the limits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connections a day below which somebody should look: Discord gives 1,000.
const FEW: u64 = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// Works, and somebody should look.
    Look,
    /// Does not work.
    Bad,
}

/// What a look at one thing showed.
#[derive(Debug)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    said: String,
}

impl Finding {
    fn good(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Good, said: said.into() }
    }

    fn look(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Look, said: said.into() }
    }

    fn bad(what: &'static str, said: impl Into<String>) -> Self {
        Self { what, verdict: Verdict::Bad, said: said.into() }
    }

    fn failed(what: &'static str, failure: Failure) -> Self {
        Self::bad(what, says(failure))
    }
}

/// Looks, and prints what it found. With `live`, the owner of the application gets a message.
///
/// # Errors
/// Where something does not work.
pub(crate) async fn run(config: &Config, live: bool) -> anyhow::Result<()> {
    let (api, rest) = (Api::connect(config)?, Rest::new(&config.discord)?);
    let mut findings = vec![Finding::good("settings", "complete")];
    findings.push(server(&api, config).await);
    match rest.ask(&Route::Me, None, PATIENCE).await {
        Ok(me) => {
            let (id, name) = (text(&me, "/id"), text(&me, "/username"));
            findings.push(Finding::good("token", format!("of {name} ({id})")));
            discord(&rest, config, &me, &mut findings).await;
            if live {
                findings.extend(live::try_out(&rest, &me).await);
            }
        }
        Err(failure) => findings.push(Finding::failed("token", failure)),
    }
    let mut out = std::io::stdout();
    for Finding { what, verdict, said } in &findings {
        let verdict = match verdict {
            Verdict::Good => "good",
            Verdict::Look => "look",
            Verdict::Bad => "bad",
        };
        writeln!(out, "{what:<16}{verdict:<6}{said}")?;
    }
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad);
    let bad: Vec<&str> = bad.map(|finding| finding.what).collect();
    if bad.is_empty() {
        return Ok(());
    }
    bail!("not in order: {}", bad.join(", "))
}

async fn server(api: &Api, config: &Config) -> Finding {
    let request = GetCommandHashRequest { scope: GLOBAL.to_owned() };
    match api.own().bot.get_command_hash(request).await {
        Err(status) => {
            let (at, says) = (&config.server, status.message());
            Finding::bad("server", format!("{at} says {:?}: {says}", status.code()))
        }
        Ok(answer) => {
            let hash = answer.into_inner().hash;
            if hash == commands::hash(&commands::global(&config.texts)) {
                Finding::good("server", format!("{}, the commands are registered", config.server))
            } else {
                Finding::look("server", "the commands have changed: run `regiment-bot register`")
            }
        }
    }
}

async fn discord(rest: &Rest, config: &Config, me: &Value, findings: &mut Vec<Finding>) {
    findings.push(match rest.ask(&Route::Application, None, PATIENCE).await {
        Err(failure) => Finding::failed("application", failure),
        Ok(application) if !text(&application, "/interactions_endpoint_url").is_empty() => {
            let said = "takes interactions at an address: clear the Interactions Endpoint URL in the developer portal";
            Finding::bad("application", said)
        }
        Ok(application) => Finding::good("application", text(&application, "/id")),
    });
    findings.push(match rest.ask(&Route::Gateway, None, PATIENCE).await {
        Err(failure) => Finding::failed("gateway", failure),
        Ok(gateway) => {
            let left = gateway.pointer("/session_start_limit/remaining").and_then(Value::as_u64);
            match left {
                Some(left) if left < FEW => {
                    Finding::look("gateway", format!("only {left} connections left today"))
                }
                Some(left) => Finding::good("gateway", format!("{left} connections left today")),
                None => Finding::look("gateway", "does not say how many connections are left"),
            }
        }
    });
    let guild_id = config.discord.guild_id;
    let guild = match rest.ask(&Route::Guild(guild_id), None, PATIENCE).await {
        Ok(guild) => guild,
        Err(failure) => {
            let said = format!("{guild_id}: {}; is the bot invited?", says(failure));
            findings.push(Finding::bad("community", said));
            return;
        }
    };
    findings.push(Finding::good("community", text(&guild, "/name")));
    findings.push(coaches(config, &guild));
    let user = text(me, "/id").parse().unwrap_or_default();
    let member = match rest.ask(&Route::Member { guild: guild_id, user }, None, PATIENCE).await {
        Ok(member) => member,
        Err(failure) => return findings.push(Finding::failed("membership", failure)),
    };
    let named = [
        ("coach channel", Some(config.discord.coach_channel_id)),
        ("public channel", config.discord.public_channel_id),
        ("honors channel", config.discord.honors_channel_id),
    ];
    for (what, id) in named {
        findings.push(match id {
            None => Finding::look(what, "not set: what would go there is not sent"),
            Some(id) => match rest.ask(&Route::Channel(id), None, PATIENCE).await {
                Err(failure) => Finding::bad(what, format!("{id}: {}", says(failure))),
                Ok(channel) => writable(what, &guild, &member, &channel),
            },
        });
    }
}

/// Looks whether the roles of coaches are there.
fn coaches(config: &Config, guild: &Value) -> Finding {
    let roles = guild.get("roles").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_there = |id: &str| roles.iter().any(|role| text(role, "/id") == id);
    let wanted = &config.discord.coach_role_ids;
    match wanted.iter().find(|id| !is_there(id)) {
        _ if wanted.is_empty() => {
            Finding::look("coaches", "DISCORD_COACH_ROLE_IDS is not set: nobody is a coach")
        }
        Some(missing) => Finding::bad("coaches", format!("there is no role {missing}")),
        None => Finding::good("coaches", format!("{} roles", wanted.len())),
    }
}

/// Looks whether the bot may do in a channel what it has to.
fn writable(what: &'static str, guild: &Value, member: &Value, channel: &Value) -> Finding {
    if text(channel, "/guild_id") != text(guild, "/id") {
        return Finding::bad(what, "is in another community");
    }
    let may = permissions::of(guild, member, channel);
    let lacking: Vec<&str> =
        Needs::ALL.into_iter().filter(|need| may & need.bit() == 0).map(Needs::name).collect();
    if lacking.is_empty() {
        Finding::good(what, text(channel, "/name"))
    } else {
        Finding::bad(what, format!("the bot lacks there: {}", lacking.join(", ")))
    }
}

/// Says what went wrong, and what to do about it.
fn says(failure: Failure) -> String {
    match failure {
        Failure::Unauthorized => "Discord does not know the token: set DISCORD_TOKEN".to_owned(),
        Failure::Refused { status, code } => format!("Discord refuses ({status}, code {code})"),
        Failure::RateLimited { wait, .. } | Failure::Held { wait, .. } => {
            format!("Discord says to wait for {} seconds", wait.as_secs())
        }
        Failure::Blocked => {
            "what stands before Discord refuses: try again in 10 minutes".to_owned()
        }
        Failure::Failed(status) => format!("Discord fails ({status})"),
        Failure::Unanswered => "Discord does not answer".to_owned(),
        Failure::Unreachable => {
            "Discord can't be reached: look at DISCORD_API_BASE and the network".to_owned()
        }
    }
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}
