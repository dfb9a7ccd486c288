DROP INDEX client_triggers_due;
CREATE INDEX client_triggers_due ON client_triggers (due_at, precedence);
