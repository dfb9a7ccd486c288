//! Renders a message within Discord's limits.

use regiment_core::message::Message;
use thiserror::Error;

use crate::{
    File, Note, OrderNumber, Rendered, Texts,
    compose::{self, Block, Page},
    controls, inert,
    line::{Form, Line, Value},
    rendered::{Attachment, limit},
    texts::Key,
};

/// Why a message can't be shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RenderError {
    /// The texts around the items alone are too long; those of the set that ships never are.
    #[error("the message is {length} long without its items, more than {}", limit::CONTENT)]
    TooLong {
        /// Length in UTF-16 units.
        length: usize,
    },
    /// The items are too long for a file.
    #[error("the items are {bytes} bytes long, more than {}", limit::ATTACHMENT)]
    FileTooLong {
        /// Length in bytes.
        bytes: usize,
    },
    /// More items than five menus hold.
    #[error(
        "the message has more items than {} menus of {} choices hold",
        limit::ROWS,
        limit::CHOICES
    )]
    TooManyItems,
    /// A kind of message that came after this program.
    #[error("there are no words for this kind of message")]
    Unknown,
}

/// Renders a message. `key` is the key of its dispatch; message, key and texts decide every
/// character, so that each attempt to send shows the same.
///
/// Items that don't fit into the message go into a file with all of them; what is around the items
/// always stays in the message.
///
/// # Errors
/// [`RenderError`], where a limit can't be kept.
pub fn render(texts: &Texts, key: &str, message: &Message) -> Result<Rendered, RenderError> {
    let page = compose::page(message).ok_or(RenderError::Unknown)?;
    let order_number = OrderNumber::of(key);
    let title = inert::one_line(&page.title.write(texts, Form::Discord));
    let rows = controls::arrange(page.groups.clone(), texts).ok_or(RenderError::TooManyItems)?;

    let mut length = 0;
    for kept in (0..=page.blocks.len()).rev() {
        let file = || file(&page, texts, format!("order-{order_number}.txt"));
        let attachment = (kept < page.blocks.len()).then(file);
        let mut body = body(&page, kept, attachment.as_ref(), texts);
        let number = Line::Text(Key::Number, vec![("number", Value::ours(&order_number))]);
        // Small print.
        body.extend(["\n\n-# ", &number.write(texts, Form::Discord)]);
        let rendered = Rendered {
            title: title.clone(),
            body,
            attachment,
            rows: rows.clone(),
            order_number: order_number.clone(),
        };
        length = inert::length(&rendered.content());
        if length <= limit::CONTENT {
            return match &rendered.attachment {
                Some(file) if file.text.len() > limit::ATTACHMENT => {
                    Err(RenderError::FileTooLong { bytes: file.text.len() })
                }
                _ => Ok(rendered),
            };
        }
    }
    Err(RenderError::TooLong { length })
}

/// Writes an answer as messages are written. Items that don't fit come as a file; controls that
/// don't, are left out.
pub(crate) fn note(page: &Page, texts: &Texts) -> Note {
    let title = page.title.write(texts, Form::Discord).lines().collect::<Vec<_>>().join(" ");
    let rows = controls::arrange(page.groups.clone(), texts).unwrap_or_default();
    let note = |kept: usize| {
        let attachment =
            (kept < page.blocks.len()).then(|| file(page, texts, "items.txt".to_owned()));
        let content = format!("**{title}**\n{}", body(page, kept, attachment.as_ref(), texts));
        let file = attachment.map(|Attachment { name, text }| File {
            name,
            bytes: text.into_bytes(),
            content_type: "text/plain; charset=utf-8",
        });
        Note { rows: rows.clone(), files: file.into_iter().collect(), ..Note::new(content) }
    };
    let mut notes = (0..=page.blocks.len()).rev().map(note);
    let fits = |note: &Note| inert::length(&note.content) <= limit::CONTENT;
    notes.find(fits).unwrap_or_else(|| {
        let shortest = note(0);
        Note { content: inert::clip(&shortest.content, limit::CONTENT), ..shortest }
    })
}

/// Writes what stands under the title, with as many of the items as are kept.
fn body(page: &Page, kept: usize, attachment: Option<&Attachment>, texts: &Texts) -> String {
    let paragraph = |lines: &[&Option<Line>]| {
        let written = lines.iter().copied().flatten().map(|line| line.write(texts, Form::Discord));
        written.collect::<Vec<_>>().join("\n")
    };
    let mut paragraphs = vec![paragraph(&[&page.date, &page.mission])];
    paragraphs
        .extend(page.blocks.iter().take(kept).map(|block| items(block, texts, Form::Discord)));
    if let Some(file) = attachment {
        let values = vec![("file", Value::ours(&file.name))];
        paragraphs.push(Line::Text(Key::Attached, values).write(texts, Form::Discord));
    }
    paragraphs.push(paragraph(&[&page.deadline, &page.consequence]));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// Writes all items for a file.
fn file(page: &Page, texts: &Texts, name: String) -> Attachment {
    let head = [Some(&page.title), page.date.as_ref()];
    let head: Vec<_> =
        head.into_iter().flatten().map(|line| line.write(texts, Form::Plain)).collect();
    let mut paragraphs = vec![head.join("\n")];
    paragraphs.extend(page.blocks.iter().map(|block| items(block, texts, Form::Plain)));
    Attachment { name, text: paragraphs.join("\n\n") + "\n" }
}

fn items(block: &Block, texts: &Texts, form: Form) -> String {
    let heading = block.heading.iter().map(|heading| {
        let heading = heading.write(texts, form);
        match form {
            Form::Discord => format!("**{heading}**"),
            Form::Plain => heading,
        }
    });
    let items = block.lines.iter().map(|line| match line {
        Line::Own(_) => line.write(texts, form),
        Line::Text(..) => format!("- {}", line.write(texts, form)),
    });
    heading.chain(items).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
