//! The honors board.
