//! Text that must not be seen.

use std::fmt;

/// A secret, such as an API token. Printing it in any form shows `[redacted]`.
///
/// ```
/// use regiment_core::Secret;
/// assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some([redacted])");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` out of sight.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
