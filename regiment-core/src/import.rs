//! What other programs export, read into records.
