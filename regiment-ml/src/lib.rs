//! The flag engine of The Regiment: what the logs say of each client, for the coach to decide upon.

pub mod finding;
pub mod frame;
pub mod history;
#[cfg(test)]
pub mod testing;
