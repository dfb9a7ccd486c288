//! Finds the records of a JSON text without reading them, so that a broken one stops no other.

use crate::import::history::Source;
use crate::import::reading::{Problem, Unreadable};
use crate::import::sheet::MAX_BYTES;

use super::alias::Kind;

/// How deep records may lie in objects that are none.
const MAX_DEPTH: usize = 4;

/// How many lines are given up before the rest of the file is.
const MAX_LOST: usize = 100;

/// Returns the records of a file, each with the line it begins on.
pub(super) fn objects<'a>(
    file: &Source<'a>,
    problems: &mut Vec<Problem>,
) -> Result<Vec<(u64, &'a str)>, Unreadable> {
    let bytes = file.bytes.len();
    if bytes > MAX_BYTES {
        return Err(Unreadable::TooLarge { bytes, cap: MAX_BYTES });
    }
    let text = std::str::from_utf8(file.bytes)
        .map_err(|_| Unreadable::NotText("text in another encoding"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut scan = Scan { text, found: Vec::new(), broken: Vec::new() };
    scan.level(0, text.len(), 0);
    for at in scan.broken {
        let rest = text[at..].lines().next().unwrap_or_default();
        let mut problem = Problem::new(line_of(text, at), "record", rest, "complete JSON");
        file.name.clone_into(&mut problem.file);
        problems.push(problem);
    }
    let mut line = 1;
    let mut counted = 0;
    let found = scan.found.into_iter().map(|(from, to)| {
        line += newlines(&text[counted..from]);
        counted = from;
        (line, &text[from..to])
    });
    Ok(found.collect())
}

/// The objects found so far.
struct Scan<'a> {
    text: &'a str,
    found: Vec<(usize, usize)>,
    /// Where something begins that is neither JSON nor complete.
    broken: Vec<usize>,
}

impl Scan<'_> {
    /// Finds the objects between two bytes. Lists are looked into; texts and numbers, which are keys
    /// and values of an object that is looked into, are passed over.
    fn level(&mut self, from: usize, to: usize, depth: usize) {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while at < to {
            match bytes[at] {
                b'{' => {
                    let Some(end) = close(&bytes[..to], at) else {
                        at = self.lose_line(at, to);
                        continue;
                    };
                    if depth < MAX_DEPTH && self.is_container(at, end) {
                        self.level(at + 1, end - 1, depth + 1);
                    } else {
                        self.found.push((at, end));
                    }
                    at = end;
                }
                b'"' if depth > 0 => at = text_end(&bytes[..to], at),
                b'[' | b']' | b',' => at += 1,
                byte if depth > 0 || byte.is_ascii_whitespace() => at += 1,
                _ => at = self.lose_line(at, to),
            }
        }
    }

    /// Gives a line up, and returns where the next begins: it may be sound. Each search for the end of
    /// a record may read the whole rest, so their number is bounded.
    fn lose_line(&mut self, at: usize, to: usize) -> usize {
        self.broken.push(at);
        if self.broken.len() > MAX_LOST {
            return to;
        }
        at + self.text[at..to].find('\n').unwrap_or(to - at)
    }

    /// Whether an object is no record, and holds some: it has none of a record's keys.
    fn is_container(&self, from: usize, to: usize) -> bool {
        let record = serde_json::from_str::<super::Record>(&self.text[from..to]);
        record.is_ok_and(|record| {
            Kind::of(&super::alias::flat(record.clone())).is_none()
                && record.values().any(|value| value.is_array() || value.is_object())
        })
    }
}

/// The end of the object that begins at `from`.
fn close(bytes: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = text_end(bytes, at);
                continue;
            }
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The byte behind the text that begins at `from`.
fn text_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn line_of(text: &str, at: usize) -> u64 {
    1 + newlines(&text[..at])
}

fn newlines(text: &str) -> u64 {
    text.bytes().map(|byte| u64::from(byte == b'\n')).sum()
}
