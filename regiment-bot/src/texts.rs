//! The words of every message, read from TOML and checked before the first message is rendered.

use std::collections::BTreeMap;

use thiserror::Error;

macro_rules! keys {
    ($($key:ident = $name:literal must [$($must:literal),*] may [$($may:literal),*];)+) => {
        /// A text of the set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key { $($key),+ }

        impl Key {
            /// Every text, in the order of its index.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$key),+];

            /// Returns table and name within the TOML file.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$key => $name),+ }
            }

            /// Returns the placeholders without which the text would not do its work.
            pub(crate) const fn must(self) -> &'static [&'static str] {
                match self { $(Self::$key => &[$($must),*]),+ }
            }

            /// Returns the placeholders it may hold besides.
            pub(crate) const fn may(self) -> &'static [&'static str] {
                match self { $(Self::$key => &[$($may),*]),+ }
            }
        }
    };
}

keys! {
    Day = "common.day" must ["date"] may ["weekday"];
    Days = "common.days" must ["from", "until"] may [];
    Grams = "common.grams" must ["grams"] may [];
    Units = "common.units" must ["units"] may ["grams"];
    Attached = "common.attached" must ["file"] may [];
    Excuse = "common.excuse" must [] may [];
    Number = "common.number" must ["number"] may [];
    Monday = "weekday.monday" must [] may [];
    Tuesday = "weekday.tuesday" must [] may [];
    Wednesday = "weekday.wednesday" must [] may [];
    Thursday = "weekday.thursday" must [] may [];
    Friday = "weekday.friday" must [] may [];
    Saturday = "weekday.saturday" must [] may [];
    Sunday = "weekday.sunday" must [] may [];
    CheckinTitle = "checkin_order.title" must [] may [];
    CheckinMission = "checkin_order.mission" must [] may [];
    CheckinDeadline = "checkin_order.deadline" must ["deadline"] may [];
    CheckinConsequence = "checkin_order.consequence" must [] may [];
    CheckinReport = "checkin_order.report" must [] may [];
    FuelTitle = "fuel_order.title" must [] may [];
    FuelMission = "fuel_order.mission" must [] may [];
    FuelMeal = "fuel_order.meal" must ["number"] may [];
    FuelPortion = "fuel_order.portion" must ["food", "amount"] may [];
    FuelCardio = "fuel_order.cardio" must [] may [];
    FuelCardioPulse = "fuel_order.cardio_pulse" must ["minutes", "low", "high"] may ["type"];
    FuelCardioTalk = "fuel_order.cardio_talk" must ["minutes"] may ["type"];
    FuelDeadline = "fuel_order.deadline" must ["deadline"] may [];
    FuelConsequence = "fuel_order.consequence" must [] may [];
    FuelCompleted = "fuel_order.completed" must ["number"] may [];
    FuelMissed = "fuel_order.missed" must ["number"] may [];
    FuelLogCardio = "fuel_order.log_cardio" must [] may [];
    TrainingTitle = "training_order.title" must ["number"] may [];
    TrainingMission = "training_order.mission" must [] may ["name", "block", "week"];
    TrainingExercise = "training_order.exercise" must ["exercise"] may ["number"];
    TrainingPrescription = "training_order.prescription" must ["sets", "reps", "rest"] may [];
    TrainingLast = "training_order.last" must ["weight", "reps"] may ["date"];
    TrainingDeadline = "training_order.deadline" must ["deadline"] may [];
    TrainingConsequence = "training_order.consequence" must [] may [];
    TrainingLog = "training_order.log" must ["number"] may ["exercise"];
    TrainingVideo = "training_order.video" must ["number"] may ["exercise"];
    TrainingRest = "training_order.rest" must ["rest"] may [];
    PlanTitle = "plan_prompt.title" must [] may [];
    PlanMission = "plan_prompt.mission" must [] may [];
    PlanChoice = "plan_prompt.choice" must ["letter"] may ["name"];
    PlanDeadline = "plan_prompt.deadline" must ["deadline"] may [];
    PlanConsequence = "plan_prompt.consequence" must [] may [];
    RearmingTitle = "rearming_order.title" must [] may [];
    RearmingMission = "rearming_order.mission" must [] may [];
    RearmingList = "rearming_order.list" must [] may [];
    RearmingItem = "rearming_order.item" must ["food", "amount"] may [];
    RearmingMeal = "rearming_order.meal" must ["portions"] may ["number"];
    RearmingPortion = "rearming_order.portion" must ["food", "amount"] may [];
    RearmingPreparation = "rearming_order.preparation" must [] may [];
    RearmingDeadline = "rearming_order.deadline" must ["from"] may [];
    RearmingConsequence = "rearming_order.consequence" must [] may [];
    WelcomeTitle = "welcome.title" must [] may [];
    WelcomeMission = "welcome.mission" must [] may [];
    WelcomeConsequence = "welcome.consequence" must [] may [];
    WarningTitle = "warning.title" must [] may [];
    WarningMission = "warning.mission" must [] may ["events", "days"];
    WarningConsequence = "warning.consequence" must [] may [];
    WithdrawnTitle = "warning_withdrawn.title" must [] may [];
    WithdrawnMission = "warning_withdrawn.mission" must [] may [];
    CalloutTitle = "callout.title" must [] may [];
    CalloutMission = "callout.mission" must ["alias"] may ["events", "days"];
    CalloutConsequence = "callout.consequence" must [] may [];
    RecordTitle = "personal_record.title" must [] may [];
    RecordMission = "personal_record.mission" must ["exercise", "weight", "reps"]
        may ["previous_weight", "previous_reps", "previous_date"];
    HonorsTitle = "honors.title" must [] may [];
    HonorsStreak = "honors.streak" must [] may [];
    HonorsRecords = "honors.personal_records" must [] may [];
    HonorsTarget = "honors.weight_on_target" must [] may [];
    HonorsStreakPlace = "honors.streak_place" must ["rank", "alias"] may ["count"];
    HonorsRecordsPlace = "honors.records_place" must ["rank", "alias"] may ["count"];
    HonorsTargetPlace = "honors.target_place" must ["rank", "alias"] may [];
    PrivateTitle = "private.title" must [] may [];
    ExcuseTitle = "excuse_answer.title" must [] may [];
    ExcuseGranted = "excuse_answer.granted" must [] may [];
    ExcuseRefused = "excuse_answer.refused" must [] may [];
    AlertsTitle = "alerts.title" must [] may [];
    Alert = "alerts.alert" must ["text"] may ["severity", "kind", "count"];
    ClientAlert = "alerts.client_alert" must ["text", "client"] may ["severity", "kind", "count"];
}

/// A complete set of texts.
///
/// ```
/// use regiment_bot::Texts;
/// let missing = Texts::parse("[callout]\ntitle = 'Callout'").unwrap_err();
/// assert_eq!(missing.to_string(), "the text common.day is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// One for each of [`Key::ALL`], in its order.
    phrases: Vec<Phrase>,
}

/// A text in pieces.
pub(crate) type Phrase = Vec<Piece>;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Said as it stands.
    Literal(String),
    /// Stands for a value.
    Placeholder(String),
}

/// Why a set of texts is refused.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum TextsError {
    /// It is no TOML.
    #[error("the texts are not TOML")]
    Toml(#[source] Box<toml::de::Error>),
    /// A text is not there.
    #[error("the text {0} is missing")]
    Missing(String),
    /// No message uses such a text.
    #[error("there is no text {0}")]
    Unknown(String),
    /// A text is no string.
    #[error("the text {0} must be a string")]
    NotString(String),
    /// A text says nothing.
    #[error("the text {0} is blank")]
    Blank(String),
    /// A brace has no partner, or a placeholder no name.
    #[error("the braces of the text {0} don't pair")]
    Braces(String),
    /// A placeholder that has no value here.
    #[error("the text {key} may not hold {{{placeholder}}}, only: {accepted}")]
    Placeholder {
        /// The text.
        key: String,
        /// What it holds.
        placeholder: String,
        /// What it may hold.
        accepted: String,
    },
    /// A placeholder without which the text would not do its work.
    #[error("the text {key} must hold {{{placeholder}}}")]
    Omitted {
        /// The text.
        key: String,
        /// What it has to hold.
        placeholder: String,
    },
}

impl Texts {
    /// Returns the set that ships.
    pub fn built_in() -> Self {
        Self::parse(include_str!("../texts/default.toml")).expect("the set that ships is tested")
    }

    /// Reads a set from TOML: a table for each kind of message, a string for each text.
    ///
    /// # Errors
    /// The first thing that is wrong, by the name of its text.
    pub fn parse(toml: &str) -> Result<Self, TextsError> {
        let mut found = flatten(toml)?;
        let phrases = Key::ALL
            .iter()
            .map(|&key| {
                let text = found
                    .remove(key.name())
                    .ok_or_else(|| TextsError::Missing(key.name().to_owned()))?;
                phrase(key, &text)
            })
            .collect::<Result<_, _>>()?;
        match found.into_keys().next() {
            Some(unknown) => Err(TextsError::Unknown(unknown)),
            None => Ok(Self { phrases }),
        }
    }

    pub(crate) fn phrase(&self, key: Key) -> &Phrase {
        &self.phrases[key as usize]
    }
}

fn flatten(toml: &str) -> Result<BTreeMap<String, String>, TextsError> {
    let tables: BTreeMap<String, toml::Value> =
        toml::from_str(toml).map_err(|error| TextsError::Toml(Box::new(error)))?;
    let mut found = BTreeMap::new();
    for (table, value) in tables {
        let toml::Value::Table(texts) = value else { return Err(TextsError::Unknown(table)) };
        for (name, text) in texts {
            let key = format!("{table}.{name}");
            let toml::Value::String(text) = text else { return Err(TextsError::NotString(key)) };
            found.insert(key, text);
        }
    }
    Ok(found)
}

fn phrase(key: Key, text: &str) -> Result<Phrase, TextsError> {
    let name = key.name().to_owned();
    if text.trim().is_empty() {
        return Err(TextsError::Blank(name));
    }
    let pieces = pieces(text).ok_or_else(|| TextsError::Braces(name.clone()))?;
    let held = |wanted: &str| {
        pieces.iter().any(|piece| matches!(piece, Piece::Placeholder(held) if held == wanted))
    };
    if let Some(omitted) = key.must().iter().find(|placeholder| !held(placeholder)) {
        return Err(TextsError::Omitted { key: name, placeholder: (*omitted).to_owned() });
    }
    let accepted = [key.must(), key.may()].concat();
    for piece in &pieces {
        if let Piece::Placeholder(placeholder) = piece
            && !accepted.contains(&placeholder.as_str())
        {
            let accepted =
                if accepted.is_empty() { "nothing".to_owned() } else { accepted.join(", ") };
            return Err(TextsError::Placeholder {
                key: name,
                placeholder: placeholder.clone(),
                accepted,
            });
        }
    }
    Ok(pieces)
}

fn pieces(text: &str) -> Option<Phrase> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, tail)) = rest.split_once('{') {
        let (placeholder, tail) = tail.split_once('}')?;
        if literal.contains('}') || placeholder.contains('{') || placeholder.is_empty() {
            return None;
        }
        pieces.push(Piece::Literal(literal.to_owned()));
        pieces.push(Piece::Placeholder(placeholder.to_owned()));
        rest = tail;
    }
    if rest.contains('}') {
        return None;
    }
    pieces.push(Piece::Literal(rest.to_owned()));
    Some(pieces)
}

#[cfg(test)]
mod tests;
