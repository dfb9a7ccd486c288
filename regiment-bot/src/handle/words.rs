//! Puts texts and values together, in the same words wherever they are needed.

use jiff::Timestamp;

use crate::{
    Note, Texts,
    line::{Form, Line, Value},
    texts::Key,
};

/// Says a text.
pub(super) fn say(texts: &Texts, line: impl Into<Line>) -> String {
    line.into().write(texts, Form::Discord)
}

/// Says a text where nothing is escaped: on a label, in a form.
pub(crate) fn label(texts: &Texts, line: impl Into<Line>) -> String {
    crate::inert::one_line(&line.into().write(texts, Form::Plain))
}

/// A text around one value.
pub(super) fn with(key: Key, name: &'static str, value: Value) -> Line {
    Line::Text(key, vec![(name, value)])
}

/// A note of one text.
pub(super) fn note(texts: &Texts, line: impl Into<Line>) -> Note {
    Note::new(say(texts, line))
}

/// Writes a moment, which Discord shows in the time zone of whoever reads it: `t` the time, `f` date
/// and time, `R` how long until then.
pub(super) fn moment(at: Timestamp, style: char) -> Value {
    Value::ours(format_args!("<t:{}:{style}>", at.as_second()))
}

/// Reads a moment of the API.
pub(super) fn at(timestamp: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    let timestamp = timestamp?;
    Timestamp::new(timestamp.seconds, timestamp.nanos).ok()
}

/// Writes a note down as a reader of Discord would describe it.
#[cfg(test)]
pub(super) fn described(note: &Note) -> String {
    use crate::Row;

    let mut text = note.content.clone();
    for row in &note.rows {
        let labels: Vec<String> = match row {
            Row::Buttons(buttons) => {
                buttons.iter().map(|it| format!("[{}] {:?}", it.label, it.style)).collect()
            }
            Row::Menu(choices) => choices.iter().map(|it| format!("({})", it.label)).collect(),
            Row::Select(select) => {
                let answers = select
                    .answers
                    .iter()
                    .map(|it| format!("{} {}", if it.is_chosen { "(x)" } else { "( )" }, it.label));
                [format!("({})", select.placeholder)].into_iter().chain(answers).collect()
            }
        };
        text.extend(["\n--- row\n", &labels.join("\n")]);
    }
    if let Some(later) = &note.later {
        let seconds = later.after.as_secs().to_string();
        text.extend(["\n--- after ", &seconds, " s\n", &later.content]);
    }
    for file in &note.files {
        text.extend(["\n--- file ", &file.name]);
    }
    text.replace('\u{200B}', "{zero width}")
}
