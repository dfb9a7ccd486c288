use std::{borrow::Cow, fmt, str::FromStr};

use jiff::tz::{Offset, TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Invalid;

const ACCEPTED: &str =
    "UTC, an offset from UTC-12:00 to UTC+14:00 like UTC+5:45, or an IANA name like Europe/London";

/// A client's time zone, as it was entered: a fixed offset (`UTC`, `UTC+2`, `UTC-3:30`,
/// `UTC+05:45`; -12:00 to +14:00) or an IANA name (`Europe/London`), which follows daylight saving.
///
/// The zone rules are those bundled with the program, so the same build gives the same instants on
/// every machine.
///
/// ```
/// use regiment_core::calendar::Zone;
/// assert_eq!(Zone::parse("UTC+05:45").unwrap().as_str(), "UTC+05:45");
/// assert_eq!(Zone::parse("europe/london").unwrap().as_str(), "Europe/London");
/// assert!(Zone::parse("UTC+14:15").is_err());
/// ```
#[derive(Clone)]
pub struct Zone {
    name: Box<str>,
    tz: TimeZone,
}

impl Zone {
    /// Coordinated Universal Time.
    pub const fn utc_name() -> &'static str {
        "UTC"
    }

    /// Returns Coordinated Universal Time.
    pub fn utc() -> Self {
        Self { name: Self::utc_name().into(), tz: TimeZone::UTC }
    }

    /// Reads a zone.
    ///
    /// # Errors
    /// [`Invalid`] with an accepted example.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let refused = || Invalid::new("timezone_offset", text, ACCEPTED);
        if let Some(rest) = text.strip_prefix("UTC") {
            let minutes = offset_minutes(rest).ok_or_else(refused)?;
            let offset = Offset::from_seconds(minutes * 60).map_err(|_| refused())?;
            return Ok(Self { name: text.into(), tz: TimeZone::fixed(offset) });
        }
        let tz = jiff::tz::db().get(text).map_err(|_| refused())?;
        let name = tz.iana_name().filter(|name| *name != "Etc/Unknown").ok_or_else(refused)?.into();
        Ok(Self { name, tz })
    }

    /// Returns the zone's text.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns whether the zone follows an IANA name's rules, daylight saving among them.
    pub fn is_named(&self) -> bool {
        !self.name.starts_with("UTC")
    }

    pub(super) const fn tz(&self) -> &TimeZone {
        &self.tz
    }
}

/// Reads what follows "UTC": nothing, or a sign, one or two digits of hours and perhaps `:MM`.
fn offset_minutes(rest: &str) -> Option<i32> {
    if rest.is_empty() {
        return Some(0);
    }
    let sign = match rest.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = rest[1..].split_once(':').unwrap_or((&rest[1..], "00"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(hours, 2) || minutes.len() != 2 || !digits(minutes, 2) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = sign * (hours * 60 + minutes);
    (minutes < 60 && (-12 * 60..=14 * 60).contains(&total)).then_some(total)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl FromStr for Zone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Zone {
    fn schema_name() -> Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": ACCEPTED })
    }
}
