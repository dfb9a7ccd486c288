-- Clients, and what they did. Instants are Unix microseconds (`_at`), local dates are text, a `body`
-- is the record's own JSON; the columns beside it are those that a query looks at.

CREATE TABLE clients (
    user_id    TEXT    NOT NULL PRIMARY KEY,
    subject    TEXT    NOT NULL UNIQUE,
    status     TEXT    NOT NULL CHECK (status IN ('pending', 'active', 'archived')),
    paused     BOOLEAN NOT NULL,
    version    BIGINT  NOT NULL CHECK (version >= 1),
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    body       TEXT    NOT NULL
);

-- When a log, an excuse or a pause of the client last changed. Apart from `clients`, whose rows are
-- larger and change seldom.
CREATE TABLE client_activity (
    user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES clients (user_id),
    changed_at BIGINT NOT NULL
);

-- Every revision of every log. The effective log of (user_id, date, stream, item) is the one with
-- the highest revision.
CREATE TABLE logs (
    user_id     TEXT    NOT NULL REFERENCES clients (user_id),
    date        TEXT    NOT NULL,
    stream      TEXT    NOT NULL CHECK (stream IN ('meal', 'training', 'cardio', 'checkin')),
    item        TEXT    NOT NULL,
    revision    BIGINT  NOT NULL CHECK (revision >= 1),
    entered_at  BIGINT  NOT NULL,
    recorded_at BIGINT  NOT NULL,
    actor       TEXT    NOT NULL,
    reason      TEXT,
    body        TEXT    NOT NULL,
    PRIMARY KEY (user_id, date, stream, item, revision)
);

-- The last top set of each exercise, and the best before its date, out of the logs.
CREATE TABLE lifts (
    user_id     TEXT NOT NULL REFERENCES clients (user_id),
    exercise_id TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (user_id, exercise_id)
);

-- What one drop asked of a client for one local date.
CREATE TABLE orders (
    user_id      TEXT   NOT NULL REFERENCES clients (user_id),
    date         TEXT   NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('checkin', 'fuel', 'training')),
    ordered_at   BIGINT NOT NULL,
    deadline_at  BIGINT NOT NULL,
    delivered_at BIGINT,
    withdrawn_at BIGINT,
    body         TEXT   NOT NULL,
    PRIMARY KEY (user_id, date, kind)
);

-- Local dates whose closing is committed: every item ordered for them has an outcome.
CREATE TABLE closed_dates (
    user_id   TEXT   NOT NULL REFERENCES clients (user_id),
    date      TEXT   NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, date)
);

-- Each pause and each resumption, as it happened.
CREATE TABLE pause_log (
    user_id TEXT   NOT NULL REFERENCES clients (user_id),
    at      BIGINT NOT NULL,
    change  TEXT   NOT NULL CHECK (change IN ('paused', 'resumed')),
    actor   TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    -- The local date on which the pause ends by itself.
    until   TEXT,
    -- Whole days that it lasted, on the row that ends it.
    days    BIGINT,
    PRIMARY KEY (user_id, at, change)
);
