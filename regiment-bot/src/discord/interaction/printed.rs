//! What is printed of an interaction: that there is one, and of which kind.

use std::fmt;

use super::{Asks, Interaction, Person, Shown};

impl fmt::Debug for Interaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interaction")
            .field("id", &self.id)
            .field("asks", &self.asks)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person([redacted])")
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { name, .. } => write!(f, "command {name}"),
            Self::Complete { name, option, .. } => write!(f, "choices for {option} of {name}"),
            Self::Press { .. } => f.write_str("press"),
            Self::Choose { .. } => f.write_str("choice"),
            Self::Submit { .. } => f.write_str("form"),
        }
    }
}
