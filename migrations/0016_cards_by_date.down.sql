DROP INDEX job_cards_by_date;
