//! The number on every message by which a doubtful send is looked up.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Crockford's base32: no letter that can be taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A dispatch's number: SHA-256 of its key in base32. The same key has the same number for ever,
/// so a message that was perhaps sent can be found again.
///
/// ```
/// use regiment_core::OrderNumber;
/// let number = OrderNumber::of("drop:checkin:2026-11-24");
/// assert_eq!(number, OrderNumber::of("drop:checkin:2026-11-24"));
/// assert_eq!((number.nonce().len(), number.visible().len()), (25, 8));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderNumber {
    nonce: String,
}

impl OrderNumber {
    /// Returns the number of a dispatch.
    pub fn of(key: &str) -> Self {
        let hash = Sha256::digest(key.as_bytes());
        let mut nonce = String::with_capacity(25);
        let (mut bits, mut n_bits) = (0u32, 0);
        for byte in hash {
            bits = (bits << 8 | u32::from(byte)) & 0xFFF;
            n_bits += 8;
            while n_bits >= 5 && nonce.len() < 25 {
                n_bits -= 5;
                nonce.push(char::from(ALPHABET[(bits >> n_bits & 31) as usize]));
            }
            if nonce.len() == 25 {
                break;
            }
        }
        Self { nonce }
    }

    /// Returns all 25 characters: the longest nonce that Discord takes.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Returns the first 8 characters: what the message shows.
    pub fn visible(&self) -> &str {
        self.nonce.get(..8).unwrap_or(&self.nonce)
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.visible())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_number_is_the_hash_of_its_key_in_base32() {
        // SHA-256 of "abc" begins BA7816BF 8F01CFEA (FIPS 180-2, appendix B.1): 10111 01001 11100...
        assert_eq!(OrderNumber::of("abc").visible(), "Q9W1DFWF");
        assert!(OrderNumber::of("abc").nonce().starts_with("Q9W1DFWF07"));
    }

    #[test]
    fn ten_thousand_keys_have_ten_thousand_numbers() {
        let numbers: BTreeSet<String> =
            (0..10_000).map(|n| OrderNumber::of(&format!("drop:{n}")).to_string()).collect();
        assert_eq!(numbers.len(), 10_000);
    }
}
