-- What the Discord process would remember if it had a database of its own.

-- Each run of the bot, while it is connected.
CREATE TABLE bots (
    bot_id        TEXT   NOT NULL PRIMARY KEY,
    -- Counts its streams: an older one has been replaced and is given nothing more.
    stream        BIGINT NOT NULL CHECK (stream >= 0),
    subscribed_at BIGINT NOT NULL,
    seen_at       BIGINT NOT NULL,
    -- What it says of itself.
    body          TEXT   NOT NULL
);
CREATE INDEX bots_by_time ON bots (seen_at);

-- How a person is reached.
CREATE TABLE contacts (
    user_id       TEXT   NOT NULL PRIMARY KEY,
    dm_channel_id TEXT,
    -- Since when direct messages are refused; absent while they are not.
    dm_closed_at  BIGINT,
    updated_at    BIGINT NOT NULL
);

-- Forms that somebody has begun, who may be no client yet.
CREATE TABLE drafts (
    user_id    TEXT   NOT NULL,
    form       TEXT   NOT NULL,
    date       TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, form, date)
);
CREATE INDEX drafts_by_expiry ON drafts (expires_at);

-- Answers that were put off and are still owed. The token is a credential: the row goes with the debt.
CREATE TABLE owed_edits (
    interaction_id TEXT   NOT NULL PRIMARY KEY,
    user_id        TEXT   NOT NULL,
    token          TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    owed_since_at  BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX owed_edits_by_expiry ON owed_edits (expires_at);
CREATE INDEX owed_edits_of_client ON owed_edits (user_id);

-- The outbox as somebody looks at it: the newest first.
CREATE INDEX outbox_by_time ON outbox (created_at, dedup_key);
