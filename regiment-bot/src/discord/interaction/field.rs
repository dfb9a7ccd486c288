//! A value within a frame that knows where it stands.

use serde_json::Value;

use super::Unreadable;

/// A value, perhaps absent, and its path.
pub(in super::super) struct Field<'a> {
    value: Option<&'a Value>,
    path: String,
}

impl<'a> Field<'a> {
    /// Begins at the frame itself.
    pub(in super::super) fn root(value: &'a Value) -> Self {
        Self { value: Some(value), path: String::new() }
    }

    /// Goes to a field of an object.
    pub(in super::super) fn at(&self, name: &str) -> Self {
        let path =
            if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        // What is null says as much as what is absent.
        let value = self.value.and_then(|value| value.get(name)).filter(|value| !value.is_null());
        Self { value, path }
    }

    /// Returns whether nothing stands there.
    pub(in super::super) fn is_absent(&self) -> bool {
        self.value.is_none()
    }

    /// Returns what stands there.
    pub(in super::super) fn raw(&self) -> Option<&'a Value> {
        self.value
    }

    /// Reads a text.
    pub(in super::super) fn text(&self) -> Result<&'a str, Unreadable> {
        self.some()?.as_str().ok_or_else(|| self.unreadable("is no text"))
    }

    /// Reads a whole number that is not negative.
    pub(in super::super) fn number(&self) -> Result<u64, Unreadable> {
        self.some()?.as_u64().ok_or_else(|| self.unreadable("is no number"))
    }

    /// Reads an id.
    pub(in super::super) fn id(&self) -> Result<u64, Unreadable> {
        self.text()?.parse().map_err(|_| self.unreadable("is no id"))
    }

    /// Reads an id, if there is one.
    pub(in super::super) fn id_if_any(&self) -> Result<Option<u64>, Unreadable> {
        if self.is_absent() { Ok(None) } else { self.id().map(Some) }
    }

    /// Reads a list.
    pub(in super::super) fn items(&self) -> Result<Vec<Self>, Unreadable> {
        let items = self.some()?.as_array().ok_or_else(|| self.unreadable("is no list"))?;
        let item = |(n, value)| Self { value: Some(value), path: format!("{}[{n}]", self.path) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// Says what is wrong here.
    pub(in super::super) fn unreadable(&self, problem: &'static str) -> Unreadable {
        Unreadable { field: self.path.clone(), problem }
    }

    fn some(&self) -> Result<&'a Value, Unreadable> {
        self.value.ok_or_else(|| self.unreadable("is missing"))
    }
}
