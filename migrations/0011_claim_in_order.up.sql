-- Everybody due at one instant is claimed batch by batch: with the whole order in the index, a batch
-- reads its own rows and sorts none of the others.

DROP INDEX client_triggers_due;
CREATE INDEX client_triggers_due ON client_triggers (due_at, precedence, user_id, kind);
