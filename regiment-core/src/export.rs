//! Everything about one client, written out.
