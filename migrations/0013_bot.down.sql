DROP INDEX outbox_by_time;
DROP TABLE owed_edits;
DROP TABLE drafts;
DROP TABLE contacts;
DROP TABLE bots;
