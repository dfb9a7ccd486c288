//! Makes words from outside inert: they are read, and do nothing.

/// How long a name may be, in UTF-16 units; what is longer is cut.
const NAME: usize = 100;

/// Returns a name on one line, without characters that can't be seen, cut to a length that leaves
/// room for the order around it.
pub(crate) fn name(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() { "—".to_owned() } else { clip(&text, NAME) }
}

/// Returns a text on one line, without characters that can't be seen.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    spaced.chars().filter(|&c| is_seen(c)).collect::<String>().trim().to_owned()
}

/// Returns a text of several lines without characters that can't be seen.
pub(crate) fn lines(text: &str) -> String {
    text.lines().map(one_line).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Cuts a text to so many UTF-16 units, and shows that it did.
pub(crate) fn clip(text: &str, units: usize) -> String {
    if length(text) <= units {
        return text.to_owned();
    }
    let mut room = units.saturating_sub(1);
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= room;
        room -= if fits { c.len_utf16() } else { room };
        fits
    });
    kept.chain(['…']).collect()
}

/// Returns a text's length in UTF-16 units.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Escapes one line for Discord: it formats nothing, links nowhere and mentions nobody.
pub(crate) fn escape(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let mut opening = Opening::Start;
    for c in line.chars() {
        let active = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '/' => true,
            // Headings, small print and lists, which a line may begin with.
            '#' | '-' | '+' => opening == Opening::Start,
            '.' => opening == Opening::Digits,
            _ => false,
        };
        if active {
            escaped.push('\\');
        }
        escaped.push(c);
        // A backslash does not stop a mention; a space of no width does.
        if c == '@' {
            escaped.push('\u{200B}');
        }
        opening = match opening {
            Opening::Start if c == ' ' => Opening::Start,
            Opening::Start | Opening::Digits if c.is_ascii_digit() => Opening::Digits,
            Opening::Start | Opening::Digits | Opening::Past => Opening::Past,
        };
    }
    escaped
}

/// Escapes a coach's own words: several lines, in which web addresses still lead somewhere.
pub(crate) fn escape_lines(text: &str) -> String {
    let line = |line: &str| {
        let mut words = line.split(' ').peekable();
        let mut escaped = String::new();
        let mut plain = String::new();
        while let Some(word) = words.next() {
            match linked(word) {
                Some((link, tail)) => {
                    escaped.push_str(&escape(&plain));
                    escaped.push_str(&link);
                    tail.clone_into(&mut plain);
                }
                None => plain.push_str(word),
            }
            if words.peek().is_some() {
                plain.push(' ');
            }
        }
        escaped + &escape(&plain)
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns whether a button may lead to an address.
pub(crate) fn is_link(url: &str) -> bool {
    url.len() <= crate::limit::URL
        && url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && url.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'\\'))
}

/// Returns a web address in brackets, which show it without a preview, and what follows it.
///
/// Within an address, a percent code means the same as the character it stands for.
fn linked(word: &str) -> Option<(String, &str)> {
    let url = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '"']);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    if rest.is_empty() || rest.contains(['<', '>', '[', ']']) {
        return None;
    }
    let mut link = String::from("<");
    for c in url.chars() {
        match c {
            '*' => link.push_str("%2A"),
            '_' => link.push_str("%5F"),
            '~' => link.push_str("%7E"),
            '`' => link.push_str("%60"),
            '|' => link.push_str("%7C"),
            '\\' => link.push_str("%5C"),
            '@' => link.push_str("%40"),
            other => link.push(other),
        }
    }
    link.push('>');
    Some((link, &word[url.len()..]))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// Nothing yet but spaces.
    Start,
    /// Digits, which a point would make the number of a list.
    Digits,
    /// Words.
    Past,
}

/// Control characters, spaces of no width and marks that turn the direction of writing are not.
fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}')
        && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}')
}

#[cfg(test)]
mod tests;
