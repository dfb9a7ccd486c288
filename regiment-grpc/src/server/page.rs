//! Pages of a list: their size, and the opaque token that continues one.

use std::fmt::Write as _;

use prost::Message;
use regiment_core::Invalid;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::status;

const DEFAULT_SIZE: usize = 50;
const MAX_SIZE: usize = 1000;

/// Returns how many items a page has: 0 means the default, and too many means the most.
pub(super) fn size(asked: i32) -> Result<usize, Status> {
    match usize::try_from(asked) {
        Ok(0) => Ok(DEFAULT_SIZE),
        Ok(asked) => Ok(asked.min(MAX_SIZE)),
        Err(_) => {
            let refused = Invalid::new("page_size", asked, "0 or a positive number");
            Err(status::invalid("page_size", &refused))
        }
    }
}

/// A page of a list that is held in memory, in the order of its items' places.
pub(super) struct Page {
    size: usize,
    token: String,
}

impl Page {
    /// Takes the paging out of a request, so that its filters are what remains.
    pub(super) fn read(asked: &mut i32, token: &mut String) -> Result<Self, Status> {
        Ok(Self { size: size(std::mem::take(asked))?, token: std::mem::take(token) })
    }

    /// Returns the items of the page, and the token of the next one.
    pub(super) fn of<'a, T>(
        &self,
        filters: &impl Message,
        listed: impl Iterator<Item = &'a T>,
        place: impl Fn(&T) -> String,
    ) -> Result<(Vec<&'a T>, String), Status> {
        let after = after(filters, &self.token)?;
        let is_later = |item: &&T| after.as_ref().is_none_or(|last| place(item) > *last);
        let mut found: Vec<&T> = listed.filter(is_later).take(self.size + 1).collect();
        let next = match found.get(self.size) {
            Some(_) => token(filters, &place(found[self.size - 1])),
            None => String::new(),
        };
        found.truncate(self.size);
        Ok((found, next))
    }
}

/// Writes the token of the page after `last`, for the same `filters`: the request without its paging.
pub(super) fn token(filters: &impl Message, last: &str) -> String {
    seal(filters, last) + &hex(last.as_bytes())
}

/// Writes the place of an item for a token.
pub(super) fn place(of: &impl Serialize) -> Result<String, Status> {
    serde_json::to_string(of).map_err(|error| status::internal(&error))
}

/// Reads the item after which a page begins. An empty token begins at the first.
pub(super) fn after(filters: &impl Message, token: &str) -> Result<Option<String>, Status> {
    if token.is_empty() {
        return Ok(None);
    }
    let (found, text) = token.split_at_checked(SEAL_LENGTH).ok_or_else(refused)?;
    let last = unhex(text).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(refused)?;
    if seal(filters, &last) == found { Ok(Some(last)) } else { Err(refused()) }
}

/// Refuses a token that continues no such list.
pub(super) fn refused() -> Status {
    let accepted = "the next_page_token of the page before, with the same filters";
    status::invalid("page_token", &Invalid::new("page_token", "another one", accepted))
}

const SEAL_LENGTH: usize = 16;

/// Binds a token to its filters, so that it can't continue another list.
fn seal(filters: &impl Message, last: &str) -> String {
    let digest = Sha256::new()
        .chain_update(last.as_bytes())
        .chain_update([0])
        .chain_update(filters.encode_to_vec())
        .finalize();
    hex(&digest[..SEAL_LENGTH / 2])
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| u8::try_from(high * 16 + low).ok());
    if rest.is_empty() { bytes.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use regiment_proto::v1::ListClientsRequest;

    use super::*;

    fn filters(query: &str) -> ListClientsRequest {
        ListClientsRequest { query: query.to_owned(), ..ListClientsRequest::default() }
    }

    #[test]
    fn a_token_continues_its_own_list_and_no_other() {
        let made = token(&filters("ana"), "42");
        assert_eq!(after(&filters("ana"), &made).unwrap().as_deref(), Some("42"));
        assert_eq!(after(&filters("ana"), "").unwrap(), None);
        for wrong in [made.as_str(), "x", "ä", "00000000000000004", &format!("{made}0")] {
            let refused = after(&filters("bob"), wrong).unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{wrong}");
        }
    }

    #[test]
    fn a_page_has_50_items_unless_it_is_told() {
        assert_eq!([0, 1, 1000, 1001].map(|asked| size(asked).unwrap()), [50, 1, 1000, 1000]);
        assert!(size(-1).unwrap_err().message().contains("page_size must be 0 or a positive"));
    }
}
