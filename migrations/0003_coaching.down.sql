DROP TABLE honors;
DROP TABLE achievements;
DROP TABLE alerts;
DROP TABLE job_cards;
DROP TABLE standings;
DROP TABLE infractions;
DROP TABLE excuse_requests;
DROP TABLE excuses;
