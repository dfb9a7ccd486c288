-- When an alert was last raised: what the coaches' next digest tells.

ALTER TABLE alerts ADD COLUMN last_at BIGINT NOT NULL DEFAULT 0;
UPDATE alerts SET last_at = raised_at;
DROP INDEX alerts_by_time;
CREATE INDEX alerts_by_time ON alerts (last_at);
