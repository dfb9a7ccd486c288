//! Cardio.
