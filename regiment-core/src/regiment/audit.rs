//! The audit trail, as an admin reads it, and the daily look whether it holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Regiment, Result, apply::Changes};
use crate::{
    Effect,
    record::{AlertKind, Severity},
    store::{AuditEntry, AuditHead, AuditWanted, Break, Tx},
};

/// What the last look at the chain found, as a setting.
const CHECKED: &str = "audit.checked";

/// A part of the audit trail, and how the whole of it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTrail {
    /// The entries, the latest first.
    pub entries: Vec<AuditEntry>,
    /// The last link of the chain.
    pub head: AuditHead,
    /// The last of the daily looks; absent before the first.
    pub checked: Option<AuditCheck>,
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// When it was looked at.
    pub at: Timestamp,
    /// The last link that holds; 0 where there is none.
    pub sequence: i64,
    /// Where the chain does not hold, and how; absent where all of it holds.
    pub broken: Option<String>,
}

impl Regiment {
    /// Returns up to `limit` entries of the audit trail, and how the whole of it stands.
    ///
    /// # Errors
    /// The store's.
    pub async fn audit(&self, wanted: &AuditWanted, limit: u32) -> Result<AuditTrail> {
        let mut tx = self.store.read().await?;
        let checked = tx.setting(CHECKED).await?;
        Ok(AuditTrail {
            entries: tx.audit_entries(wanted, limit).await?,
            head: tx.audit_head().await?,
            checked: checked.and_then(|text| serde_json::from_str(&text).ok()),
        })
    }
}

/// Looks whether the whole chain holds, remembers it, and raises an alert where it does not.
pub(super) async fn check(tx: &mut Tx, now: Timestamp, changes: &mut Changes) -> Result<()> {
    let report = tx.verify_audit(None).await?;
    let broken = report.broken.map(|Break { sequence, reason }| {
        format!("the audit chain is broken at link {sequence}: {reason}")
    });
    let check = AuditCheck { at: now, sequence: report.head.sequence, broken };
    let text = serde_json::to_string(&check).expect("a check is plain data");
    tx.put_setting(CHECKED, &text, now).await?;
    if let Some(text) = check.broken {
        changes.add(Effect::Alert {
            kind: AlertKind::AuditBroken,
            severity: Severity::Critical,
            user_id: None,
            text,
        });
    }
    Ok(())
}
