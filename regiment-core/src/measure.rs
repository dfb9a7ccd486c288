//! Numbers that are already valid: each type refuses what its record may not hold.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::Invalid;

macro_rules! integer {
    ($(#[$meta:meta])* $name:ident($inner:ty), $field:literal, $low:literal..=$high:literal, $unit:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub struct $name($inner);

        impl $name {
            #[doc = concat!("Accepts ", $low, " to ", $high, $unit, ".")]
            ///
            /// # Errors
            /// [`Invalid`] outside that range.
            pub fn new(value: i64) -> Result<Self, Invalid> {
                match <$inner>::try_from(value) {
                    Ok(inner) if ($low..=$high).contains(&value) => Ok(Self(inner)),
                    _ => Err(Invalid::new(
                        $field, value, concat!("a whole number from ", $low, " to ", $high, $unit),
                    )),
                }
            }

            /// Returns the number.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl TryFrom<i64> for $name {
            type Error = Invalid;

            fn try_from(value: i64) -> Result<Self, Invalid> {
                Self::new(value)
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                Self::from(value.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "integer", "minimum": $low, "maximum": $high })
            }
        }
    };
}

macro_rules! decimal {
    ($(#[$meta:meta])* $name:ident, $field:literal, $accepted:literal, |$value:ident| $ok:expr, $schema:tt) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            #[doc = concat!("Accepts a number ", $accepted, ".")]
            ///
            /// # Errors
            /// [`Invalid`] for anything else, `NaN` and infinities among it.
            pub fn new($value: f64) -> Result<Self, Invalid> {
                if $ok { Ok(Self($value)) } else { Err(Invalid::new($field, $value, $accepted)) }
            }

            /// Returns the number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = Invalid;

            fn try_from(value: f64) -> Result<Self, Invalid> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        /// Redacted: a weight is personal.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

integer! {
    /// Repetitions of a top set.
    Reps(u8), "reps", 1..=99, ""
}
integer! {
    /// Minutes of cardio, assigned or done.
    Minutes(u16), "minutes", 0..=300, " minutes"
}
integer! {
    /// Grams of a macronutrient a day.
    Grams(u16), "grams", 0..=1000, " g"
}
integer! {
    /// A client's height in centimeters.
    Height(u8), "height_cm", 120..=250, " cm"
}
integer! {
    /// A client's age in years.
    Age(u8), "age", 14..=100, " years"
}
decimal! {
    /// A client's body weight in kilograms.
    BodyWeight, "weight_kg", "between 30 and 300 kg",
    |value| (30.0..=300.0).contains(&value),
    { "type": "number", "minimum": 30, "maximum": 300 }
}
decimal! {
    /// The weight on the bar in kilograms; for bodyweight exercises the added load, which may be 0.
    Load, "weight_kg", "from 0 to less than 1000 kg",
    |value| (0.0..1000.0).contains(&value),
    { "type": "number", "minimum": 0, "exclusiveMaximum": 1000 }
}

impl BodyWeight {
    /// Accepts a weigh-in: 30 to 300 kg with at most one decimal.
    ///
    /// # Errors
    /// [`Invalid`] outside that range or with a second decimal.
    pub fn weigh_in(value: f64) -> Result<Self, Invalid> {
        let weight = Self::new(value)?;
        if ((value * 10.0).round() - value * 10.0).abs() > 1e-6 {
            return Err(Invalid::new("weight_kg", value, "given to at most one decimal"));
        }
        Ok(weight)
    }
}

/// Returns whether a statistic is above another: by more than what double arithmetic may have
/// added, 1e-9 of the right-hand side and at least 1e-9.
pub fn exceeds(left: f64, right: f64) -> bool {
    left - right > 1e-9 * right.abs().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_exceeds_another_by_more_than_rounding() {
        assert!(!exceeds(0.1 + 0.2, 0.3) && !exceeds(100.0, 100.0));
        assert!(!exceeds(100.0 + 1e-7, 100.0) && exceeds(100.0 + 1.1e-7, 100.0));
        assert!(!exceeds(1e-9, 0.0) && exceeds(1.1e-9, 0.0));
        assert!(!exceeds(99.0, 100.0) && exceeds(-1.0, -2.0));
    }

    #[test]
    fn integers_hold_at_their_bounds() {
        assert!(Reps::new(0).is_err() && Reps::new(1).is_ok());
        assert!(Reps::new(99).is_ok() && Reps::new(100).is_err());
        assert!(Minutes::new(-1).is_err() && Minutes::new(0).is_ok());
        assert!(Minutes::new(300).is_ok() && Minutes::new(301).is_err());
        assert!(Height::new(119).is_err() && Height::new(120).is_ok());
        assert!(Height::new(250).is_ok() && Height::new(251).is_err());
        assert!(Age::new(13).is_err() && Age::new(14).is_ok() && Age::new(101).is_err());
        assert!(Grams::new(1000).is_ok() && Grams::new(1001).is_err());
        assert_eq!(
            Minutes::new(301).unwrap_err().to_string(),
            "minutes must be a whole number from 0 to 300 minutes, not 301"
        );
    }

    #[test]
    fn decimals_hold_at_their_bounds() {
        assert!(BodyWeight::new(29.9).is_err() && BodyWeight::new(30.0).is_ok());
        assert!(BodyWeight::new(300.0).is_ok() && BodyWeight::new(300.1).is_err());
        assert!(BodyWeight::new(f64::NAN).is_err() && Load::new(f64::INFINITY).is_err());
        assert!(Load::new(-0.1).is_err() && Load::new(0.0).is_ok());
        assert!(Load::new(999.9).is_ok() && Load::new(1000.0).is_err());
        assert!(BodyWeight::weigh_in(83.4).is_ok() && BodyWeight::weigh_in(83.45).is_err());
    }

    #[test]
    fn a_weight_is_never_printed_for_debugging() {
        let weight = BodyWeight::new(83.4).unwrap();
        assert_eq!(format!("{weight:?}"), "BodyWeight([redacted])");
    }
}
