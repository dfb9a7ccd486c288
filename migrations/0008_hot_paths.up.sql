-- The questions that are asked every second, answered from an index whose size follows what is due
-- and not the number of clients.

CREATE INDEX client_triggers_due ON client_triggers (due_at, precedence);
CREATE INDEX client_triggers_blocked ON client_triggers (blocked_until_at) WHERE blocked_until_at IS NOT NULL;
CREATE INDEX outbox_due ON outbox (priority, not_before_at) WHERE state = 'pending';
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE state = 'pending';
CREATE INDEX clients_by_activity ON client_activity (changed_at);
CREATE INDEX scheduled_runs_by_time ON scheduled_runs (fired_at);
CREATE INDEX logs_of_exercise ON logs (user_id, item, date) WHERE stream = 'training';
