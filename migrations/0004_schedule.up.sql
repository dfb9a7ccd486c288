-- Scheduled work is rows. `client_triggers` and `system_triggers` hold the next occurrence of each
-- kind; `scheduled_runs` is the ledger, and its key is the promise that an occurrence runs once.

CREATE TABLE client_triggers (
    user_id          TEXT   NOT NULL REFERENCES clients (user_id),
    kind             TEXT   NOT NULL,
    -- The local date of the next occurrence.
    occurrence       TEXT   NOT NULL,
    due_at           BIGINT NOT NULL,
    -- The lower goes first among those due at one instant: closings before drops.
    precedence       BIGINT NOT NULL,
    is_closing       BOOLEAN NOT NULL,
    -- The zone it was computed for, and how the local time was found in it.
    zone             TEXT   NOT NULL,
    resolution       TEXT   NOT NULL,
    failures         BIGINT NOT NULL,
    blocked_until_at BIGINT,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE system_triggers (
    kind             TEXT   NOT NULL PRIMARY KEY,
    due_at           BIGINT NOT NULL,
    failures         BIGINT NOT NULL,
    blocked_until_at BIGINT
);

CREATE TABLE scheduled_runs (
    -- A user_id, or `system`.
    subject            TEXT   NOT NULL,
    kind               TEXT   NOT NULL,
    -- A client's local date, or the due instant of a system trigger.
    occurrence         TEXT   NOT NULL,
    due_at             BIGINT NOT NULL,
    fired_at           BIGINT NOT NULL,
    zone               TEXT   NOT NULL,
    utc_offset_seconds BIGINT NOT NULL,
    resolution         TEXT   NOT NULL,
    outcome            TEXT   NOT NULL,
    attempts           BIGINT NOT NULL CHECK (attempts >= 1),
    detail             TEXT   NOT NULL,
    PRIMARY KEY (subject, kind, occurrence)
);
