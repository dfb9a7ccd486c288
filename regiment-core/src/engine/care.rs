//! The care guard.
