//! Reads a check-in note for what a coach must not miss.
//!
//! The lexicon is words and rules, no model: it works without weights, answers the same for the
//! same note, and every concern names the words it rests on. What is negated ("no pain"), over
//! ("the flu is gone"), somebody else's ("my kid is sick") or a figure of speech ("sick of rice")
//! raises nothing. Where a phrase stays in doubt it counts as present: a coach who looks once too
//! often loses a minute.
//!
//! The phrases stand in `vocabulary`, what changes their meaning in `scope`.

mod body;
mod pattern;
mod scope;
mod token;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use pattern::Phrasebook;
use scope::Scope;
use token::{Break, Token};

use crate::words::words;

words! {
    /// What a note can speak of, the safety topics first.
    pub enum Topic("topic") {
        /// A body part that hurts, gives way or is damaged. Soreness after training is none.
        Injury = "injury",
        /// Sickness of the client.
        Illness = "illness",
        /// Purging, binges, starving, punishment by exercise, fear of food.
        DisorderedEating = "disordered_eating",
        /// Any mention of self-harm, suicide or the wish not to live.
        SelfHarm = "self_harm",
        /// The wish to leave the program.
        QuitIntent = "quit_intent",
        /// Low drive, overload, despair that names no harm.
        Distress = "distress",
        /// Something outside training that takes the client's days: travel, work, family, loss.
        LifeEvent = "life_event",
    }
}

impl Topic {
    /// Returns whether a present concern of this topic holds back automatic messages.
    pub const fn is_safety(self) -> bool {
        match self {
            Self::Injury | Self::Illness | Self::DisorderedEating | Self::SelfHarm => true,
            Self::QuitIntent | Self::Distress | Self::LifeEvent => false,
        }
    }
}

words! {
    /// How a note says it.
    pub enum State("state") {
        /// It is so now, or the note leaves it open.
        Present = "present",
        /// It was so and is over.
        Resolved = "resolved",
        /// The note says that it is not so, or only guards against it.
        Negated = "negated",
    }
}

/// One thing a note speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// What it is about.
    pub topic: Topic,
    /// The words it rests on, as a byte range of the note.
    pub phrase: Range<usize>,
    /// Whether it is so now.
    pub state: State,
}

/// Returns every concern of a note, in the order of the text.
///
/// ```
/// use regiment_core::engine::care::lexicon::{State, Topic, read};
///
/// let note = "Sharp pain in my left knee, flu is gone";
/// let concerns = read(note);
/// assert_eq!(concerns.len(), 2);
/// assert_eq!((concerns[0].topic, concerns[0].state), (Topic::Injury, State::Present));
/// assert_eq!(&note[concerns[0].phrase.clone()], "pain in my left knee");
/// assert_eq!((concerns[1].topic, concerns[1].state), (Topic::Illness, State::Resolved));
/// ```
pub fn read(note: &str) -> Vec<Concern> {
    let tokens = token::split(note);
    let idioms = IDIOMS.find_all(&tokens);
    let mut mentions = phrases(&tokens);
    mentions.extend(body::complaints(&tokens));
    mentions.retain(|mention| {
        mention.certainty == Certainty::Always
            || !idioms.iter().any(|((), idiom)| overlap(idiom, &mention.claim()))
    });
    let mentions = mentions
        .iter()
        .filter(|mention| !mentions.iter().any(|other| other.speaks_for(mention)))
        .cloned()
        .collect::<Vec<_>>();
    let scope = Scope::new(&tokens, &mentions);
    let mut concerns = mentions
        .iter()
        .filter_map(|mention| {
            let state = match mention.certainty {
                Certainty::Always => State::Present,
                Certainty::AsSaid if scope.is_about_someone_else(mention) => return None,
                Certainty::AsSaid => scope.state(mention),
            };
            Some(Concern { topic: mention.topic, phrase: mention.bytes(&tokens), state })
        })
        .collect::<Vec<_>>();
    concerns.sort_by_key(|concern| (concern.topic, concern.phrase.start, concern.phrase.end));
    merge_overlaps(&mut concerns);
    concerns.sort_by_key(|concern| (concern.phrase.start, concern.topic));
    concerns
}

/// Whether a rule of negation and resolution applies to a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    /// Present however it is put: the phrase is too grave to be argued away by a rule.
    Always,
    /// Present, resolved or negated, as the words around it say.
    AsSaid,
}

/// A phrase found in the tokens of a note, before its state is known.
#[derive(Clone, Debug)]
struct Mention {
    topic: Topic,
    certainty: Certainty,
    /// The tokens of the evidence.
    span: Range<usize>,
    /// The token that negation attaches to: the verb or noun of the complaint.
    key: usize,
    /// The body part complained of, where there is one.
    part: Option<&'static str>,
}

impl Mention {
    /// The words that a figure of speech would have to explain.
    fn claim(&self) -> Range<usize> {
        if self.part.is_some() { self.key..self.key + 1 } else { self.span.clone() }
    }

    /// Whether this mention is the better reading of words that it shares with another of another
    /// topic: the graver one is, and between equals the longer one.
    fn speaks_for(&self, other: &Self) -> bool {
        let weight = |mention: &Self| (mention.certainty == Certainty::Always, mention.span.len());
        self.topic != other.topic
            && overlap(&self.span, &other.span)
            && weight(self) > weight(other)
    }

    fn bytes(&self, tokens: &[Token]) -> Range<usize> {
        tokens[self.span.start].range.start..tokens[self.span.end - 1].range.end
    }
}

static IDIOMS: LazyLock<Phrasebook<()>> =
    LazyLock::new(|| Phrasebook::new(vocabulary::IDIOMS.iter().map(|text| ((), *text))));

static PHRASES: LazyLock<Phrasebook<(Topic, Certainty)>> = LazyLock::new(|| {
    Phrasebook::new(vocabulary::PHRASES.iter().flat_map(|(topic, certainty, texts)| {
        texts.iter().map(|text| ((*topic, *certainty), *text))
    }))
});

fn phrases(tokens: &[Token]) -> Vec<Mention> {
    PHRASES
        .find_all(tokens)
        .into_iter()
        .map(|(&(topic, certainty), span)| Mention {
            topic,
            certainty,
            key: span.start,
            span,
            part: None,
        })
        .collect()
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Joins concerns of one topic that rest on overlapping words. The present one decides.
fn merge_overlaps(concerns: &mut Vec<Concern>) {
    concerns.dedup_by(|next, kept| {
        let overlap = next.topic == kept.topic && next.phrase.start < kept.phrase.end;
        if overlap {
            kept.phrase.end = kept.phrase.end.max(next.phrase.end);
            kept.state = kept.state.min(next.state);
        }
        overlap
    });
}
