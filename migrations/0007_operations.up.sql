-- What keeps the practice running.

-- Records that broke their schema, as they came.
CREATE TABLE quarantine (
    -- The hash of source and record: the same record of the same source is kept once.
    hash        TEXT   NOT NULL PRIMARY KEY,
    -- The client and the record's local date, where they could be read; empty otherwise.
    user_id     TEXT   NOT NULL,
    date        TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    line        BIGINT,
    reason      TEXT   NOT NULL,
    record      TEXT   NOT NULL,
    found_at    BIGINT NOT NULL,
    released_at BIGINT
);
CREATE INDEX quarantine_of_client ON quarantine (user_id, date);

CREATE TABLE policy_versions (
    version    BIGINT NOT NULL PRIMARY KEY CHECK (version >= 1),
    applied_at BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    body       TEXT   NOT NULL
);

-- Answers already given, so that a repeated request gets the same one.
CREATE TABLE request_log (
    principal    TEXT   NOT NULL,
    request_id   TEXT   NOT NULL,
    method       TEXT   NOT NULL,
    request_hash TEXT   NOT NULL,
    response     TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (principal, request_id)
);
CREATE INDEX request_log_by_expiry ON request_log (expires_at);

-- Entries of the local spool that are in the database.
CREATE TABLE spool_applied (
    key        TEXT   NOT NULL PRIMARY KEY,
    applied_at BIGINT NOT NULL
);

CREATE TABLE api_tokens (
    id           TEXT   NOT NULL PRIMARY KEY,
    hash         TEXT   NOT NULL UNIQUE,
    role         TEXT   NOT NULL CHECK (role IN ('viewer', 'coach', 'admin', 'bot')),
    name         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- What an imported exercise name was said to mean.
CREATE TABLE exercise_aliases (
    alias       TEXT   NOT NULL PRIMARY KEY,
    exercise_id TEXT   NOT NULL,
    updated_at  BIGINT NOT NULL
);

CREATE TABLE settings (
    key        TEXT   NOT NULL PRIMARY KEY,
    value      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);
