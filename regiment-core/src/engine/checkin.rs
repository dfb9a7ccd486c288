//! The check-in analyzer.
