//! The job card: the coach's work item.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Actor, Goal, TrainingTemplate};
use crate::{Id, Invalid, Slug, UserId, words::words};

words! {
    /// What the coach is asked to do.
    pub enum CardAction("action_suggested") {
        /// Nothing.
        None = "none",
        /// Speak to the client, in private.
        Callout = "callout",
        /// Assign another block.
        Reassign = "reassign",
        /// Pause the client.
        Pause = "pause",
        /// Look today.
        Escalate = "escalate",
    }
}

impl CardAction {
    /// Returns the suggestion that asks more of the coach.
    #[must_use]
    pub const fn weightier(self, other: Self) -> Self {
        const fn weight(action: CardAction) -> u8 {
            match action {
                CardAction::None => 0,
                CardAction::Callout => 1,
                CardAction::Pause => 2,
                CardAction::Reassign => 3,
                CardAction::Escalate => 4,
            }
        }
        if weight(other) > weight(self) { other } else { self }
    }
}

words! {
    /// Who raised a card.
    pub enum CardSource("source") {
        /// Sunday's flag engine.
        WeeklyScan = "weekly_scan",
        /// The infraction monitor.
        Infraction = "infraction",
        /// A check-in that speaks of something.
        Checkin = "checkin",
        /// The program, about a plan or a delivery.
        System = "system",
        /// A coach.
        Manual = "manual",
    }
}

words! {
    /// How much a card or an alert matters.
    pub enum Severity("severity") {
        /// A note.
        Low = "low",
        /// This week.
        Medium = "medium",
        /// Soon.
        High = "high",
        /// Today.
        Critical = "critical",
    }
}

words! {
    /// Where a card stands.
    pub enum CardState("state") {
        /// Nobody has looked.
        Open = "open",
        /// Somebody has.
        Acknowledged = "acknowledged",
        /// Put off.
        Snoozed = "snoozed",
        /// Done.
        Resolved = "resolved",
        /// Set aside, with a reason.
        Dismissed = "dismissed",
        /// Absorbed by another card.
        Merged = "merged",
    }
}

impl CardState {
    /// Returns whether the card still asks for a decision.
    pub const fn is_unresolved(self) -> bool {
        matches!(self, Self::Open | Self::Acknowledged | Self::Snoozed)
    }
}

words! {
    /// What a flag says, without what it is about.
    pub enum Flag("flag") {
        /// Missed meals on two consecutive dates.
        SoftCompliance = "soft_compliance",
        /// Under 80% of a week's meals.
        MealComplianceLow = "meal_compliance_low",
        /// Missed sessions on two dates.
        TrainingInconsistency = "training_inconsistency",
        /// Missed check-ins.
        NonRespondingClient = "non_responding_client",
        /// Missed cardio.
        GritViolation = "grit_violation",
        /// Cardio cut short again and again.
        CardioUnderperformance = "cardio_underperformance",
        /// Three attempts without progress, of one exercise.
        StalledLift = "stalled_lift",
        /// No progress over six weeks, of one exercise.
        LiftPlateau = "lift_plateau",
        /// No weight change in spite of full compliance.
        WeightStall = "weight_stall",
        /// Weight rises on a cut.
        CutFailure = "cut_failure",
        /// Weight rises on a cut and check-ins are missed.
        UnreportedGain = "unreported_gain",
        /// Weight falls on a bulk.
        BulkFailure = "bulk_failure",
        /// Bad mood for days.
        MoodDrop = "mood_drop",
        /// Sore, and not progressing.
        RecoveryRisk = "recovery_risk",
        /// Weight falls dangerously fast.
        RapidWeightLoss = "rapid_weight_loss",
        /// Nothing logged for three days.
        SilentClient = "silent_client",
        /// No plan was chosen.
        NoResponse = "no_response",
        /// A row of the client is in quarantine.
        FlagParseError = "flag_parse_error",
        /// The model expects a lapse.
        LapseRisk = "lapse_risk",
        /// Logs that deserve a second look.
        LogAnomaly = "log_anomaly",
        /// A note speaks of something, named behind the colon.
        NoteConcern = "note_concern",
        /// The block has run its weeks.
        BlockComplete = "block_complete",
        /// A template is missing or broken; the fallback was used.
        TemplateMissing = "template_missing",
        /// An exercise is not in the library.
        ExerciseMissing = "exercise_missing",
        /// The compiled plan misses a macro by more than the tolerance.
        PlanGap = "plan_gap",
        /// Direct messages are closed and there is no fallback channel.
        Unreachable = "unreachable",
        /// The escalation reached a step.
        Escalation = "escalation",
        /// The care guard held a message back.
        HeldBack = "held_back",
        /// Raised by a coach.
        Manual = "manual",
    }
}

/// A flag, with the exercise or topic it is about: `lift_plateau:ex_bp_001`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlagName {
    /// What it says.
    pub flag: Flag,
    /// What it is about, where the flag alone does not say.
    pub about: Option<String>,
}

impl FlagName {
    /// Names a flag that needs no subject.
    pub const fn plain(flag: Flag) -> Self {
        Self { flag, about: None }
    }

    /// Names a flag about an exercise or a topic.
    pub fn about(flag: Flag, about: impl Into<String>) -> Self {
        Self { flag, about: Some(about.into()) }
    }

    /// Returns whether the client's safety is in question: automatic messages are held back while
    /// a card with such a flag is unresolved.
    pub fn is_safety(&self) -> bool {
        let topic = self.about.as_deref().unwrap_or_default();
        self.flag == Flag::RapidWeightLoss
            || self.flag == Flag::NoteConcern
                && ["injury", "illness", "disordered_eating", "self_harm"].contains(&topic)
    }
}

impl From<Flag> for FlagName {
    fn from(flag: Flag) -> Self {
        Self::plain(flag)
    }
}

impl FlagName {
    /// Returns the name as a sentence holds it, without what ties its words together.
    pub fn in_words(&self) -> String {
        self.to_string().replace('_', " ").replace(':', ": ")
    }
}

impl fmt::Display for FlagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            None => f.pad(self.flag.as_str()),
            Some(about) => write!(f, "{}:{about}", self.flag),
        }
    }
}

impl FromStr for FlagName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (flag, about) = match text.split_once(':') {
            None => (text, None),
            Some((flag, about)) => (flag, Some(about.to_owned())),
        };
        Ok(Self { flag: flag.parse()?, about })
    }
}

impl Serialize for FlagName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FlagName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for FlagName {
    fn schema_name() -> Cow<'static, str> {
        "FlagName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z_]+(:.+)?$" })
    }
}

/// A positive finding: `perfect_week`, `weight_on_target`, `personal_record:ex_bp_001`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct WinName(pub String);

/// The numbers, dates and window behind one flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The flag.
    pub flag: FlagName,
    /// The window's first local date.
    pub window_start: Date,
    /// The window's last local date.
    pub window_end: Date,
    /// The dates that count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<Date>,
    /// The figures, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<String, f64>,
    /// What else a coach needs: an exercise's name, a step that was held back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

words! {
    /// What a suggestion proposes.
    pub enum SuggestionKind("kind") {
        /// A message to the client.
        Message = "message",
        /// Other macros.
        Macros = "macros",
        /// Other cardio minutes.
        Cardio = "cardio",
        /// A refeed.
        Refeed = "refeed",
        /// Another block.
        BlockChange = "block_change",
        /// A lighter week.
        Deload = "deload",
        /// A look at the logs.
        RecheckLogs = "recheck_logs",
    }
}

/// A change the coach may accept, edit or reject; nothing is applied before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suggestion {
    /// What is proposed.
    pub kind: SuggestionKind,
    /// Why.
    pub reason: String,
    /// The proposed values, by field.
    #[serde(default)]
    pub values: BTreeMap<String, f64>,
    /// What the coach made of it; absent while nobody has decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<SuggestionAnswer>,
}

words! {
    /// What a coach made of a suggestion.
    pub enum SuggestionAnswer("answer") {
        /// Applied as proposed.
        Accepted = "accepted",
        /// Applied with other values.
        Edited = "edited",
        /// Not applied.
        Rejected = "rejected",
    }
}

words! {
    /// Why a card was set aside.
    pub enum DismissReason("reason") {
        /// What it says is not so: the only one that speaks against the detector.
        Wrong = "wrong",
        /// The coach knew.
        Known = "known",
        /// It can wait.
        NotNow = "not_now",
        /// True, and nothing follows from it.
        NotUseful = "not_useful",
    }
}

/// How a card was closed. On an acknowledged card it says what holds until the card closes: an
/// escalation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resolution {
    /// What was done.
    pub action: CardAction,
    /// The coach's words.
    pub note: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why the card was dismissed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<DismissReason>,
}

/// Until when a card is put off. Every one wakes earlier when it gets worse: its severity rises or a
/// flag is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Snooze {
    /// Until an instant.
    At(Timestamp),
    /// Until the client's next check-in is submitted or missed.
    NextCheckin,
    /// Until it gets worse.
    Worse,
}

/// What somebody wrote on a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardNote {
    /// The words.
    pub text: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Evidence that another card brought, or the infraction monitor since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Carried {
    /// The evidence.
    pub evidence: Evidence,
    /// How much it mattered there.
    pub severity: Severity,
    /// What was asked of the coach there.
    pub action: CardAction,
    /// The card it comes from; absent for what was added to this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Id<JobCard>>,
}

/// The coach's work item: flags, wins, evidence, summary and a suggested action. Keyed by client,
/// source and date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JobCard {
    /// The client.
    pub user_id: UserId,
    /// The scan's Sunday, or the local date of what raised the card.
    pub date: Date,
    /// When it was raised or last changed.
    pub timestamp: Timestamp,
    /// Up to 500 characters, for the coach.
    #[serde(deserialize_with = "summary")]
    pub summary: String,
    /// What was found, ordered by bytes.
    pub flags: Vec<FlagName>,
    /// What the coach is asked to do.
    pub action_suggested: CardAction,
    /// True for resolved and dismissed cards.
    pub resolved: bool,

    /// Minted by the shell when the card is first stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id<JobCard>>,
    /// Who raised it.
    #[serde(default = "default_source")]
    pub source: CardSource,
    /// How much it matters.
    #[serde(default = "default_severity")]
    pub severity: Severity,
    /// Learned priority, 0 to 1.
    #[serde(default, deserialize_with = "priority")]
    pub priority: f64,
    /// What went well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wins: Vec<WinName>,
    /// What stands behind each flag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The window's first local date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_start: Option<Date>,
    /// The window's last local date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_end: Option<Date>,
    /// Where it stands. An imported card without one is open or resolved, as `resolved` says.
    #[serde(default = "default_state")]
    pub state: CardState,
    /// How it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// What the coach may accept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// The client's goal at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// The running block at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<Slug<TrainingTemplate>>,
    /// The block's week at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<u32>,
    /// The model behind it, or none for rules alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_version: Option<String>,
    /// The policy behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<u32>,
    /// The card that absorbed this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Id<JobCard>>,
    /// What cards that this one absorbed had found, and violations since: beside `evidence`, which
    /// is the scan's own. Only weekly cards have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<Carried>,
    /// What people wrote on it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<CardNote>,
    /// Until when it is put off, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<Snooze>,
    /// What the model computed and from what, so that the card can be replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<serde_json::Value>,
}

impl JobCard {
    /// Starts an open card.
    pub fn open(user_id: UserId, source: CardSource, date: Date, now: Timestamp) -> Self {
        Self {
            user_id,
            date,
            timestamp: now,
            summary: String::new(),
            flags: Vec::new(),
            action_suggested: CardAction::None,
            resolved: false,
            id: None,
            source,
            severity: Severity::Low,
            priority: 0.0,
            wins: Vec::new(),
            evidence: Vec::new(),
            window_start: None,
            window_end: None,
            state: CardState::Open,
            resolution: None,
            suggestions: Vec::new(),
            goal: None,
            block_id: None,
            week: None,
            model_version: None,
            policy_version: None,
            merged_into: None,
            carried: Vec::new(),
            notes: Vec::new(),
            snooze: None,
            trace: None,
        }
    }

    /// Returns the card of the same client, source and date among `cards`, or starts one.
    pub fn open_or_find(
        cards: &[Self],
        user_id: UserId,
        source: CardSource,
        date: Date,
        now: Timestamp,
    ) -> Self {
        let known = cards
            .iter()
            .find(|card| card.user_id == user_id && card.source == source && card.date == date);
        known.cloned().unwrap_or_else(|| Self::open(user_id, source, date, now))
    }

    /// Adds a finding: the flag once, in byte order, its evidence, and at least its severity.
    pub fn add(&mut self, severity: Severity, evidence: Evidence) {
        self.flag(evidence.flag.clone());
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
        self.severity = self.severity.max(severity);
    }

    /// Adds what another card brings: as [`JobCard::add`], set apart from the card's own findings.
    pub fn carry(&mut self, carried: Carried) {
        self.flag(carried.evidence.flag.clone());
        self.severity = self.severity.max(carried.severity);
        self.action_suggested = self.action_suggested.weightier(carried.action);
        if !self.carried.iter().any(|known| known.evidence == carried.evidence) {
            self.carried.push(carried);
        }
    }

    fn flag(&mut self, flag: FlagName) {
        let name = flag.to_string();
        if let Err(at) = self.flags.binary_search_by(|flag| flag.to_string().cmp(&name)) {
            self.flags.insert(at, flag);
        }
    }

    /// Returns whether a card has become worse than it was: its severity rose or a flag was added.
    pub fn is_worse_than(&self, before: &Self) -> bool {
        self.severity > before.severity
            || self.flags.iter().any(|flag| !before.flags.contains(flag))
    }

    /// Ends a snooze; an escalation holds on.
    pub const fn wake(&mut self) {
        self.state = CardState::Open;
        self.snooze = None;
    }

    /// Opens a card that was closed or put off: what was decided stands in its decisions.
    pub fn reopen(&mut self) {
        self.state = CardState::Open;
        self.resolved = false;
        self.resolution = None;
        self.snooze = None;
        self.merged_into = None;
    }

    /// Returns whether the card holds back automatic messages while it is unresolved.
    pub fn bears_safety_flag(&self) -> bool {
        self.flags.iter().any(FlagName::is_safety)
    }
}

fn summary<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let length = text.chars().count();
    if length > 500 {
        let given = format!("{length} characters");
        let refused = Invalid::new("summary", given, "up to 500 characters");
        return Err(serde::de::Error::custom(refused));
    }
    Ok(text)
}

fn priority<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let priority = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&priority) {
        Ok(priority)
    } else {
        let refused = Invalid::new("priority", priority, "between 0 and 1");
        Err(serde::de::Error::custom(refused))
    }
}

const fn default_source() -> CardSource {
    CardSource::WeeklyScan
}

const fn default_severity() -> Severity {
    Severity::Low
}

const fn default_state() -> CardState {
    CardState::Open
}
