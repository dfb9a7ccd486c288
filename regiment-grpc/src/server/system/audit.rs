//! The audit trail, as an admin reads it.

use jiff::Timestamp;
use regiment_core::regiment::{AuditCheck, AuditTrail, Regiment};
use regiment_core::store::{AuditAbout, AuditEntry, AuditHead, AuditWanted};
use regiment_proto::v1;
use regiment_proto::v1::{ListAuditEntriesRequest, ListAuditEntriesResponse};
use tonic::Status;

use crate::server::convert::{self, proto_instant};
use crate::server::page;
use crate::status;

/// Answers with a page of the trail, the latest entry first, and how the chain stands.
pub(super) async fn list(
    regiment: &Regiment,
    mut filters: ListAuditEntriesRequest,
) -> Result<ListAuditEntriesResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let before = page::after(&filters, &token)?;
    let wanted = AuditWanted {
        actor: Some(filters.actor.clone()).filter(|actor| !actor.is_empty()),
        about: about(&filters.subject)?,
        from: instant("start_time", filters.start_time)?,
        until: instant("end_time", filters.end_time)?,
        before: before.map(|last| last.parse().map_err(|_| page::refused())).transpose()?,
    };
    let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
    let found = regiment.audit(&wanted, limit).await.map_err(|error| status::of(error, ""))?;
    let AuditTrail { entries, head, checked } = found;
    let next_page_token = match entries.get(size) {
        Some(_) => page::token(&filters, &entries[size - 1].sequence.to_string()),
        None => String::new(),
    };
    Ok(ListAuditEntriesResponse {
        entries: entries.into_iter().take(size).map(entry).collect(),
        next_page_token,
        chain: Some(chain(head, checked)),
    })
}

fn about(subject: &str) -> Result<Option<AuditAbout>, Status> {
    Ok(match subject {
        "" => None,
        name if name.starts_with("clients/") => {
            Some(AuditAbout::Client(convert::user_id("subject", name)?))
        }
        subject => Some(AuditAbout::Subject(subject.to_owned())),
    })
}

fn instant(path: &str, at: Option<prost_types::Timestamp>) -> Result<Option<Timestamp>, Status> {
    convert::instant(path, at).map_err(|refused| status::invalid(path, &refused))
}

fn entry(entry: AuditEntry) -> v1::AuditEntry {
    let AuditEntry { sequence, at, actor, action, subject, client, details, is_erased, hash } =
        entry;
    v1::AuditEntry {
        sequence,
        time: Some(proto_instant(at)),
        actor,
        action,
        subject,
        client: client.map(|user_id| format!("clients/{user_id}")).unwrap_or_default(),
        details: details.unwrap_or_default(),
        is_erased,
        hash,
    }
}

fn chain(head: AuditHead, checked: Option<AuditCheck>) -> v1::AuditChain {
    let AuditHead { sequence: head_sequence, hash: head_hash } = head;
    let (verify_time, verified_sequence, fault) = match checked {
        Some(AuditCheck { at, sequence, broken }) => (Some(at), sequence, broken),
        None => (None, 0, None),
    };
    v1::AuditChain {
        head_sequence,
        head_hash,
        verify_time: verify_time.map(proto_instant),
        verified_sequence,
        fault: fault.unwrap_or_default(),
    }
}
