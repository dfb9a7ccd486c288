//! Phrases as short texts: `threw|throwing up !#` reads as it matches.

use std::{collections::HashMap, ops::Range};

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

    /// Returns where a match that begins at `start` ends.
    pub(super) fn match_at(&self, tokens: &[Token], start: usize) -> Option<usize> {
        matches(&self.0, tokens, start, start).filter(|end| *end > start)
    }

    /// Returns the words that a match can begin with, or `None` where they can't be listed.
    fn first_words(&self) -> Option<Vec<&'static str>> {
        let mut words = Vec::new();
        for element in &self.0 {
            match element {
                Element::NotBefore(_) => {}
                Element::Optional(choice) => words.extend(choice.exact()?),
                Element::Word(choice) => {
                    words.extend(choice.exact()?);
                    return Some(words);
                }
                Element::Gap | Element::NotNext(_) => return None,
            }
        }
        None
    }
}

/// Many phrases, found together: most are tried only where their first word stands.
#[derive(Debug)]
pub(super) struct Phrasebook<T> {
    phrases: Vec<(T, Pattern)>,
    by_first_word: HashMap<&'static str, Vec<usize>>,
    others: Vec<usize>,
}

impl<T> Phrasebook<T> {
    pub(super) fn new(texts: impl IntoIterator<Item = (T, &'static str)>) -> Self {
        let mut book =
            Self { phrases: Vec::new(), by_first_word: HashMap::new(), others: Vec::new() };
        for (at, (meaning, text)) in texts.into_iter().enumerate() {
            let pattern = Pattern::parse(text);
            match pattern.first_words() {
                Some(words) => {
                    for word in words {
                        book.by_first_word.entry(word).or_default().push(at);
                    }
                }
                None => book.others.push(at),
            }
            book.phrases.push((meaning, pattern));
        }
        book
    }

    /// Returns every match, with what it means and the tokens it covers, in the order of the text.
    pub(super) fn find_all(&self, tokens: &[Token]) -> Vec<(&T, Range<usize>)> {
        let mut found = Vec::new();
        for (start, token) in tokens.iter().enumerate() {
            let here = self.by_first_word.get(token.word.as_str()).into_iter().flatten();
            for at in here.chain(&self.others) {
                let (meaning, pattern) = &self.phrases[*at];
                if let Some(end) = pattern.match_at(tokens, start) {
                    found.push((meaning, start..end));
                }
            }
        }
        found
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

    /// Returns the words, where each is whole.
    fn exact(&self) -> Option<Vec<&'static str>> {
        let whole = |word: &Word| match word {
            Word::Exact(text) => Some(*text),
            Word::Prefix(_) | Word::Number | Word::NumberBelow1000 | Word::Part => None,
        };
        self.0.iter().map(whole).collect()
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
