//! Excuses.
