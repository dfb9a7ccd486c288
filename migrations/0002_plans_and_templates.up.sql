-- Templates keep every version; what was compiled from them keeps every compilation.

CREATE TABLE meal_templates (
    template_id TEXT   NOT NULL,
    version     BIGINT NOT NULL CHECK (version >= 1),
    created_at  BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (template_id, version)
);

CREATE TABLE training_templates (
    template_id TEXT   NOT NULL,
    version     BIGINT NOT NULL CHECK (version >= 1),
    created_at  BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (template_id, version)
);

CREATE TABLE plan_choices (
    user_id     TEXT   NOT NULL REFERENCES clients (user_id),
    cycle_start TEXT   NOT NULL,
    chosen_at   BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (user_id, cycle_start)
);

-- The plan of a cycle is its latest compilation.
CREATE TABLE plans (
    user_id     TEXT   NOT NULL REFERENCES clients (user_id),
    cycle_start TEXT   NOT NULL,
    compilation BIGINT NOT NULL CHECK (compilation >= 1),
    compiled_at BIGINT NOT NULL,
    body        TEXT   NOT NULL,
    PRIMARY KEY (user_id, cycle_start, compilation)
);
