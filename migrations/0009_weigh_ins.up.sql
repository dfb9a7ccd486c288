-- Body weights that an import brought outside any check-in: they belong to the trend, and answer no
-- order.

CREATE TABLE weigh_ins (
    user_id TEXT NOT NULL REFERENCES clients (user_id),
    date    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (user_id, date)
);
