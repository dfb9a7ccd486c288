//! Body parts beside words of pain.
//!
//! A part and a complaint within six words of each other make one mention. Muscles that ache on
//! both sides after training are soreness, and no concern: a plural muscle needs a sharper word
//! than "hurts" or "aches". A joint has no such soreness.

use super::vocabulary::{ACHES, LIFTING, PAINS, SORENESS};
use super::{Break, Certainty, Mention, Token, Topic};

/// How far a complaint may stand from its body part, in words.
const REACH: usize = 6;
/// The same across a comma.
const REACH_PAST_COMMA: usize = 5;

/// What kind of tissue a word names, which decides what soreness in it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tissue {
    /// Knee, wrist: never merely sore from training.
    Joint,
    /// One side, or a region that is not trained for soreness: a calf, the neck, the back.
    Region,
    /// Muscles in the plural, sore after every hard day.
    Muscle,
    /// Head, stomach, throat: pain there is illness.
    Organ,
}

const JOINTS: &str = "achilles acl ankle ankles elbow elbows knee knees mcl meniscus wrist wrists";

const REGIONS: &str = "\
    abdomen arch arm backside bicep bone bones calf clavicle collarbone coccyx cuff disc disk feet \
    finger fingers foot forearm forearms glute groin hamstring hand hands heel heels hip hips jaw \
    joint joints kneecap labrum lat leg ligament muscle neck nerve pec pelvis quad rib ribs shin \
    shins shoulder shoulders sole spine tailbone tendon tendons thigh thumb toe toes trap tricep";

const MUSCLES: &str = "\
    abs arms biceps body calves core delts everything glutes hammies hamstrings lats legs muscles \
    obliques pecs quads thighs traps triceps";

const ORGANS: &str =
    "belly chest ear ears eye eyes gut head kidney kidneys stomach throat tooth teeth tummy";

/// Words after which "back" is the body part.
const BEFORE_BACK: &str = "low lower mid my upper";
/// Words before which "back" is the body part.
const AFTER_BACK: &str = "\
    ache aches aching doesnt feels felt hurt hurting hurts injury is issue issues isnt killing \
    locked niggle pain pains problem problems seized spasm spasms still strain tensed tightened tweak \
    twinge was went";
/// Words after which "back" is a direction all the same.
const DIRECTED: &str =
    "be bounce came come comes coming dial get getting go going got hold im is pain way went";

/// Words that make an exercise of the body part before them.
const EXERCISES: &str = "\
    curl curls day extension extensions flies press presses raise raises session squat squats \
    squatting thrust thrusts workout";

/// Whether a word names a body part. "Back" does only in company, see [`complaints`].
pub(super) fn is_part(word: &str) -> bool {
    word == "back"
        || [JOINTS, REGIONS, MUSCLES, ORGANS]
            .iter()
            .any(|parts| parts.split(' ').any(|part| part == word))
}

/// Returns the body part that stands at a token, by its canonical name: left and right knees are
/// one, and so are a hamstring and hamstrings.
pub(super) fn part_at(tokens: &[Token], at: usize) -> Option<&'static str> {
    tissue_at(tokens, at).map(|(part, _)| part)
}

/// Returns each body part that something is wrong with.
pub(super) fn complaints(tokens: &[Token]) -> Vec<Mention> {
    let parts = (0..tokens.len())
        .filter_map(|at| tissue_at(tokens, at).map(|(part, tissue)| (at, part, tissue)))
        .collect::<Vec<_>>();
    if parts.is_empty() {
        return Vec::new();
    }
    (0..tokens.len())
        .filter_map(|key| {
            let end = PAINS.iter().find_map(|pain| pain.match_at(tokens, key));
            let ache = ACHES.iter().find_map(|ache| ache.match_at(tokens, key));
            let sore = SORENESS.iter().find_map(|sore| sore.match_at(tokens, key));
            let end = end.or(ache).or(sore)?;
            let (at, part, tissue) = nearest(tokens, &parts, key, end)?;
            let is_sharp = ache.is_none() && sore.is_none();
            let is_concern = match tissue {
                Tissue::Joint => true,
                Tissue::Muscle => is_sharp && !is_training_soreness(tokens, key),
                Tissue::Organ if part == "throat" => true,
                Tissue::Organ if part == "chest" && !is_sharp => {
                    sore.is_none() && !is_training_soreness(tokens, key)
                }
                Tissue::Region | Tissue::Organ => sore.is_none(),
            };
            is_concern.then(|| Mention {
                topic: if tissue == Tissue::Organ { Topic::Illness } else { Topic::Injury },
                certainty: Certainty::AsSaid,
                span: key.min(at)..end.max(at + 1),
                key,
                part: Some(part),
            })
        })
        .collect()
}

fn tissue_at(tokens: &[Token], at: usize) -> Option<(&'static str, Tissue)> {
    let word = tokens[at].word.as_str();
    if tokens.get(at + 1).is_some_and(|next| next.before == Break::None && next.is_any(EXERCISES)) {
        return None;
    }
    if word == "back" {
        return is_body_back(tokens, at).then_some(("back", Tissue::Region));
    }
    let find = |parts: &'static str, tissue| {
        parts.split(' ').find(|part| *part == word).map(|part| (singular(part), tissue))
    };
    find(JOINTS, Tissue::Joint)
        .or_else(|| find(REGIONS, Tissue::Region))
        .or_else(|| find(MUSCLES, Tissue::Muscle))
        .or_else(|| find(ORGANS, Tissue::Organ))
}

fn singular(part: &'static str) -> &'static str {
    match part {
        "achilles" | "biceps" | "triceps" | "abs" => part,
        "feet" => "foot",
        "calves" => "calf",
        "teeth" => "tooth",
        _ => part.strip_suffix('s').unwrap_or(part),
    }
}

fn is_body_back(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| &tokens[at]);
    let after = tokens.get(at + 1).filter(|token| token.before == Break::None);
    let described = before.is_some_and(|token| token.is_any(BEFORE_BACK));
    let named = before.is_some_and(|token| token.is_any("the sore bad in"))
        && !after.is_some_and(|token| token.is_any("in on of to"));
    let directed =
        before.is_some_and(|token| tokens[at].before == Break::None && token.is_any(DIRECTED));
    let complains = after.is_some_and(|token| token.is_any(AFTER_BACK));
    let hurt =
        before.is_some_and(|token| token.is_any("hurt tweaked strained pulled wrecked threw of"));
    described || named || hurt || (complains && !directed)
}

fn nearest(
    tokens: &[Token],
    parts: &[(usize, &'static str, Tissue)],
    key: usize,
    end: usize,
) -> Option<(usize, &'static str, Tissue)> {
    parts
        .iter()
        .filter_map(|part| {
            let at = part.0;
            let inside = (key..end).contains(&at);
            let distance =
                if inside { 0 } else { key.saturating_sub(at).max(at.saturating_sub(end - 1)) };
            let between = at.min(key) + 1..=at.max(end - 1);
            let gap = between.clone().map(|i| tokens[i].before).max().unwrap_or(Break::None);
            let contrasted =
                between.into_iter().any(|i| tokens[i].is_any("but because though while"));
            let reach = match gap {
                Break::None => REACH,
                Break::Comma => REACH_PAST_COMMA,
                Break::Sentence => return None,
            };
            (inside || (distance <= reach && !contrasted)).then_some((distance, gap, *part))
        })
        .min_by_key(|(distance, gap, part)| (*gap, *distance, part.0))
        .map(|(_, _, part)| part)
}

/// Whether the sentence around a word explains an ache by training.
fn is_training_soreness(tokens: &[Token], at: usize) -> bool {
    let start = (0..=at).rev().find(|i| tokens[*i].before == Break::Sentence).unwrap_or(0);
    let end = (at + 1..tokens.len())
        .find(|i| tokens[*i].before == Break::Sentence)
        .unwrap_or(tokens.len());
    tokens[start..end].iter().any(|token| token.is_any(LIFTING))
}
