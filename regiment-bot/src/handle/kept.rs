//! Keeps what somebody typed for his next try: it stands in the note that says what is wrong, and a
//! form that is opened from there begins with it. Nothing has to be asked for, nothing is forgotten
//! by a restart.

use crate::inert;

/// What a value ends up in: it can neither format nor mention, and comes back as it was typed.
const QUOTE: char = '`';

/// What stands for a quote within a value, and for the end of a line.
const STAND_IN: char = 'ˋ';
const END_OF_LINE: char = '⏎';

/// The longest value that is kept, in UTF-16 units.
const LONGEST: usize = 500;

/// Writes the line of a value.
pub(super) fn line(label: &str, value: &str) -> String {
    line_of(label, value, LONGEST)
}

/// Writes the line of a value of which so much is kept.
pub(super) fn line_of(label: &str, value: &str, longest: usize) -> String {
    let label = inert::one_line(&label.replace(QUOTE, ""));
    let value = value.trim().replace(QUOTE, &STAND_IN.to_string());
    let value = value.lines().collect::<Vec<_>>().join(&END_OF_LINE.to_string());
    let value = inert::clip(&inert::one_line(&value), longest);
    if value.is_empty() { format!("> {label}: —") } else { format!("> {label}: `{value}`") }
}

/// Reads the values of a note's lines, in their order.
pub(super) fn read(content: &str) -> Vec<String> {
    let value = |line: &str| {
        let (_, rest) = line.split_once(QUOTE)?;
        let (value, _) = rest.rsplit_once(QUOTE)?;
        Some(value.replace(END_OF_LINE, "\n"))
    };
    let lines = content.lines().filter(|line| line.starts_with("> "));
    lines.map(|line| value(line).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_come_back_in_their_order() {
        let note =
            format!("Not filed.\n{}\n{}\n", line("Weight", "82,5x"), line("Notes", "slept\nbadly"));
        assert_eq!(note, "Not filed.\n> Weight: `82,5x`\n> Notes: `slept⏎badly`\n");
        assert_eq!(read(&note), ["82,5x", "slept\nbadly"]);
        assert_eq!(read(&line("Notes", "  ")), [""]);
        assert_eq!(read("Fuel and cardio"), Vec::<String>::new());
    }

    #[test]
    fn a_value_stays_in_its_quotes() {
        let wild = line("A `label`", "``` @everyone **x** `\u{202E}> y: `z`");
        assert_eq!(wild, "> A label: `ˋˋˋ @everyone **x** ˋ> y: ˋzˋ`");
        assert_eq!(read(&wild).len(), 1);
        assert!(line("Notes", &"x".repeat(4000)).len() < 520);
    }

    proptest! {
        #[test]
        fn plain_values_come_back_as_they_were(value in "[a-zA-Z0-9 ,.@*_<>äöü💪]{0,100}") {
            let value = value.trim();
            let kept = inert::one_line(value);
            prop_assert_eq!(read(&line("Label", value)), [kept]);
        }

        #[test]
        fn any_value_is_one_line(value in any::<String>()) {
            prop_assert_eq!(line("Label", &value).lines().count(), 1);
            prop_assert_eq!(read(&line("Label", &value)).len(), 1);
        }
    }
}
