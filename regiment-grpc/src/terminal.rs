//! What a person at the terminal sees: tables on standard output, progress on standard error.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Which side of a column its cells stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Lays out a table: a header, a rule, and the rows, in columns two spaces apart.
///
/// ```
/// use regiment_grpc::terminal::{Align, table};
///
/// let rows = [["meals".to_owned(), "1204".to_owned()], ["cardio".to_owned(), "7".to_owned()]];
/// assert_eq!(
///     table([("log", Align::Left), ("count", Align::Right)], &rows),
///     "log     count\n──────  ─────\nmeals    1204\ncardio      7\n"
/// );
/// ```
pub fn table<const N: usize>(columns: [(&str, Align); N], rows: &[[String; N]]) -> String {
    let widths = std::array::from_fn::<usize, N, _>(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .chain([columns[column].0.chars().count()])
            .max()
            .unwrap_or(0)
    });
    let header = columns.map(|(name, _)| name.to_owned());
    let rule = widths.map(|width| "─".repeat(width));
    let mut text = String::new();
    for row in [&header, &rule].into_iter().chain(rows) {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let (width, gap) = (widths[column], if column == 0 { "" } else { "  " });
            let cell = match columns[column].1 {
                Align::Left => format!("{gap}{cell:<width$}"),
                Align::Right => format!("{gap}{cell:>width$}"),
            };
            line.push_str(&cell);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Writes a count the way people read it: `12 345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Writes to standard output. A reader that has gone away is no failure of ours.
pub fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Starts a progress bar over `total` steps of `what`. It is drawn only on a terminal.
pub fn progress(total: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3}% {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Joins the lines of an error with what follows it, so that it stands on one line.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty() && !is_excerpt(part)) {
        if !line.is_empty() {
            let _ = write!(line, "{}", if line.ends_with([':', ',']) { " " } else { "; " });
        }
        line.push_str(part);
    }
    line
}

/// Returns whether a line shows a piece of a file, as TOML errors do: `2 | name = 1`.
fn is_excerpt(line: &str) -> bool {
    line.split_once('|')
        .is_some_and(|(number, _)| number.trim().bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        let shown = [0, 999, 1_000, 1_234_567].map(|n| count(n).replace('\u{202f}', " "));
        assert_eq!(shown, ["0", "999", "1 000", "1 234 567"]);
    }

    #[test]
    fn an_error_stands_on_one_line() {
        assert_eq!(one_line("bad value:\n  x\n\nsay y\n"), "bad value: x; say y");
        let toml = "at line 2\n  |\n2 | x = 1\n  | ^\nunknown field `x`";
        assert_eq!(one_line(toml), "at line 2; unknown field `x`");
    }
}
