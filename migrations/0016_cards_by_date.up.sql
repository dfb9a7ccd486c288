-- The cards of one Sunday, and of the Sundays since, without reading everything.

CREATE INDEX job_cards_by_date ON job_cards (date, source);
