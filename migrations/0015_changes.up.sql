-- What changed lately, and what ended long ago, without reading everything.

CREATE INDEX clients_by_change ON clients (updated_at);
CREATE INDEX job_cards_by_change ON job_cards (updated_at);
CREATE INDEX alerts_by_end ON alerts (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX outbox_by_end ON outbox (ended_at) WHERE ended_at IS NOT NULL;
