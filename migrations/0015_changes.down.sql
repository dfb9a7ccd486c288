DROP INDEX outbox_by_end;
DROP INDEX alerts_by_end;
DROP INDEX job_cards_by_change;
DROP INDEX clients_by_change;
