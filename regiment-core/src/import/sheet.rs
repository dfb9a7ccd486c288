//! A delimited file as rows of cells, each with its line.

use csv::{ByteRecord, ReaderBuilder};

use super::number::Notation;
use super::reading::{Problem, Unreadable};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;

/// The largest number of rows that is read.
pub const MAX_ROWS: usize = 200_000;

/// How often reading starts again behind a quote that nobody closed. Each start may read the whole
/// rest of the file, so their number is bounded.
const MAX_RESTARTS: usize = 100;

/// A header and its rows.
#[derive(Debug)]
pub(super) struct Sheet {
    /// The columns' names in lower case, without surrounding space.
    pub(super) headers: Vec<String>,
    /// The columns' names as written.
    pub(super) titles: Vec<String>,
    /// The rows below the header.
    pub(super) rows: Vec<Row>,
    /// Rows that are not rows.
    pub(super) problems: Vec<Problem>,
    delimiter: u8,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// The line it begins on; the header is line 1.
    pub(super) line: u64,
    cells: Vec<String>,
}

impl Row {
    /// The cell of a column without surrounding space; empty where the row or the column is missing.
    pub(super) fn cell(&self, column: impl Into<Option<usize>>) -> &str {
        column.into().and_then(|at| self.cells.get(at)).map_or("", |cell| cell.trim())
    }
}

impl Sheet {
    /// Reads all rows.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge { bytes: bytes.len(), cap: MAX_BYTES });
        }
        if let Some(kind) = other_kind(bytes) {
            return Err(Unreadable::NotText(kind));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let delimiter = delimiter(bytes);
        let mut lines = Lines { bytes, at: 0, line: 1 };
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        let mut restarts = 0;
        let mut base = 0;
        while base < bytes.len() {
            let mut reader = ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .from_reader(&bytes[base..]);
            let mut record = ByteRecord::new();
            let mut restart = None;
            // Reading bytes from memory has no other way to fail than its end.
            while reader.read_byte_record(&mut record).unwrap_or(false) {
                let from = record.position().map_or(base, |at| base + to_usize(at.byte()));
                let to = base + to_usize(reader.position().byte());
                let (start, line) = lines.start(from);
                let width = header.as_ref().map_or(0, Vec::len);
                if header.is_some()
                    && record.len() < width
                    && let Some(end) = first_line_end(&bytes[start..to.min(bytes.len())])
                {
                    problems.push(Problem::new(
                        line,
                        "row",
                        &String::from_utf8_lossy(&bytes[start..start + end]),
                        "a row whose quotes are closed",
                    ));
                    restart = Some(start + end);
                    break;
                }
                let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
                if header.is_none() {
                    header = Some(cells.map(|title| title.trim().to_owned()).collect());
                } else if rows.len() == MAX_ROWS {
                    return Err(Unreadable::TooManyRows { cap: MAX_ROWS });
                } else if record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                    rows.push(Row { line, cells: cells.collect() });
                }
            }
            let Some(next) = restart else { break };
            restarts += 1;
            if restarts > MAX_RESTARTS {
                let (_, line) = lines.start(next);
                problems.push(Problem::new(
                    line,
                    "row",
                    "the rest of the file",
                    "a file whose quotes are closed",
                ));
                break;
            }
            base = next;
        }
        let titles = header.filter(|titles| titles.iter().any(|title| !title.is_empty()));
        let titles = titles.ok_or(Unreadable::Empty)?;
        let headers = titles.iter().map(|title| title.to_lowercase()).collect();
        Ok(Self { headers, titles, rows, problems, delimiter })
    }

    /// The first column that bears one of these lower-case names, the first name first.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.headers.iter().position(|header| header == name))
    }

    /// The columns of a format, or an error that names those that are missing.
    pub(super) fn require(&self, format: &'static str, names: &[&str]) -> Result<(), Unreadable> {
        let missing: Vec<&str> =
            names.iter().copied().filter(|name| self.column(&[name]).is_none()).collect();
        if missing.is_empty() { Ok(()) } else { Err(self.wrong(format, &missing.join(", "))) }
    }

    /// The error for a file that lacks columns.
    pub(super) fn wrong(&self, format: &'static str, missing: &str) -> Unreadable {
        Unreadable::WrongColumns {
            format,
            missing: missing.to_owned(),
            found: super::reading::clip(&self.titles.join(", ")),
            like: super::looks_like(&self.headers)
                .filter(|&like| like != format)
                .map(str::to_owned),
        }
    }

    /// How numbers are written in these columns.
    pub(super) fn notation(&self, columns: &[usize]) -> Notation {
        let cells = || self.rows.iter().flat_map(|row| columns.iter().map(|&at| row.cell(at)));
        Notation::of(cells, self.delimiter != b',')
    }

    /// The name of a column as the file writes it.
    pub(super) fn title(&self, column: usize) -> &str {
        self.titles.get(column).map_or("", String::as_str)
    }
}

/// Counts lines up to a byte, going forward only.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// Where the record that is read from `from` on begins behind blank lines, and its line.
    fn start(&mut self, from: usize) -> (usize, u64) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = from + blank;
        let passed = self.bytes.get(self.at..start).unwrap_or_default();
        self.line += passed.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
        self.at = start.max(self.at);
        (start, self.line)
    }
}

/// The length of the first line of a record that goes on behind it.
fn first_line_end(record: &[u8]) -> Option<usize> {
    let trimmed = record.trim_ascii_end().len();
    record[..trimmed].iter().position(|&byte| byte == b'\n')
}

/// The separator that stands most often in the header, outside quotes.
fn delimiter(bytes: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for &byte in bytes.iter().skip_while(|byte| matches!(byte, b'\r' | b'\n')) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            other if !quoted => {
                for (separator, count) in &mut counts {
                    *count += usize::from(*separator == other);
                }
            }
            _ => {}
        }
    }
    // The first of equals wins, so a header of one column is read with commas.
    let mut best = counts[0];
    for candidate in counts {
        if candidate.1 > best.1 {
            best = candidate;
        }
    }
    best.0
}

/// What a file is that is plainly not UTF-8 text.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") {
        Some("a zip or a spreadsheet; export it as CSV first")
    } else if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        Some("UTF-16")
    } else if bytes.starts_with(b"PAR1") {
        Some("Parquet")
    } else if bytes.starts_with(b"SQLite format 3") {
        Some("a database")
    } else {
        None
    }
}

fn to_usize(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}
