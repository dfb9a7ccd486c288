//! SQLite and PostgreSQL behind one text.
