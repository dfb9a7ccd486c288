DROP TABLE pause_log;
DROP TABLE closed_dates;
DROP TABLE orders;
DROP TABLE lifts;
DROP TABLE logs;
DROP TABLE client_activity;
DROP TABLE clients;
