-- Messages that left a decision and have not ended yet, or did.

CREATE TABLE outbox (
    dedup_key      TEXT    NOT NULL PRIMARY KEY,
    -- The client, or empty where the message goes to a channel of the practice.
    user_id        TEXT    NOT NULL,
    -- Its first character sorts: the lower goes first.
    priority       TEXT    NOT NULL,
    -- The message as data, and what becomes of it.
    body           TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL,
    not_before_at  BIGINT  NOT NULL,
    expires_at     BIGINT,
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'refused', 'unknown', 'missed', 'withdrawn')),
    attempts       BIGINT  NOT NULL,
    -- Counts the leases: who holds an older one has been replaced and may not finish.
    lease_token    BIGINT  NOT NULL,
    lease_until_at BIGINT,
    -- Whether an earlier lease ended without a word: the message may have been sent.
    doubtful       BOOLEAN NOT NULL,
    -- The texts' version at the first lease, so that every attempt sends the same bytes.
    wording        TEXT,
    remote_id      TEXT,
    last_error     TEXT,
    ended_at       BIGINT
);
CREATE INDEX outbox_of_client ON outbox (user_id, created_at);
