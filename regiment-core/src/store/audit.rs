//! The audit trail: who did what, in a chain of hashes.
//!
//! The chain covers sequence, time, actor, action, object subject and a salted hash of the details.
//! Salt and details stand apart: erased, they leave the chain whole, and [`Tx::verify_audit`] says
//! erased, not broken. It makes tampering evident; somebody who rewrites all of it is found only by
//! comparing with a head that was kept elsewhere.

mod list;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

pub use self::list::{AuditAbout, AuditEntry, AuditWanted};
use super::{
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::values,
};

const AUDIT: Table = Table { name: "audit", key: &["sequence"] };
const HEAD: Table = Table { name: "audit_head", key: &["id"] };

/// The action by which [`Tx::erase_audit_details`] is recorded; details may be missing only where a
/// later entry with this action names the same subject.
pub const ERASED: &str = "erased";

/// How many links [`Tx::verify_audit`] reads at a time.
const PAGE: i64 = 1_000;

/// Something that is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Who, as a role and a random name: nothing that leads to a person.
    pub actor: String,
    /// What, as a fixed word.
    pub action: String,
    /// To what: a client's random subject, or the name of a thing of the practice.
    pub subject: String,
    /// The particulars, with the salt of their hash. They may be personal; the salt is random.
    pub details: Option<Details>,
}

/// What an erasure takes away from an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Details {
    /// Random, so that a hash of few possible details can't be guessed.
    pub salt: [u8; 16],
    /// The particulars.
    pub text: String,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details([redacted])")
    }
}

/// The last link of the chain; kept elsewhere, it shows a rewritten chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The link's place.
    pub sequence: i64,
    /// The link's hash, in hexadecimal; empty for an empty chain.
    pub hash: String,
}

/// What a look at the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// The last link.
    pub head: AuditHead,
    /// How many entries have lost their details to an erasure.
    pub erased: u32,
    /// The first place where the chain does not hold.
    pub broken: Option<Break>,
}

/// Where a chain does not hold, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The link's place.
    pub sequence: i64,
    /// What is wrong there.
    pub reason: &'static str,
}

impl Tx {
    /// Adds entries to the chain, in order.
    ///
    /// The head stays locked until the transaction ends, so this comes last in it.
    pub async fn append_audit(&mut self, entries: &[NewEntry], now: Timestamp) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut head = self.lock_audit_head().await?;
        let mut links = Vec::with_capacity(entries.len());
        let mut details = Vec::new();
        for entry in entries {
            let details_hash = entry.details.as_ref().map_or_else(String::new, hash_details);
            let sequence = head.sequence + 1;
            let hash = link(&head.hash, sequence, now, entry, &details_hash);
            links.push(values![
                sequence,
                now,
                &entry.actor,
                &entry.action,
                &entry.subject,
                details_hash,
                head.hash,
                &hash,
            ]);
            if let Some(kept) = &entry.details {
                details.push(values![sequence, hex(&kept.salt), &kept.text]);
            }
            head = AuditHead { sequence, hash };
        }
        self.insert(
            "INSERT INTO audit (sequence, at, actor, action, subject, details_hash, previous_hash, hash) VALUES",
            links,
            "",
        )
        .await?;
        self.insert("INSERT INTO audit_details (sequence, salt, details) VALUES", details, "")
            .await?;
        self.execute(
            "UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = 1",
            &values![head.sequence, head.hash],
        )
        .await?;
        Ok(())
    }

    /// Takes away salt and details of every entry about `subject`, and records that it did.
    pub async fn erase_audit_details(
        &mut self,
        subject: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64> {
        // The head first, as everybody who appends takes it first.
        self.lock_audit_head().await?;
        let erased = self
            .execute(
                "DELETE FROM audit_details WHERE sequence IN \
                 (SELECT sequence FROM audit WHERE subject = $1)",
                &values![subject],
            )
            .await?;
        let record = NewEntry {
            actor: actor.to_owned(),
            action: ERASED.to_owned(),
            subject: subject.to_owned(),
            details: None,
        };
        self.append_audit(&[record], now).await?;
        Ok(erased)
    }

    /// Returns the last link.
    pub async fn audit_head(&mut self) -> Result<AuditHead> {
        let row = self
            .fetch_optional(&HEAD, "SELECT id, sequence, hash FROM audit_head WHERE id = 1", &[])
            .await?;
        head_of(row.as_ref())
    }

    /// Recomputes every link, and compares the chain with a head that was `kept` elsewhere.
    pub async fn verify_audit(&mut self, kept: Option<&AuditHead>) -> Result<AuditReport> {
        let mut last = AuditHead { sequence: 0, hash: String::new() };
        let mut erased = 0;
        loop {
            let page = self
                .fetch(
                    &AUDIT,
                    "SELECT a.sequence, a.at, a.actor, a.action, a.subject, a.details_hash, \
                     a.previous_hash, a.hash, d.salt, d.details, \
                     EXISTS (SELECT 1 FROM audit e WHERE e.subject = a.subject \
                     AND e.sequence > a.sequence AND e.action = $3) AS may_be_erased \
                     FROM audit a LEFT JOIN audit_details d ON d.sequence = a.sequence \
                     WHERE a.sequence > $1 ORDER BY a.sequence LIMIT $2",
                    &values![last.sequence, PAGE, ERASED],
                )
                .await?;
            if page.is_empty() {
                break;
            }
            for row in &page {
                let sequence = row.integer("sequence")?;
                match check(row, &last, kept)? {
                    Link::Holds => {}
                    Link::Erased => erased += 1,
                    Link::Broken(reason) => {
                        let broken = Some(Break { sequence, reason });
                        return Ok(AuditReport { head: last, erased, broken });
                    }
                }
                last = AuditHead { sequence, hash: row.text("hash")?.to_owned() };
            }
        }
        let head = self.audit_head().await?;
        let broken = if head != last {
            Some("the chain does not end where its head says")
        } else if kept.is_some_and(|kept| kept.sequence > last.sequence) {
            Some("the chain is shorter than the head that was kept")
        } else {
            None
        };
        let broken = broken.map(|reason| Break { sequence: last.sequence, reason });
        Ok(AuditReport { head: last, erased, broken })
    }

    async fn lock_audit_head(&mut self) -> Result<AuditHead> {
        let lock = self.locking("FOR UPDATE");
        let sql = format!("SELECT id, sequence, hash FROM audit_head WHERE id = 1 {lock}");
        let row = self.fetch_optional(&HEAD, sqlx::AssertSqlSafe(sql), &[]).await?;
        head_of(row.as_ref())
    }
}

fn head_of(row: Option<&Row>) -> Result<AuditHead> {
    match row {
        Some(row) => {
            Ok(AuditHead { sequence: row.integer("sequence")?, hash: row.text("hash")?.to_owned() })
        }
        None => Err(super::error::Corrupt {
            table: HEAD.name,
            column: "id",
            id: "1".to_owned(),
            reason: "is gone".to_owned(),
        }
        .into()),
    }
}

enum Link {
    Holds,
    Erased,
    Broken(&'static str),
}

fn check(row: &Row, last: &AuditHead, kept: Option<&AuditHead>) -> Result<Link> {
    let sequence = row.integer("sequence")?;
    let hash = row.text("hash")?;
    let details_hash = row.text("details_hash")?;
    let entry = NewEntry {
        actor: row.text("actor")?.to_owned(),
        action: row.text("action")?.to_owned(),
        subject: row.text("subject")?.to_owned(),
        details: None,
    };
    if sequence != last.sequence + 1 {
        return Ok(Link::Broken("a link is missing before it"));
    }
    if row.text("previous_hash")? != last.hash {
        return Ok(Link::Broken("it does not follow from the link before it"));
    }
    if hash != link(&last.hash, sequence, row.instant("at")?, &entry, details_hash) {
        return Ok(Link::Broken("its content was changed"));
    }
    if kept.is_some_and(|kept| kept.sequence == sequence && kept.hash != hash) {
        return Ok(Link::Broken("it is not the link that was kept"));
    }
    match (row.optional_text("salt")?, row.optional_text("details")?) {
        (Some(salt), Some(details)) if digest(salt, details) == details_hash => Ok(Link::Holds),
        (Some(_), _) | (_, Some(_)) => Ok(Link::Broken("its details were changed")),
        (None, None) if details_hash.is_empty() => Ok(Link::Holds),
        (None, None) if row.boolean("may_be_erased")? => Ok(Link::Erased),
        (None, None) => Ok(Link::Broken("its details are gone and no erasure is recorded")),
    }
}

/// SHA-256 of the previous hash and the entry's fields, each preceded by its length in bytes.
fn link(previous: &str, sequence: i64, at: Timestamp, entry: &NewEntry, details: &str) -> String {
    let mut hasher = Sha256::new();
    let sequence = sequence.to_string();
    let at = at.as_microsecond().to_string();
    let fields = [previous, &sequence, &at, &entry.actor, &entry.action, &entry.subject, details];
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    format!("{:x}", hasher.finalize())
}

fn hash_details(details: &Details) -> String {
    digest(&hex(&details.salt), &details.text)
}

fn digest(salt: &str, details: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(details);
    format!("{:x}", hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
