//! The shell: load, decide, apply, commit.
