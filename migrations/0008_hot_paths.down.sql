DROP INDEX logs_of_exercise;
DROP INDEX scheduled_runs_by_time;
DROP INDEX clients_by_activity;
DROP INDEX outbox_expiring;
DROP INDEX outbox_due;
DROP INDEX client_triggers_blocked;
DROP INDEX client_triggers_due;
