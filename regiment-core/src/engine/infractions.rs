//! The infraction monitor and its escalation.
