//! Phrases as short texts: `threw|throwing up !#` reads as it matches.

use std::ops::Range;

use super::{Break, Token, body};

/// How many words a gap may skip.
const GAP: usize = 3;

/// A phrase to look for, parsed from its text. Words are separated by spaces:
///
/// | text | matches |
/// | --- | --- |
/// | `sick` | that word |
/// | `threw\|throw` | either |
/// | `vomit*` | words that begin so |
/// | `#` | a number |
/// | `#low` | a whole number below 1000 |
/// | `{part}` | a body part |
/// | `?my` | the word, or nothing |
/// | `...` | up to three words |
/// | `!of\|pr` | nothing, where the next word of the clause is none of these |
/// | `<!that` | nothing, at the start, where the word before is not this |
///
/// No phrase reaches over the end of a sentence.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Element>);

#[derive(Clone, Debug)]
enum Element {
    Word(Choice),
    Optional(Choice),
    Gap,
    NotNext(Choice),
    NotBefore(Choice),
}

#[derive(Clone, Debug)]
struct Choice(Vec<Word>);

#[derive(Clone, Debug)]
enum Word {
    Exact(&'static str),
    Prefix(&'static str),
    Number,
    NumberBelow1000,
    Part,
}

impl Pattern {
    pub(super) fn parse(text: &'static str) -> Self {
        let element = |word: &'static str| {
            if word == "..." {
                Element::Gap
            } else if let Some(rest) = word.strip_prefix("<!") {
                Element::NotBefore(Choice::parse(rest))
            } else if let Some(rest) = word.strip_prefix('!') {
                Element::NotNext(Choice::parse(rest))
            } else if let Some(rest) = word.strip_prefix('?') {
                Element::Optional(Choice::parse(rest))
            } else {
                Element::Word(Choice::parse(word))
            }
        };
        Self(text.split_whitespace().map(element).collect())
    }

    /// Returns the shortest match from each word on, as ranges of tokens.
    pub(super) fn find_all(&self, tokens: &[Token]) -> Vec<Range<usize>> {
        (0..tokens.len())
            .filter_map(|start| self.match_at(tokens, start).map(|end| start..end))
            .collect()
    }

    /// Returns where a match that begins at `start` ends.
    pub(super) fn match_at(&self, tokens: &[Token], start: usize) -> Option<usize> {
        matches(&self.0, tokens, start, start).filter(|end| *end > start)
    }
}

impl Choice {
    fn parse(text: &'static str) -> Self {
        let word = |word: &'static str| match word {
            "#" => Word::Number,
            "#low" => Word::NumberBelow1000,
            "{part}" => Word::Part,
            _ => match word.strip_suffix('*') {
                Some(stem) => Word::Prefix(stem),
                None => Word::Exact(word),
            },
        };
        Self(text.split('|').map(word).collect())
    }

    fn has(&self, token: &Token) -> bool {
        self.0.iter().any(|word| match word {
            Word::Exact(text) => token.word == *text,
            Word::Prefix(stem) => token.word.starts_with(stem),
            Word::Number => token.word.starts_with(|c: char| c.is_ascii_digit()),
            Word::NumberBelow1000 => token.word.parse::<u32>().is_ok_and(|number| number < 1000),
            Word::Part => body::is_part(&token.word),
        })
    }
}

fn matches(elements: &[Element], tokens: &[Token], start: usize, at: usize) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    let reachable =
        |at: usize| tokens.get(at).filter(|token| at == start || token.before < Break::Sentence);
    match element {
        Element::Word(choice) => {
            reachable(at).filter(|token| choice.has(token))?;
            matches(rest, tokens, start, at + 1)
        }
        Element::Optional(choice) => reachable(at)
            .filter(|token| choice.has(token))
            .and_then(|_| matches(rest, tokens, start, at + 1))
            .or_else(|| matches(rest, tokens, start, at)),
        Element::Gap => (0..=GAP)
            .take_while(|skipped| *skipped == 0 || reachable(at + skipped - 1).is_some())
            .find_map(|skipped| matches(rest, tokens, start, at + skipped)),
        Element::NotNext(choice) => {
            let follows = tokens
                .get(at)
                .is_some_and(|token| token.before == Break::None && choice.has(token));
            if follows { None } else { matches(rest, tokens, start, at) }
        }
        Element::NotBefore(choice) => {
            let precedes = at > 0
                && tokens[at].before < Break::Sentence
                && tokens.get(at - 1).is_some_and(|token| choice.has(token));
            if precedes { None } else { matches(rest, tokens, start, at) }
        }
    }
}
