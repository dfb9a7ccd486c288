-- sqlite:
DROP TRIGGER logs_no_update;
-- postgres:
DROP TRIGGER logs_no_update ON logs;
-- both:
DROP TABLE audit_head;
DROP TABLE audit_details;
DROP TABLE audit;
-- postgres:
DROP FUNCTION regiment_append_only();
