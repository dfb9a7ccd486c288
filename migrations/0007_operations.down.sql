DROP TABLE settings;
DROP TABLE exercise_aliases;
DROP TABLE api_tokens;
DROP TABLE spool_applied;
DROP TABLE request_log;
DROP TABLE policy_versions;
DROP TABLE quarantine;
