DROP INDEX job_cards_waking;
ALTER TABLE job_cards DROP COLUMN wakes_at;
DROP TABLE card_decisions;
