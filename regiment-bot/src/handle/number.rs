//! Reads the numbers that people type: with a comma or a point, with a unit or without, in digits of
//! their own script, with marks that nobody sees.

use crate::inert;

/// Kilograms in a pound.
const POUND: f64 = 0.453_592_37;

/// The longest text that may be a number.
const LONGEST: usize = 40;

/// How weights in pounds are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    /// To 100 g, as scales show a body.
    Body,
    /// To 10 g: plates in pounds are no round kilograms.
    Bar,
}

/// Reads a weight in kilograms: `82,5`, `82.5 kg`, `181 lb`. What was typed in kilograms stays what
/// it is.
pub(super) fn weight(typed: &str, rounding: Rounding) -> Option<f64> {
    let (number, unit) = split(typed)?;
    let value = decimal(&number)?;
    match unit.as_str() {
        "" | "kg" | "kgs" | "kilo" | "kilos" | "кг" => Some(value),
        "lb" | "lbs" | "pound" | "pounds" => {
            let steps = match rounding {
                Rounding::Body => 10.0,
                Rounding::Bar => 100.0,
            };
            Some((value * POUND * steps).round() / steps)
        }
        _ => None,
    }
}

/// Reads a height in centimeters: `182`, `182 cm`, `1,82 m`.
pub(super) fn height(typed: &str) -> Option<i32> {
    let (number, unit) = split(typed)?;
    let value = decimal(&number)?;
    let centimeters = match unit.as_str() {
        "" if value < 3.0 => value * 100.0,
        "m" => value * 100.0,
        "" | "cm" => value,
        _ => return None,
    };
    to_whole(centimeters)
}

/// Reads a whole number, with one of these units or without: `30`, `30 min`.
pub(super) fn whole(typed: &str, units: &[&str]) -> Option<i32> {
    let (number, unit) = split(typed)?;
    (unit.is_empty() || units.contains(&unit.as_str())).then(|| to_whole(decimal(&number)?))?
}

/// Separates a number from the unit behind it, both without anything that nobody sees.
fn split(typed: &str) -> Option<(String, String)> {
    let seen = inert::one_line(typed);
    if seen.chars().count() > LONGEST {
        return None;
    }
    let plain: String = seen.chars().filter(|c| *c != ' ').map(ascii).collect();
    let end = plain.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')));
    let (number, unit) = plain.split_at(end.unwrap_or(plain.len()));
    Some((number.to_owned(), unit.trim_end_matches('.').to_lowercase()))
}

/// Reads digits with at most one comma or point among them.
fn decimal(number: &str) -> Option<f64> {
    let number = number.strip_prefix('+').unwrap_or(number).replace(',', ".");
    let digits = number.strip_prefix('-').unwrap_or(&number);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.matches('.').count() <= 1
        && !digits.contains(['-', '+']);
    if is_number { number.parse().ok() } else { None }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn to_whole(value: f64) -> Option<i32> {
    let rounded = value.round();
    let is_whole = (rounded - value).abs() < 1e-6 && rounded.abs() < f64::from(i32::MAX);
    is_whole.then_some(rounded as i32)
}

/// Returns the ASCII digit or mark for one of another script.
fn ascii(c: char) -> char {
    let digit = |zero: char| char::from_digit(u32::from(c) - u32::from(zero), 10);
    let found = match c {
        '٠'..='٩' => digit('٠'),
        '۰'..='۹' => digit('۰'),
        '०'..='९' => digit('०'),
        '０'..='９' => digit('０'),
        '٫' | '．' => Some('.'),
        '，' | '、' => Some(','),
        '−' | '–' => Some('-'),
        _ => None,
    };
    found.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn body(typed: &str, expected: Option<f64>) {
        assert_eq!(weight(typed, Rounding::Body), expected, "{typed}");
    }

    #[test]
    fn weights_are_read_as_people_type_them() {
        for typed in ["82.5", "82,5", " 82.5 ", "82.5kg", "82,5 KG", "82.5 kg.", "+82.5", "82.50"] {
            body(typed, Some(82.5));
        }
        body("82", Some(82.0));
        body("82.55", Some(82.55));
        body("181 lb", Some(82.1));
        body("181.5lbs", Some(82.3));
        body("82,5 кг", Some(82.5));
        assert_eq!(weight("225 lb", Rounding::Bar), Some(102.06));
        assert_eq!(weight("0", Rounding::Bar), Some(0.0));
        // Out of range is a number still: the server says what is accepted.
        body("-5", Some(-5.0));
        body("8200", Some(8200.0));
    }

    #[test]
    fn digits_of_other_scripts_and_marks_that_turn_the_writing_are_read() {
        body("٨٢٫٥", Some(82.5));
        body("\u{200F}82.5\u{200E}", Some(82.5));
        body("\u{202B}82,5 kg\u{202C}", Some(82.5));
        body("۸۲", Some(82.0));
        body("８２．５", Some(82.5));
        body("82\u{00A0}kg", Some(82.0));
    }

    #[test]
    fn what_is_no_weight_is_none() {
        let long = "9".repeat(4000);
        for typed in [
            "",
            " ",
            "abc",
            "💪",
            "82💪",
            "@everyone",
            "**82**",
            "1.234,5",
            "1,2,3",
            "82.",
            ".5",
            "8-2",
            "12 stone",
            "82.5 kg 3",
            "NaN",
            "inf",
            "1e3",
            "0x10",
            "--5",
            &long,
        ] {
            body(typed, None);
        }
    }

    #[test]
    fn whole_numbers_take_their_units_alone() {
        let minutes = |typed| whole(typed, &["min", "mins", "minutes"]);
        assert_eq!(minutes("30"), Some(30));
        assert_eq!(minutes("30 min."), Some(30));
        assert_eq!(minutes("30.0"), Some(30));
        assert_eq!(minutes("30.5"), None);
        assert_eq!(minutes("30 kg"), None);
        assert_eq!(minutes("99999999999"), None);
        assert_eq!(whole("5", &[]), Some(5));
    }

    #[test]
    fn heights_may_be_meters() {
        assert_eq!(height("182"), Some(182));
        assert_eq!(height("182 cm"), Some(182));
        assert_eq!(height("1,82"), Some(182));
        assert_eq!(height("1.82 m"), Some(182));
        assert_eq!(height("1.825"), None);
        assert_eq!(height("6 ft"), None);
    }

    proptest! {
        #[test]
        fn a_weight_comes_back_whatever_its_separator(tenths in 300..=3000_u32, comma: bool) {
            let separator = if comma { ',' } else { '.' };
            let typed = format!("{}{separator}{} kg", tenths / 10, tenths % 10);
            prop_assert_eq!(weight(&typed, Rounding::Body), Some(f64::from(tenths) / 10.0));
        }

        #[test]
        fn nothing_that_anybody_types_breaks_the_reading(typed in "\\PC{0,60}") {
            for read in [weight(&typed, Rounding::Body), weight(&typed, Rounding::Bar)] {
                prop_assert!(read.is_none_or(f64::is_finite));
            }
            height(&typed);
            whole(&typed, &["min"]);
        }
    }
}
