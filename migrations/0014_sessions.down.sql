DROP TABLE session_secrets;
DROP TABLE sessions;
