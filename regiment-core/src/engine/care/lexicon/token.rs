//! Words of a note, folded so that a rule meets each in one spelling.

use std::ops::Range;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// Nothing, or a hyphen, slash or colon.
    None,
    /// A comma, bracket, dash or ellipsis.
    Comma,
    /// The end of a sentence or line.
    Sentence,
}

/// One word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Lower case, without apostrophes (`don't` is `dont`), except `'ll`, which stays.
    pub(super) word: String,
    /// Where it stands in the note, in bytes.
    pub(super) range: Range<usize>,
    /// What separates it from the word before.
    pub(super) before: Break,
}

impl Token {
    /// Whether the word is one of a list, separated by spaces.
    pub(super) fn is_any(&self, words: &str) -> bool {
        words.split(' ').any(|word| word == self.word)
    }
}

/// Words whose misspelling by one letter is repaired: long ones that no other word resembles.
const REPAIRED: &str = "\
    achilles diarrhea hamstring hamstrings headache injured injury migraine nauseous shoulder \
    shoulders stomach suicidal swollen tendonitis vomiting";

/// Words shorter than this are not looked at: no slip makes them a word of [`REPAIRED`].
const SHORTEST_REPAIRED: usize = 5;

/// Emoji that say as much as a word.
const EMOJI: &[(char, &str)] =
    &[('🤒', "fever"), ('🤮', "vomiting"), ('🤢', "nauseous"), ('🤕', "injured")];

/// Splits a note into words.
pub(super) fn split(note: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut gap = Break::None;
    let mut chars = note.char_indices().peekable();
    let mut spaced = true;
    while let Some((start, first)) = chars.next() {
        if let Some((_, word)) = EMOJI.iter().find(|(emoji, _)| *emoji == first) {
            let range = start..start + first.len_utf8();
            tokens.push(Token { word: (*word).to_owned(), range, before: Break::Comma });
            gap = Break::Comma;
            continue;
        }
        if !first.is_alphanumeric() {
            let next = chars.peek().map(|(_, c)| *c);
            gap = gap.max(break_of(first, spaced, next));
            if first == '.' && matches!(next, Some('.')) {
                // An ellipsis trails off; it doesn't end the thought.
                while chars.next_if(|(_, c)| *c == '.').is_some() {}
                gap = Break::Comma;
            }
            spaced = first.is_whitespace();
            continue;
        }
        let mut end = start + first.len_utf8();
        let mut raw = String::from(first);
        while let Some((at, c)) = chars.peek().copied() {
            let following = note[at + c.len_utf8()..].chars().next();
            let inside = is_apostrophe(c) && following.is_some_and(char::is_alphabetic);
            let decimal = matches!(c, '.' | ',')
                && raw.ends_with(|d: char| d.is_ascii_digit())
                && following.is_some_and(|d| d.is_ascii_digit());
            if !(c.is_alphanumeric() || inside || decimal) {
                break;
            }
            raw.push(if is_apostrophe(c) { '\'' } else { c });
            end = at + c.len_utf8();
            chars.next();
        }
        let before = if tokens.is_empty() { Break::Sentence } else { gap };
        tokens.push(Token { word: fold(&raw), range: start..end, before });
        gap = Break::None;
        spaced = false;
    }
    tokens
}

fn break_of(c: char, spaced: bool, next: Option<char>) -> Break {
    match c {
        '.' | '!' | '?' | ';' | '\n' | '\r' | '。' => Break::Sentence,
        ',' | '(' | ')' | '–' | '—' | '…' | '、' => Break::Comma,
        '-' if spaced && next.is_none_or(char::is_whitespace) => Break::Comma,
        _ => Break::None,
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '＇')
}

fn fold(raw: &str) -> String {
    let lower = raw.to_lowercase();
    // "I'll" without its apostrophe would be ill.
    let word = if lower.ends_with("'ll") { lower } else { lower.replace('\'', "") };
    if word.len() < SHORTEST_REPAIRED {
        return word;
    }
    match REPAIRED.split(' ').find(|known| is_one_slip_away(&word, known)) {
        Some(known) => known.to_owned(),
        None => word,
    }
}

/// Whether one letter added, dropped, changed or swapped with its neighbor makes `word` `known`.
fn is_one_slip_away(word: &str, known: &str) -> bool {
    if word.len().abs_diff(known.len()) > 1 || !word.is_ascii() || word == known {
        return false;
    }
    let (word, known) = (word.as_bytes(), known.as_bytes());
    let same_start = word.iter().zip(known).take_while(|(a, b)| a == b).count();
    match (&word[same_start..], &known[same_start..]) {
        ([one, two, rest @ ..], [other, another, known @ ..])
            if one == another && two == other && rest == known =>
        {
            true
        }
        ([_, rest @ ..], [_, known @ ..]) if rest == known => true,
        ([_, rest @ ..], known) if rest == known => true,
        (rest, [_, known @ ..]) if rest == known => true,
        _ => false,
    }
}
