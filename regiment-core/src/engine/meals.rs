//! Meal delivery: choose, compile, deliver, log.
