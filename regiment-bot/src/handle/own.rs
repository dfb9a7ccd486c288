//! What the practice keeps about a client: he may see what it is, take it with him, and have it
//! erased.

use std::collections::BTreeMap;

use regiment_proto::v1::{EraseClientRequest, ExportClientRequest, ExportFormat};

use super::{Outcome, Trouble, Visit, words};
use crate::{
    Action, Answer, File, Form, Input, Note, Style,
    compose::{Block, Page},
    controls::Control,
    discord::Options,
    line::Value,
    render,
    rendered::limit,
    texts::Key,
};

/// The field of the form.
const WORD: &str = "word";

/// What Discord takes with one answer: so many files, and so many bytes.
const FILES: usize = 10;
const BYTES: usize = 24 * 1024 * 1024;

impl Visit<'_> {
    /// Says what a coach sees of a client.
    pub(super) fn what_my_coach_sees(&self) -> Answer {
        let lines = [Key::SeesProfile, Key::SeesLogs, Key::SeesFindings, Key::SeesPublic];
        let page = Page {
            blocks: vec![Block { heading: None, lines: lines.map(Into::into).into() }],
            consequence: Some(Key::SeesRights.into()),
            ..Page::titled(Key::SeesTitle)
        };
        Answer::Note(render::note(&page, self.texts()))
    }

    /// Hands out everything about the client, as files.
    pub(super) async fn export(&self, options: &Options) -> Outcome {
        let (format, content_type) = match options.text("format") {
            Some("csv") => (ExportFormat::Csv, "text/csv"),
            _ => (ExportFormat::Json, "application/json"),
        };
        let request = ExportClientRequest { name: self.name(), format: format.into() };
        let mut parts = self.calls.clients.clone().export_client(request).await?.into_inner();
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        while let Some(part) = parts.message().await? {
            bytes += part.content.len();
            if bytes > BYTES {
                return Err(Trouble::Said(Key::ExportTooLarge));
            }
            match files.last_mut() {
                Some((name, content)) if *name == part.file => content.extend(part.content),
                _ => files.push((part.file, part.content)),
            }
        }
        let files: Vec<File> =
            files.into_iter().flat_map(|file| split(file, content_type)).collect();
        if files.len() > FILES {
            return Err(Trouble::Said(Key::ExportTooLarge));
        }
        Ok(Answer::Note(Note { files, ..words::note(self.texts(), Key::ExportDone) }))
    }

    /// Says what erasing means, and offers it.
    pub(super) fn erase_me(&self) -> Answer {
        let page = Page {
            mission: Some(Key::EraseMission.into()),
            consequence: Some(Key::EraseConsequence.into()),
            groups: vec![vec![Control::new(Action::Erase, Key::EraseButton, Style::Danger)]],
            ..Page::titled(Key::EraseTitle)
        };
        Answer::Note(render::note(&page, self.texts()))
    }

    /// The form in which the client writes the word that erases.
    pub(super) fn erase_form(&self) -> Form {
        let word = words::label(self.texts(), Key::EraseWord);
        let label = words::with(Key::EraseLabel, "word", Value::ours(&word));
        Form {
            action: Action::Erase,
            title: words::label(self.texts(), Key::EraseTitle),
            inputs: vec![Input::short(WORD, words::label(self.texts(), label), 40).required()],
        }
    }

    /// Erases the client, where the word is right.
    pub(super) async fn erase(&self, filled: &BTreeMap<String, String>) -> Outcome {
        let word = words::label(self.texts(), Key::EraseWord);
        let typed = filled.get(WORD).map_or("", |typed| typed.trim());
        if typed.to_lowercase() != word.to_lowercase() {
            return Err(Trouble::Said(Key::EraseNot));
        }
        let request = EraseClientRequest { name: self.name(), request_id: self.by.request_id() };
        self.calls.clients.clone().erase_client(request).await?;
        Ok(Answer::Changed(words::note(self.texts(), Key::Erased)))
    }
}

/// Splits a file that is too large for one.
fn split((name, bytes): (String, Vec<u8>), content_type: &'static str) -> Vec<File> {
    if bytes.len() <= limit::ATTACHMENT {
        return vec![File { name, bytes, content_type }];
    }
    let parts = bytes.chunks(limit::ATTACHMENT).zip(1..);
    parts
        .map(|(part, n)| File {
            name: format!("{name}.part{n}"),
            bytes: part.to_vec(),
            content_type: "application/octet-stream",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_split_where_it_is_too_large_for_one() {
        let lengths = |bytes: usize| -> Vec<(String, usize)> {
            let files = split(("client.json".to_owned(), vec![b'x'; bytes]), "application/json");
            files.into_iter().map(|file| (file.name, file.bytes.len())).collect()
        };
        let whole = limit::ATTACHMENT;
        assert_eq!(lengths(whole), [("client.json".to_owned(), whole)]);
        let parts = [("client.json.part1".to_owned(), whole), ("client.json.part2".to_owned(), 1)];
        assert_eq!(lengths(whole + 1), parts);
    }
}
