DROP INDEX alerts_by_time;
CREATE INDEX alerts_by_time ON alerts (raised_at);
ALTER TABLE alerts DROP COLUMN last_at;
