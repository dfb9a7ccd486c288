//! `regiment doctor`: everything that can be wrong with a deployment, and what to do about it.

use anyhow::bail;
use jiff::Timestamp;
use regiment_core::engine::conditions;
use regiment_core::engine::schedule::SystemTrigger;
use regiment_core::store::{Examination, Store, Tx};
use regiment_core::{Clock as _, SystemClock};

use super::policy;
use crate::config::Config;
use crate::server::check_exposure;
use crate::terminal::{Align, count, print, table};

/// The most rows of a kind that are counted.
const MANY: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    /// Works, and somebody should look.
    Look,
    /// Does not work.
    Bad,
}

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
}

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let mut findings = vec![exposure(config), spool(config)];
    match Store::open(config.database.expose()).await {
        Err(error) => {
            findings.push(Finding::bad("database", format!("{}: {error}", config.database)));
        }
        Ok(store) => {
            findings.push(Finding::good("database", config.database.to_string()));
            if let Err(error) = look_into(&store, config, &mut findings).await {
                findings.push(Finding::bad("database", error.to_string()));
            }
            store.close().await;
        }
    }
    let rows: Vec<_> = findings
        .iter()
        .map(|finding| {
            let verdict = match finding.verdict {
                Verdict::Good => "good",
                Verdict::Look => "look",
                Verdict::Bad => "bad",
            };
            [finding.what.to_owned(), verdict.to_owned(), finding.said.clone()]
        })
        .collect();
    print(&table(
        [("what", Align::Left), ("verdict", Align::Left), ("finding", Align::Left)],
        &rows,
    ))?;
    let bad: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Bad)
        .map(|finding| finding.what)
        .collect();
    if bad.is_empty() {
        return Ok(());
    }
    bail!("not in order: {}", bad.join(", "))
}

async fn look_into(
    store: &Store,
    config: &Config,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    let waiting =
        store.migration_status().await?.iter().filter(|at| at.applied_at.is_none()).count();
    if waiting > 0 {
        let said = format!("{waiting} migrations are not applied: run `regiment migrate up`");
        findings.push(Finding::bad("schema", said));
        return Ok(());
    }
    let now = SystemClock.now();
    let Examination { schema, rows, damage, audit } = store.examine().await?;
    findings.push(Finding::good("schema", format!("at migration {schema}")));
    findings.push(match damage.first() {
        None => {
            let rows: i64 = rows.values().sum();
            Finding::good(
                "contents",
                format!("{} rows, nothing damaged", count(rows.unsigned_abs())),
            )
        }
        Some(first) => Finding::bad("contents", format!("{first}: restore a backup")),
    });
    findings.push(match audit.broken {
        None => Finding::good("audit", format!("{} entries, unbroken", audit.head.sequence)),
        Some(at) => Finding::bad("audit", format!("entry {}: {}", at.sequence, at.reason)),
    });
    findings.push(backup(store, now).await?);
    let mut tx = store.read().await?;
    findings.push(policy_of(&mut tx, config).await?);
    findings.push(schedule(&mut tx, now).await?);
    findings.push(outbox(&mut tx, now).await?);
    let alerts = tx.open_alerts(MANY).await?;
    findings.push(match alerts.first() {
        None => Finding::good("alerts", "none open"),
        Some(worst) => {
            let said =
                format!("{} open, the worst {}: {}", alerts.len(), worst.severity, worst.text);
            Finding::look("alerts", said)
        }
    });
    let quarantined = tx.quarantined(MANY).await?;
    findings.push(match quarantined.first() {
        None => Finding::good("quarantine", "empty"),
        Some(first) => {
            let said = format!(
                "{} records, the first from {}: {}",
                quarantined.len(),
                first.source,
                first.reason
            );
            Finding::look("quarantine", said)
        }
    });
    Ok(())
}

fn exposure(config: &Config) -> Finding {
    match check_exposure(config.serve.listen, config.api_token.as_ref()) {
        Ok(()) => Finding::good("address", config.serve.listen.to_string()),
        Err(error) => Finding::bad("address", error.to_string()),
    }
}

/// The spool is not opened: a server may be writing to it.
fn spool(config: &Config) -> Finding {
    match std::fs::metadata(&config.spool) {
        Ok(found) if found.len() > 0 => {
            let said = format!("{} bytes of answers wait for the database", count(found.len()));
            Finding::look("spool", said)
        }
        Ok(_) => Finding::good("spool", "empty"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::good("spool", "not in use yet")
        }
        Err(error) => Finding::bad("spool", format!("{}: {error}", config.spool.display())),
    }
}

async fn backup(store: &Store, now: Timestamp) -> anyhow::Result<Finding> {
    if matches!(store, Store::Postgres(_)) {
        return Ok(Finding::look("backup", "not known of PostgreSQL: see docs/operations.md"));
    }
    Ok(match store.read().await?.backed_up_at().await? {
        None => Finding::look("backup", "never made: run `regiment backup create`"),
        Some(at) if now.duration_since(at) > conditions::BACKUP => {
            Finding::look("backup", format!("the last is of {at}: run `regiment backup create`"))
        }
        Some(at) => Finding::good("backup", format!("the last is of {at}")),
    })
}

async fn policy_of(tx: &mut Tx, config: &Config) -> anyhow::Result<Finding> {
    let Some((version, stored)) = tx.policy().await? else {
        return Ok(Finding::good("policy", "none yet: the first start seeds it"));
    };
    let differs = match &config.policy {
        Some(file) => policy::read(file)? != stored,
        None => false,
    };
    Ok(if differs {
        Finding::look("policy", format!("version {version}; the file differs and is not in force"))
    } else {
        Finding::good("policy", format!("version {version}"))
    })
}

async fn schedule(tx: &mut Tx, now: Timestamp) -> anyhow::Result<Finding> {
    Ok(match tx.next_trigger_at(SystemTrigger::ALL).await? {
        None => Finding::good("schedule", "nothing is planned"),
        Some(at) if now.duration_since(at) > conditions::NO_TICK => {
            let said = format!("due since {at}: is a process with the role scheduler running?");
            Finding::bad("schedule", said)
        }
        Some(at) => Finding::good("schedule", format!("next at {at}")),
    })
}

async fn outbox(tx: &mut Tx, now: Timestamp) -> anyhow::Result<Finding> {
    let backlog = tx.backlog(now).await?;
    let waiting = format!("{} messages wait", count(backlog.pending.into()));
    Ok(match backlog.oldest_due {
        Some(at) if now.duration_since(at) > conditions::OVERDUE => Finding::look(
            "outbox",
            format!("{waiting}, the first since {at}: is the bot connected?"),
        ),
        _ => Finding::good("outbox", waiting),
    })
}
