//! A company of simulated clients.
