DROP TABLE weigh_ins;
