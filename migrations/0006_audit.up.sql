-- Who did what, in a chain of hashes. Salt and details stand apart, so that a person's can be erased
-- and the chain still verifies.

CREATE TABLE audit (
    sequence      BIGINT NOT NULL PRIMARY KEY,
    at            BIGINT NOT NULL,
    actor         TEXT   NOT NULL,
    action        TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    -- SHA-256 of salt and details; empty where there are none.
    details_hash  TEXT   NOT NULL,
    previous_hash TEXT   NOT NULL,
    hash          TEXT   NOT NULL
);
CREATE INDEX audit_of_subject ON audit (subject, sequence);

CREATE TABLE audit_details (
    sequence BIGINT NOT NULL PRIMARY KEY REFERENCES audit (sequence),
    salt     TEXT   NOT NULL,
    details  TEXT   NOT NULL
);

-- The chain's last link. Its one row is locked by whoever appends.
CREATE TABLE audit_head (
    id       BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash     TEXT   NOT NULL
);
INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '');

-- What is written stays written: logs gain revisions, the audit trail gains links.
-- sqlite:
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_details_no_update BEFORE UPDATE ON audit_details
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER logs_no_update BEFORE UPDATE ON logs
BEGIN SELECT RAISE(ABORT, 'a log is corrected by a revision'); END;
-- postgres:
CREATE FUNCTION regiment_append_only() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RAISE EXCEPTION ''% is append-only'', TG_TABLE_NAME; END';
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION regiment_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION regiment_append_only();
CREATE TRIGGER audit_details_no_update BEFORE UPDATE ON audit_details
FOR EACH ROW EXECUTE FUNCTION regiment_append_only();
CREATE TRIGGER logs_no_update BEFORE UPDATE ON logs
FOR EACH ROW EXECUTE FUNCTION regiment_append_only();
