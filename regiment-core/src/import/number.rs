//! Numbers as people and their phones write them.
//!
//! `300,5` is three hundred and a half, never three hundred. Where a value could mean two things
//! and the file does not settle it, it is refused.

/// How a file writes its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// `82.5`, thousands as `1,050`.
    Point,
    /// `82,5`, thousands as `1.050`.
    Comma,
    /// Both occur, so that `1,050` and `1.050` can't be told apart.
    Mixed,
}

impl Notation {
    /// Decides from cells: whichever mark stands where only a decimal mark can. Where none does, a
    /// file that is not separated by commas (`free_comma`) uses them as decimal marks, others don't.
    pub(super) fn of<'a, I: Iterator<Item = &'a str>>(
        cells: impl Fn() -> I,
        free_comma: bool,
    ) -> Self {
        let comma = cells().any(|cell| is_surely_decimal(cell, ',', '.'));
        let point = cells().any(|cell| is_surely_decimal(cell, '.', ','));
        match (comma, point) {
            (true, true) => Self::Mixed,
            (true, false) => Self::Comma,
            (false, true) => Self::Point,
            (false, false) => {
                let any_comma = cells().any(|cell| cell.contains(','));
                let any_point = cells().any(|cell| cell.contains('.'));
                if free_comma && any_comma && !any_point { Self::Comma } else { Self::Point }
            }
        }
    }

    /// Reads a number. `None` for anything else than digits with a sign, a decimal mark and
    /// thousands in proper groups, and for a value that this notation leaves open.
    pub(super) fn read(self, text: &str) -> Option<f64> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || digits.len() > 24 {
            return None;
        }
        let plain = match (digits.contains(','), digits.contains('.')) {
            (false, false) => digits.to_owned(),
            (true, true) if digits.rfind('.') > digits.rfind(',') => grouped(digits, ',', '.')?,
            (true, true) => grouped(digits, '.', ',')?,
            (true, false) if is_surely_decimal(digits, ',', '.') => digits.replace(',', "."),
            (false, true) if is_surely_decimal(digits, '.', ',') => digits.to_owned(),
            (true, false) => match self {
                Self::Point => grouped(digits, ',', '.')?,
                Self::Comma => digits.replacen(',', ".", 1),
                Self::Mixed => return None,
            },
            (false, true) => match self {
                Self::Point => digits.to_owned(),
                Self::Comma => grouped(digits, '.', ',')?,
                Self::Mixed => return None,
            },
        };
        if !plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            || !plain.bytes().any(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let value: f64 = plain.parse().ok()?;
        Some(if negative { -value } else { value })
    }
}

/// Whether `mark` can only be a decimal mark here: it stands once, the other not at all, and what
/// follows is no group of three behind a number that could be thousands.
fn is_surely_decimal(text: &str, mark: char, other: char) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    let Some((whole, fraction)) = text.split_once(mark) else { return false };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !text.contains(other)
        && digits(whole)
        && digits(fraction)
        && (fraction.len() != 3 || whole.len() > 3 || whole.is_empty() || whole.starts_with('0'))
}

/// Takes thousands out, if they are proper groups of three, and writes the decimal mark as a point.
fn grouped(text: &str, thousands: char, mark: char) -> Option<String> {
    let (whole, fraction) = text.split_once(mark).unwrap_or((text, ""));
    let groups: Vec<&str> = whole.split(thousands).collect();
    let proper = groups.iter().enumerate().all(|(at, group)| match at {
        0 => (1..=3).contains(&group.len()),
        _ => group.len() == 3,
    });
    let whole = groups.concat();
    (proper && !fraction.contains([thousands, mark]))
        .then(|| if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(notation: Notation, text: &str, expected: Option<f64>) {
        assert_eq!(notation.read(text), expected, "{text} in {notation:?}");
    }

    #[test]
    fn a_decimal_comma_is_never_cut_off() {
        for notation in [Notation::Point, Notation::Comma, Notation::Mixed] {
            check(notation, "300,5", Some(300.5));
            check(notation, "62,25", Some(62.25));
            check(notation, "0,500", Some(0.5));
            check(notation, "82.5", Some(82.5));
            check(notation, "1.234,5", Some(1234.5));
            check(notation, "1,234.5", Some(1234.5));
            check(notation, "1,234,567.25", Some(1_234_567.25));
        }
    }

    #[test]
    fn three_digits_behind_a_mark_are_read_as_the_rest_of_the_file_is() {
        check(Notation::Point, "1,050", Some(1050.0));
        check(Notation::Point, "62.375", Some(62.375));
        check(Notation::Comma, "62,375", Some(62.375));
        check(Notation::Comma, "1.050", Some(1050.0));
        check(Notation::Mixed, "1,050", None);
        check(Notation::Mixed, "1.050", None);
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        for text in [
            "",
            "-",
            "+",
            ".",
            ",",
            "inf",
            "NaN",
            "1e3",
            "0x10",
            "12kg",
            "1 050",
            "1,05,0",
            "1..5",
            "--5",
            "1,2.3,4",
            "٣",
            "1.2.3",
            "9999999999999999999999999",
        ] {
            check(Notation::Point, text, None);
            check(Notation::Comma, text, None);
        }
        check(Notation::Point, "-20", Some(-20.0));
        check(Notation::Point, "+20", Some(20.0));
    }

    #[test]
    fn a_notation_follows_from_what_can_only_be_a_decimal_mark() {
        let of =
            |cells: &'static [&'static str], free| Notation::of(|| cells.iter().copied(), free);
        assert_eq!(of(&["82,5", "1.050"], false), Notation::Comma);
        assert_eq!(of(&["82.5", "1,050"], true), Notation::Point);
        assert_eq!(of(&["82.5", "82,5"], true), Notation::Mixed);
        assert_eq!(of(&["62,375"], true), Notation::Comma);
        assert_eq!(of(&["1,050"], false), Notation::Point);
        assert_eq!(of(&["100"], true), Notation::Point);
    }
}
