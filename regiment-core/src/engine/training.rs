//! The training dispatcher.
