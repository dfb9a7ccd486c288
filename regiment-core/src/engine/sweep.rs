//! Closing the check-in and the day.
