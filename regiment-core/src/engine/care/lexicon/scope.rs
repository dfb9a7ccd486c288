//! What the words around a phrase make of it: denied, over, long ago, or somebody else's.

use std::sync::LazyLock;

use super::pattern::Pattern;
use super::vocabulary::{
    AFTERMATH, DEGREE_AFTER, DEGREES, DENIALS, DENIED_AFTER, FIRST_PERSON, NOT_YET, OF_THE_SAME,
    OTHERS, PAST_TIMES, RECOVERIES, RELAPSES, TRANSPARENT,
};
use super::{Break, Mention, State, Token, Topic, body};

/// How many words a denial may stand before what it denies.
const DENIAL_REACH: usize = 8;
/// How many words after a phrase its recovery may begin.
const RECOVERY_REACH: usize = 16;
/// How far another person may stand before what befell them.
const PERSON_REACH: usize = 4;

/// The note around its mentions.
pub(super) struct Scope<'a> {
    tokens: &'a [Token],
    mentions: &'a [Mention],
    /// Whether each token belongs to some mention.
    mentioned: Vec<bool>,
}

static RECOVERED: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| RECOVERIES.iter().map(|text| Pattern::parse(text)).collect());
static LONG_AGO: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| PAST_TIMES.iter().map(|text| Pattern::parse(text)).collect());
static RELAPSED: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| RELAPSES.iter().map(|text| Pattern::parse(text)).collect());

impl<'a> Scope<'a> {
    pub(super) fn new(tokens: &'a [Token], mentions: &'a [Mention]) -> Self {
        let mut mentioned = vec![false; tokens.len()];
        for mention in mentions {
            mentioned[mention.span.clone()].fill(true);
        }
        Self { tokens, mentions, mentioned }
    }

    /// Decides whether a mention is so now.
    pub(super) fn state(&self, mention: &Mention) -> State {
        if self.is_denied(mention) {
            State::Negated
        } else if self.is_behind(mention) || self.is_long_ago(mention) || self.is_recovered(mention)
        {
            State::Resolved
        } else {
            State::Present
        }
    }

    /// Whether somebody else has it: the nearest person before the phrase, in its clause, is not
    /// the writer.
    pub(super) fn is_about_someone_else(&self, mention: &Mention) -> bool {
        let shared = (mention.span.end..self.tokens.len())
            .take(3)
            .any(|at| self.tokens[at].is_any("me myself too us"));
        let mut at = mention.key;
        if shared
            || self.tokens[mention.span.clone()].iter().any(|token| token.is_any(FIRST_PERSON))
        {
            return false;
        }
        for _ in 0..PERSON_REACH {
            if at == 0 || self.tokens[at].before != Break::None {
                return false;
            }
            at -= 1;
            if self.tokens[at].is_any(FIRST_PERSON) {
                return false;
            }
            if self.tokens[at].is_any(OTHERS) {
                return mention.topic != Topic::LifeEvent;
            }
        }
        false
    }

    fn is_denied(&self, mention: &Mention) -> bool {
        self.is_denied_before(mention) || self.is_denied_after(mention)
    }

    /// Walks back from the phrase over words that carry a denial on, up to the denial.
    fn is_denied_before(&self, mention: &Mention) -> bool {
        let mut at = mention.key;
        let mut by_degree = false;
        let mut in_list = self.is_in_list(mention);
        let mut spare = 0;
        for _ in 0..DENIAL_REACH {
            match self.tokens[at].before {
                Break::None => {}
                Break::Comma if in_list => {}
                Break::Comma | Break::Sentence => return false,
            }
            if at == 0 {
                return false;
            }
            at -= 1;
            let token = &self.tokens[at];
            if token.is_any(DENIALS) {
                return !by_degree && self.denial_holds(at, mention);
            }
            if token.is_any("or nor") {
                in_list = true;
                spare = 2;
            } else if token.word == "and" {
                // "No aches and pains", but not "no sleep and my knee hurts".
                let joins = at + 1 == mention.key && at > 0 && self.mentioned[at - 1];
                if !joins {
                    return false;
                }
            } else if token.is_any(DEGREES) {
                by_degree = true;
            } else if !self.carries_on(mention, at, in_list) {
                if spare == 0 {
                    return false;
                }
                spare -= 1;
            }
        }
        false
    }

    /// Whether a denial reaches over a word.
    fn carries_on(&self, mention: &Mention, at: usize, in_list: bool) -> bool {
        self.tokens[at].is_any(TRANSPARENT)
            || body::part_at(self.tokens, at).is_some()
            || (self.mentioned[at]
                && (in_list || mention.span.contains(&at) || at + 2 == mention.key))
    }

    /// Whether the phrase stands in a list that goes on with "or".
    fn is_in_list(&self, mention: &Mention) -> bool {
        let mut at = mention.span.end;
        while at < self.tokens.len() && at < mention.span.end + 6 {
            if self.tokens[at].is_any("or nor") {
                return true;
            }
            if !(self.mentioned[at] || self.tokens[at].is_any("a any sore")) {
                return false;
            }
            at += 1;
        }
        false
    }

    /// Whether the denial found at `at` stands: not denied itself, doubted, or lifted later.
    fn denial_holds(&self, at: usize, mention: &Mention) -> bool {
        let denial = &self.tokens[at];
        let clause = self.clause_start(at);
        let before = &self.tokens[at.saturating_sub(6).max(clause)..at];
        let is_denied_itself = denial.word == "without"
            && before
                .iter()
                .any(|token| token.is_any(DENIALS) || token.is_any("cannot unable hardly barely"));
        let is_partial = before
            .last()
            .is_some_and(|token| token.is_any("almost hardly nearly practically barely"));
        let is_doubted =
            before.iter().any(|token| token.is_any("hope hopefully hoping pray praying sure"));
        let is_condition = denial.word == "if"
            && before.last().is_some_and(|token| token.is_any("as even wonder see"));
        let is_lifted = (mention.span.end..self.tokens.len())
            .take(5)
            .take_while(|i| self.tokens[*i].before < Break::Sentence)
            .any(|i| self.tokens[i].is_any("until till except besides apart beyond"));
        let is_degree = self.follows(mention.span.end, DEGREE_AFTER);
        !(is_denied_itself || is_partial || is_doubted || is_condition || is_lifted || is_degree)
    }

    fn is_denied_after(&self, mention: &Mention) -> bool {
        self.follows(mention.span.end, DENIED_AFTER)
    }

    fn follows(&self, at: usize, texts: &'static [&'static str]) -> bool {
        self.tokens.get(at).is_some_and(|token| token.before == Break::None)
            && texts.iter().any(|text| Pattern::parse(text).match_at(self.tokens, at).is_some())
    }

    /// Whether the phrase is the object of a recovery: "over the flu", "used to hurt".
    fn is_behind(&self, mention: &Mention) -> bool {
        let mut at = mention.key;
        for _ in 0..5 {
            if at == 0 || self.tokens[at].before != Break::None {
                return false;
            }
            at -= 1;
            let token = &self.tokens[at];
            let before = at.checked_sub(1).map(|i| &self.tokens[i]);
            let opens = self.tokens[at].before != Break::None;
            let is_before = |words: &str| !opens && before.is_some_and(|t| t.is_any(words));
            let found = match token.word.as_str() {
                "over" | "past" => opens || is_before("all am finally got im is now well"),
                "after" | "from" | "since" => is_before(AFTERMATH),
                "used" | "rid" | "recovered" | "healed" | "beat" | "beaten" | "kicked"
                | "cured" | "survived" | "shook" | "fixed" => true,
                _ => false,
            };
            if found {
                let start = self.clause_start(at);
                return !self.tokens[at.saturating_sub(3).max(start)..at]
                    .iter()
                    .any(|token| token.is_any(NOT_YET));
            }
            let passes = token.is_any(TRANSPARENT)
                || token.is_any("off bloody stupid nasty old")
                || self.mentioned[at]
                || body::part_at(self.tokens, at).is_some();
            if !passes {
                return false;
            }
        }
        false
    }

    /// Whether the sentence dates the phrase to a time long past, and says nothing of today.
    fn is_long_ago(&self, mention: &Mention) -> bool {
        let (start, end) = (self.clause_start(mention.key), self.clause_end(mention.span.end - 1));
        let still = "again bothering lately now recently since still started today";
        if self.tokens[start..end].iter().any(|token| token.is_any(still)) {
            return false;
        }
        let is_state = self.tokens
            [mention.span.start.saturating_sub(4).max(start)..mention.span.end]
            .iter()
            .any(|token| token.is_any("had was were"));
        (start..end).any(|at| {
            LONG_AGO.iter().any(|time| time.match_at(self.tokens, at).is_some())
                || (is_state
                    && self.tokens[at].word == "last"
                    && self.tokens.get(at + 1).is_some_and(|t| t.is_any("week weekend")))
        })
    }

    /// Whether a later clause, or the rest of this one, says it is over.
    fn is_recovered(&self, mention: &Mention) -> bool {
        let from = mention.span.end;
        if self.was_recovered_before(mention) {
            return true;
        }
        let inside = mention.span.clone().filter(|at| *at > mention.key);
        inside.chain(from..self.tokens.len().min(from + RECOVERY_REACH)).any(|at| {
            RECOVERED.iter().any(|recovery| {
                recovery
                    .match_at(self.tokens, at)
                    .is_some_and(|end| self.recovery_holds(mention, at, end))
            })
        })
    }

    /// Whether the clause before says it is over, and this one only what it was: "all good now, was
    /// hurting on monday".
    fn was_recovered_before(&self, mention: &Mention) -> bool {
        let start = self.clause_start(mention.key);
        if start == 0 || !self.tokens[start].is_any("was were had") {
            return false;
        }
        let previous = self.clause_start(start - 1)..start;
        let names_no_part = mention.topic == Topic::Injury && mention.part.is_none();
        let of_another = |at| {
            let part = body::part_at(self.tokens, at);
            part.is_some() && part != mention.part && !names_no_part
        };
        !previous.clone().any(|at| of_another(at) || self.tokens[at].is_any(NOT_YET))
            && previous.into_iter().any(|at| {
                RECOVERED.iter().any(|recovery| {
                    recovery.match_at(self.tokens, at).is_some_and(|end| end <= start)
                })
            })
    }

    fn recovery_holds(&self, mention: &Mention, at: usize, end: usize) -> bool {
        let sentences =
            (mention.span.end..=at).filter(|i| self.tokens[*i].before == Break::Sentence).count();
        if sentences > 1 {
            return false;
        }
        // The clause of the recovery starts after the phrase, or is the phrase's own.
        let clause = (mention.span.end..=at)
            .rev()
            .find(|i| {
                self.tokens[*i].before != Break::None
                    || self.tokens[*i].is_any("but and though however")
            })
            .unwrap_or(mention.span.end);
        let is_own_clause = clause == mention.span.end
            && self
                .tokens
                .get(clause)
                .is_none_or(|token| token.before == Break::None && !token.is_any("but and though"));
        let between = clause.min(at)..at;
        let is_of_the_same = between.clone().all(|i| {
            let token = &self.tokens[i];
            match body::part_at(self.tokens, i) {
                Some(part) => mention.part == Some(part),
                None if self.mentioned[i] => self.is_same_complaint(mention, i),
                None => is_own_clause || token.is_any(OF_THE_SAME),
            }
        });
        let earliest = if at < mention.span.end { mention.key } else { clause };
        let window = at.saturating_sub(4).max(earliest)..at;
        let is_awaited = self.tokens[window].iter().any(|token| token.is_any(NOT_YET))
            || self
                .tokens
                .get(end)
                .is_some_and(|t| t.before == Break::None && t.is_any("yet than soon"));
        let relapses = (end..self.tokens.len())
            .take(8)
            .any(|i| RELAPSED.iter().any(|relapse| relapse.match_at(self.tokens, i).is_some()));
        is_of_the_same && !is_awaited && !relapses
    }

    /// Whether a mentioned word speaks of the same complaint: it is part of the mention, or names
    /// the pain of an injury without another body part.
    fn is_same_complaint(&self, mention: &Mention, at: usize) -> bool {
        let of_injury = |other: &Mention| {
            mention.topic == Topic::Injury
                && other.topic == Topic::Injury
                && other.part.is_none_or(|part| mention.part == Some(part))
        };
        mention.span.contains(&at)
            || self.mentions.iter().any(|other| other.span.contains(&at) && of_injury(other))
    }

    fn clause_start(&self, at: usize) -> usize {
        (0..=at).rev().find(|i| self.tokens[*i].before != Break::None).unwrap_or(0)
    }

    fn clause_end(&self, at: usize) -> usize {
        (at + 1..self.tokens.len())
            .find(|i| self.tokens[*i].before != Break::None)
            .unwrap_or(self.tokens.len())
    }
}
