//! The promises of the store, each on SQLite in memory, SQLite in a file, and PostgreSQL.
//!
//! PostgreSQL is the server that `REGIMENT_TEST_POSTGRES` names (`scripts/postgres-for-tests start`
//! makes one); each test has a schema of its own there. Without the variable those tests say that
//! they did not run, and under `CI=true` they fail.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

#[path = "store/harness.rs"]
#[macro_use]
mod harness;

#[path = "store/archive.rs"]
mod archive;
#[path = "store/audit.rs"]
mod audit;
#[path = "store/backup.rs"]
mod backup;
#[path = "store/bot.rs"]
mod bot;
#[path = "store/clients.rs"]
mod clients;
#[path = "store/coaching.rs"]
mod coaching;
#[path = "store/desk.rs"]
mod desk;
#[path = "store/lease.rs"]
mod lease;
#[path = "store/migrations.rs"]
mod migrations;
#[path = "store/open.rs"]
mod open;
#[path = "store/operations.rs"]
mod operations;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "store/outbox_model.rs"]
mod outbox_model;
#[path = "store/schedule.rs"]
mod schedule;
#[path = "store/sessions.rs"]
mod sessions;
#[path = "store/spool.rs"]
mod spool;
#[path = "store/text.rs"]
mod text;
#[path = "store/transactions.rs"]
mod transactions;
#[path = "store/watch.rs"]
mod watch;
#[path = "store/webhook.rs"]
mod webhook;
