//! The questions of the check-in, and what was answered so far.

use std::collections::BTreeMap;

use regiment_proto::v1::{CheckinReport, Level, Mood, Sleep};
use serde::{Deserialize, Serialize};

use crate::{Question, texts::Key};

/// What was answered so far.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Answers {
    #[serde(default)]
    pub(super) chosen: BTreeMap<Question, String>,
    #[serde(default)]
    pub(super) weight: String,
    #[serde(default)]
    pub(super) notes: String,
}

impl Answers {
    /// Returns what was typed, by the label of its field.
    pub(super) fn typed(&self) -> [(Key, &String); 2] {
        [(Key::FieldWeight, &self.weight), (Key::FieldNotes, &self.notes)]
    }

    /// Returns the answer to a question, where there is one that it has.
    pub(super) fn value(&self, question: Question) -> Option<&'static str> {
        let chosen = self.chosen.get(&question)?;
        choices(question).into_iter().map(|(value, _)| value).find(|value| value == chosen)
    }

    /// Returns what is reported beside the weight, once every question is answered.
    pub(super) fn report(&self) -> Option<CheckinReport> {
        let level = |value| match value {
            "low" => Level::Low,
            "medium" => Level::Medium,
            _ => Level::High,
        };
        let mood = match self.value(Question::Mood)? {
            "great" => Mood::Great,
            "okay" => Mood::Okay,
            _ => Mood::Bad,
        };
        let sleep = match self.value(Question::Sleep)? {
            "4h" => Sleep::Sleep4h,
            "6h" => Sleep::Sleep6h,
            _ => Sleep::Sleep8h,
        };
        Some(CheckinReport {
            mood: mood.into(),
            soreness: level(self.value(Question::Soreness)?).into(),
            stress: level(self.value(Question::Stress)?).into(),
            sleep: sleep.into(),
            notes: self.notes.trim().to_owned(),
            ..CheckinReport::default()
        })
    }
}

/// Returns the answers of a question: what comes back, and what it says.
pub(crate) const fn choices(question: Question) -> [(&'static str, Key); 3] {
    match question {
        Question::Mood => {
            [("great", Key::MoodGreat), ("okay", Key::MoodOkay), ("bad", Key::MoodBad)]
        }
        Question::Soreness => [
            ("low", Key::SorenessLow),
            ("medium", Key::SorenessMedium),
            ("high", Key::SorenessHigh),
        ],
        Question::Stress => {
            [("low", Key::StressLow), ("medium", Key::StressMedium), ("high", Key::StressHigh)]
        }
        Question::Sleep => [("4h", Key::Sleep4h), ("6h", Key::Sleep6h), ("8h", Key::Sleep8h)],
    }
}

/// Returns the name of a question's option in `/log checkin`, and what is said of it.
pub(crate) const fn option(question: Question) -> (&'static str, Key) {
    match question {
        Question::Mood => ("mood", Key::OptionMood),
        Question::Soreness => ("soreness", Key::OptionSoreness),
        Question::Stress => ("stress", Key::OptionStress),
        Question::Sleep => ("sleep", Key::OptionSleep),
    }
}

/// Returns what a question is called.
pub(super) const fn title(question: Question) -> Key {
    match question {
        Question::Mood => Key::Mood,
        Question::Soreness => Key::Soreness,
        Question::Stress => Key::Stress,
        Question::Sleep => Key::Sleep,
    }
}
