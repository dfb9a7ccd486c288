//! What is left when the last server has stopped: the database, and the lines of every server's log.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use regiment_core::UserId;
use regiment_core::effect::PauseRow;
use regiment_core::record::{ClientProfile, Infraction, Order, Revision};
use regiment_core::store::{
    AuditEntry, AuditReport, AuditWanted, ClientTrigger, Quarantined, Result, Run, Store, Tracked,
};
use serde_json::Value;

/// How much of a list is read at a time.
const PAGE: u32 = 1_000;

/// Everything that the checker looks at.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// When the last server had nothing more to do.
    pub(crate) at: Timestamp,
    pub(crate) clients: BTreeMap<UserId, ClientProfile>,
    pub(crate) triggers: Vec<ClientTrigger>,
    pub(crate) runs: Vec<Run>,
    pub(crate) orders: Vec<Order>,
    pub(crate) closed: Vec<(UserId, Date)>,
    pub(crate) revisions: Vec<Revision>,
    pub(crate) infractions: Vec<Infraction>,
    pub(crate) pauses: Vec<PauseRow>,
    pub(crate) messages: Vec<Tracked>,
    pub(crate) quarantined: Vec<Quarantined>,
    pub(crate) chain: AuditReport,
    pub(crate) audit: Vec<AuditEntry>,
    /// The order number of each message that a server said it had let go.
    pub(crate) sent: Vec<String>,
}

impl Evidence {
    /// Reads a database that no server writes to any more.
    pub(crate) async fn read(store: &Store, sent: Vec<String>, at: Timestamp) -> Result<Self> {
        let mut tx = store.read().await?;
        let mut clients = BTreeMap::new();
        let mut after = None;
        loop {
            let page = tx.list_clients(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user_id);
            clients.extend(page.into_iter().map(|client| (client.user_id, client)));
        }
        let ids: Vec<UserId> = clients.keys().copied().collect();
        let ids = || ids.iter().copied();
        let (mut revisions, mut pauses) = (Vec::new(), Vec::new());
        for user_id in ids() {
            revisions.extend(tx.revisions(user_id, Date::MIN, Date::MAX).await?);
            pauses.extend(tx.pauses(user_id).await?);
        }
        let mut messages: Vec<Tracked> = Vec::new();
        loop {
            let after = messages.last().map(|last| last.dispatch.key.clone()).unwrap_or_default();
            let page = tx.list_messages(&after, PAGE).await?;
            if page.is_empty() {
                break;
            }
            messages.extend(page);
        }
        let mut audit: Vec<AuditEntry> = Vec::new();
        loop {
            let before = audit.last().map(|last| last.sequence);
            let wanted = AuditWanted { before, ..AuditWanted::default() };
            let page = tx.audit_entries(&wanted, PAGE).await?;
            if page.is_empty() {
                break;
            }
            audit.extend(page);
        }
        Ok(Self {
            at,
            triggers: tx.triggers_of(ids()).await?,
            runs: tx.runs_between(Timestamp::MIN, Timestamp::MAX, u32::MAX).await?,
            orders: tx.orders_from(ids(), Date::MIN).await?,
            closed: tx.closed_from(ids(), Date::MIN).await?,
            infractions: tx.infractions_from(ids(), Date::MIN).await?,
            quarantined: tx.quarantined(u32::MAX).await?,
            chain: tx.verify_audit(None).await?,
            clients,
            revisions,
            pauses,
            messages,
            audit,
            sent,
        })
    }
}

/// Reads the log of one server, and returns the number of each message that it let go.
///
/// # Panics
/// When a line other than the last is no JSON: the kill can tear only the last.
pub(crate) fn numbers_sent(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("the server's log");
    let lines: Vec<&str> = text.lines().collect();
    let mut numbers = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            assert!(place + 1 == lines.len(), "{}: {line}", log.display());
            continue;
        };
        if line["engine"] == "outbox" && line["outcome"] == "logged" {
            numbers.push(line["order"].as_str().expect("a number").to_owned());
        }
    }
    numbers
}
