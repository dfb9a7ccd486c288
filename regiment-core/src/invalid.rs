//! Refused values.

/// A value that was refused, and what would have been accepted.
///
/// The text is for the person who typed the value. It holds that value, which may be personal, so
/// a log line carries [`Invalid::field`] alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {accepted}, not {value}")]
pub struct Invalid {
    field: String,
    value: String,
    accepted: String,
}

impl Invalid {
    /// Names the refused field, the value as it was given and what would be accepted
    /// (`"between 30 and 300 kg"`).
    pub fn new(
        field: impl Into<String>,
        value: impl std::fmt::Display,
        accepted: impl Into<String>,
    ) -> Self {
        let value = value.to_string();
        let value = if value.is_empty() { "empty".to_owned() } else { value };
        Self { field: field.into(), value, accepted: accepted.into() }
    }

    /// Returns the field's name, safe to log.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the value that was refused, as it was given.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns what would be accepted, as a phrase that follows "must be".
    pub fn accepted(&self) -> &str {
        &self.accepted
    }

    /// Returns the same refusal under another name, as when a reused type sits in a named field.
    #[must_use]
    pub fn named(self, field: impl Into<String>) -> Self {
        Self { field: field.into(), ..self }
    }
}
