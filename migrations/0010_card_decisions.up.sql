-- What coaches decided on cards, and when a card that was put off wakes.

CREATE TABLE card_decisions (
    id         TEXT   NOT NULL PRIMARY KEY,
    card_id    TEXT   NOT NULL,
    -- Counts from 1 for each card: several may be made at one instant.
    number     BIGINT NOT NULL CHECK (number >= 1),
    user_id    TEXT   NOT NULL REFERENCES clients (user_id),
    decided_at BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    UNIQUE (card_id, number)
);
CREATE INDEX card_decisions_by_time ON card_decisions (decided_at);

ALTER TABLE job_cards ADD COLUMN wakes_at BIGINT;
CREATE INDEX job_cards_waking ON job_cards (wakes_at) WHERE wakes_at IS NOT NULL;
