use std::sync::Arc;

use jiff::Timestamp;

use crate::{Id, Library, Policy};

/// What every decision of one operation shares: the instant, read once, and the rules.
#[derive(Debug, Clone)]
pub(super) struct Context {
    pub(super) now: Timestamp,
    pub(super) policy: Arc<Policy>,
    pub(super) library: Arc<Library>,
}

impl Context {
    /// Mints an id.
    pub(super) fn mint<T>(&self) -> Id<T> {
        Id::mint(self.now, random())
    }
}

/// Returns a name that nobody can guess: 32 hexadecimal digits.
pub(super) fn random_name() -> String {
    format!("{:032x}", u128::from_be_bytes(random()))
}

/// Returns bytes that nobody can guess.
pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
