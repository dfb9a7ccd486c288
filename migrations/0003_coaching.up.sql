-- What the engines found and the coach decided.

CREATE TABLE excuses (
    -- The hash of the body: the same word given twice is kept once.
    hash       TEXT   NOT NULL PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES clients (user_id),
    from_date  TEXT   NOT NULL,
    until_date TEXT   NOT NULL,
    granted_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
CREATE INDEX excuses_of_client ON excuses (user_id, until_date);

CREATE TABLE excuse_requests (
    id       TEXT   NOT NULL PRIMARY KEY,
    user_id  TEXT   NOT NULL REFERENCES clients (user_id),
    state    TEXT   NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'lapsed')),
    asked_at BIGINT NOT NULL,
    body     TEXT   NOT NULL
);
CREATE INDEX excuse_requests_of_client ON excuse_requests (user_id, asked_at);
CREATE INDEX excuse_requests_undecided ON excuse_requests (asked_at) WHERE state = 'asked';

CREATE TABLE infractions (
    user_id     TEXT    NOT NULL REFERENCES clients (user_id),
    date        TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('meals', 'training', 'checkins', 'cardio')),
    recorded_at BIGINT  NOT NULL,
    voided      BOOLEAN NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (user_id, date, kind)
);

CREATE TABLE standings (
    user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES clients (user_id),
    updated_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);

CREATE TABLE job_cards (
    id         TEXT             NOT NULL PRIMARY KEY,
    user_id    TEXT             NOT NULL REFERENCES clients (user_id),
    source     TEXT             NOT NULL CHECK (source IN ('weekly_scan', 'infraction', 'checkin', 'system', 'manual')),
    date       TEXT             NOT NULL,
    state      TEXT             NOT NULL CHECK (state IN ('open', 'acknowledged', 'snoozed', 'resolved', 'dismissed', 'merged')),
    -- 0 low, 1 medium, 2 high, 3 critical: cards are listed by it.
    severity   BIGINT           NOT NULL CHECK (severity BETWEEN 0 AND 3),
    priority   DOUBLE PRECISION NOT NULL,
    raised_at  BIGINT           NOT NULL,
    updated_at BIGINT           NOT NULL,
    version    BIGINT           NOT NULL CHECK (version >= 1),
    body       TEXT             NOT NULL,
    UNIQUE (user_id, source, date)
);
CREATE INDEX job_cards_unresolved ON job_cards (user_id) WHERE state IN ('open', 'acknowledged', 'snoozed');

CREATE TABLE alerts (
    id        TEXT   NOT NULL PRIMARY KEY,
    kind      TEXT   NOT NULL,
    -- The client, or empty where the alert is about none: a null would escape the unique index.
    about     TEXT   NOT NULL,
    severity  BIGINT NOT NULL CHECK (severity BETWEEN 0 AND 3),
    text      TEXT   NOT NULL,
    raised_at BIGINT NOT NULL,
    count     BIGINT NOT NULL CHECK (count >= 1),
    closed_at BIGINT,
    closed_by TEXT
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, about) WHERE closed_at IS NULL;
CREATE INDEX alerts_by_time ON alerts (raised_at);

CREATE TABLE achievements (
    user_id   TEXT   NOT NULL REFERENCES clients (user_id),
    kind      TEXT   NOT NULL,
    item      TEXT   NOT NULL,
    date      TEXT   NOT NULL,
    earned_at BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    PRIMARY KEY (user_id, kind, item, date)
);

CREATE TABLE honors (
    guild_id  TEXT   NOT NULL,
    date      TEXT   NOT NULL,
    ranked_at BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    PRIMARY KEY (guild_id, date)
);
