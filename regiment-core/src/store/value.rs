//! The four column types, and the text of statements whose length depends on their input.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::Date};

use crate::UserId;

/// A value of one of the four column types, or a null of that type.
///
/// PostgreSQL needs the type of a null, hence the option inside.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Real(Option<f64>),
    Boolean(Option<bool>),
}

macro_rules! value_from {
    ($($from:ty => |$it:ident| $variant:ident($convert:expr);)+) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                Value::$variant(Some($convert))
            }
        }

        impl From<Option<$from>> for Value {
            fn from(it: Option<$from>) -> Self {
                Value::$variant(it.map(|$it| $convert))
            }
        }
    )+};
}

value_from! {
    &str => |text| Text(text.to_owned());
    String => |text| Text(text);
    &String => |text| Text(text.clone());
    UserId => |user_id| Text(user_id.as_str().to_owned());
    Date => |date| Text(date.to_string());
    Timestamp => |instant| Integer(instant.as_microsecond());
    i64 => |number| Integer(number);
    i32 => |number| Integer(i64::from(number));
    u32 => |number| Integer(i64::from(number));
    f64 => |number| Real(number);
    bool => |truth| Boolean(truth);
}

/// Builds the values of a statement from anything that is one.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::store::value::Value::from($value)),*] };
}
pub(super) use values;

/// The most rows or keys that go into one statement.
pub(super) const CHUNK: usize = 128;

/// Splits `len` into statement sizes that are powers of two, so that a connection's cache of
/// prepared statements stays small however the batches vary.
pub(super) fn sizes(mut len: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let mut size = CHUNK;
        while size > len {
            size /= 2;
        }
        len -= size;
        (size > 0).then_some(size)
    })
}

/// Writes `rows` groups of `columns` placeholders, bound in order: `($1,$2),($3,$4)`.
///
/// SQLite gets `(?,?),(?,?)`: it looks a numbered placeholder up among all others at every binding,
/// which for a thousand of them takes longer than the statement.
pub(super) fn groups(rows: usize, columns: usize, is_sqlite: bool) -> String {
    let mut text = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        if is_sqlite {
            text.push_str(&"?,".repeat(columns));
            text.pop();
        } else {
            list_into(&mut text, row * columns + 1, columns);
        }
        text.push(')');
    }
    text
}

/// Writes `len` placeholders from number `first`: `$3,$4,$5`.
pub(super) fn list(first: usize, len: usize) -> String {
    let mut text = String::with_capacity(len * 5);
    list_into(&mut text, first, len);
    text
}

fn list_into(text: &mut String, first: usize, len: usize) {
    for number in first..first + len {
        let comma = if number == first { "" } else { "," };
        write!(text, "{comma}${number}").expect("a String takes any text");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(groups(2, 2, false), "($1,$2),($3,$4)");
        assert_eq!(groups(2, 2, true), "(?,?),(?,?)");
        assert_eq!(list(3, 3), "$3,$4,$5");
        assert_eq!(list(1, 0), "");
    }

    #[test]
    fn sizes_are_powers_of_two_that_add_up() {
        assert_eq!(sizes(0).count(), 0);
        assert_eq!(sizes(200).collect::<Vec<_>>(), [128, 64, 8]);
        for len in 0..1_000 {
            assert_eq!(sizes(len).sum::<usize>(), len);
            assert!(sizes(len).all(usize::is_power_of_two));
        }
    }
}
