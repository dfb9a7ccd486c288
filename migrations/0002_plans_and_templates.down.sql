DROP TABLE plans;
DROP TABLE plan_choices;
DROP TABLE training_templates;
DROP TABLE meal_templates;
