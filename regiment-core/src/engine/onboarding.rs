//! Enlisting, activating, pausing.
