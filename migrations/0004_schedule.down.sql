DROP TABLE scheduled_runs;
DROP TABLE system_triggers;
DROP TABLE client_triggers;
