-- Who is signed in at the dashboard. A session lives as long as it is refreshed.

CREATE TABLE sessions (
    id         TEXT   NOT NULL PRIMARY KEY,
    -- The person's Discord id; absent where a one-time link signed in.
    user_id    TEXT,
    name       TEXT   NOT NULL,
    role       TEXT   NOT NULL CHECK (role IN ('viewer', 'coach', 'admin')),
    created_at BIGINT NOT NULL,
    -- When its last secret expires.
    ends_at    BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- The hashes of what a browser shows. One that was spent stays, so that a second use is known for what it is.
CREATE TABLE session_secrets (
    hash       TEXT   NOT NULL PRIMARY KEY,
    session_id TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL CHECK (kind IN ('link', 'access', 'refresh')),
    expires_at BIGINT NOT NULL,
    spent_at   BIGINT
);
CREATE INDEX session_secrets_of_session ON session_secrets (session_id);
