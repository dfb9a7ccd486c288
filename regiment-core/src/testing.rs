//! Builders for tests, and for programs that try the engines out.

use jiff::{Timestamp, civil::Date};

use crate::{
    Dossier, Slug, UserId,
    calendar::{Zone, resolve},
    measure::{Age, BodyWeight, Height, Load, Minutes, Reps},
    record::{
        CardioLog, CardioOrder, CheckinLog, CheckinReport, ClientProfile, DoneOrMissed, Goal,
        Level, Log, Macros, MealLog, MealOrder, Mood, Note, Order, Ordered, SetOrder, Sleep,
        Status, Stream, Subject, TopSet, TrainingLog, TrainingOrder,
    },
};

/// Builds an active client `user_id` in UTC who started on 2026-01-06, a Tuesday, on
/// `template_a` and `steel_block_a`.
///
/// # Panics
/// When `user_id` is not 1 to 20 digits.
pub fn client(user_id: &str) -> ClientProfile {
    let start = date("2026-01-06");
    ClientProfile {
        user_id: user_id.parse().expect("a user id"),
        goal: Goal::Cut,
        timezone_offset: Zone::utc(),
        start_date: start,
        paused: false,
        height_cm: Height::new(180).expect("in range"),
        weight_kg: BodyWeight::new(90.0).expect("in range"),
        training_template_id: Some(slug("steel_block_a")),
        meal_template_id: Some(slug("template_a")),
        macros: Some(Macros::new(180, 220, 60).expect("in range")),
        cardio_minutes: Some(Minutes::new(30).expect("in range")),
        cycle_start_date: start,
        block_id: Some(slug("steel_block_a")),
        name: None,
        email: None,
        gender: None,
        age: Some(Age::new(34).expect("in range")),
        photo_url: None,
        coaching_notes: String::new(),
        cardio_type: "zone2".to_owned(),
        status: Status::Active,
        coach_id: None,
        blocked_refeed: false,
        public_callout_opt_in: false,
        honors_opt_in: false,
        alias: None,
        allergens: Vec::new(),
        block_start_date: Some(start),
        training_days: Vec::new(),
        plan_choices: Vec::new(),
        fallback_channel_id: None,
        guild_id: None,
        paused_until: None,
        paused_since: None,
        reopened: false,
        subject: Some(Subject(format!("subject-{user_id}"))),
        created_at: None,
        updated_at: None,
        version: 1,
    }
}

/// Builds the dossier of such a client.
pub fn dossier(user_id: &str) -> Dossier {
    Dossier::new(client(user_id))
}

/// Reads a date, a zone's offset text, or an id.
///
/// # Panics
/// When the text is none.
pub fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

/// Reads an instant.
///
/// # Panics
/// When the text is none.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Reads a zone.
///
/// # Panics
/// When the text is none.
pub fn zone(text: &str) -> Zone {
    Zone::parse(text).expect("a zone")
}

/// Reads a text identifier.
///
/// # Panics
/// When the text is none.
pub fn slug<T>(text: &str) -> Slug<T> {
    Slug::new(text).expect("an id")
}

/// Builds a top set.
///
/// # Panics
/// When a number is out of range.
pub fn set(weight: f64, reps: i64) -> TopSet {
    TopSet { weight: Load::new(weight).expect("a load"), reps: Reps::new(reps).expect("reps") }
}

/// Builds a check-in report of an ordinary day.
///
/// # Panics
/// When the weight is out of range.
pub fn report(weight: f64) -> CheckinReport {
    CheckinReport {
        weight: BodyWeight::weigh_in(weight).expect("a weight"),
        mood: Mood::Okay,
        soreness: Level::Low,
        sleep: Sleep::Six,
        stress: Level::Low,
        notes: Note::default(),
        weight_unconfirmed: false,
    }
}

impl Dossier {
    /// Adds a meal's log.
    #[must_use]
    pub fn with_meal(self, day: &str, meal: &str, status: DoneOrMissed) -> Self {
        let log = MealLog {
            user_id: self.user_id(),
            meal_id: slug(meal),
            date: date(day),
            logged_at: noon(day),
            timezone_offset: self.client.timezone_offset.clone(),
            status,
            source_engine: Stream::Meal,
            cause: None,
        };
        self.with_log(Log::Meal(log))
    }

    /// Adds a top set's log; `None` is a miss.
    #[must_use]
    pub fn with_set(self, day: &str, exercise: &str, set: Option<TopSet>) -> Self {
        let log = TrainingLog {
            user_id: self.user_id(),
            block_id: slug("steel_block_a"),
            day_index: 1,
            exercise: exercise.to_owned(),
            exercise_id: slug(exercise),
            set,
            date: date(day),
            timestamp: noon(day),
            timezone: self.client.timezone_offset.clone(),
            cause: None,
        };
        self.with_log(Log::Training(log))
    }

    /// Adds a day's cardio of 30 assigned minutes; `None` is a miss.
    ///
    /// # Panics
    /// When the minutes are out of range.
    #[must_use]
    pub fn with_cardio(self, day: &str, actual: Option<i64>) -> Self {
        let log = CardioLog {
            user_id: self.user_id(),
            date: date(day),
            timestamp: noon(day),
            assigned_minutes: Minutes::new(30).expect("in range"),
            actual_minutes: actual.map(|minutes| Minutes::new(minutes).expect("in range")),
            cause: None,
        };
        self.with_log(Log::Cardio(log))
    }

    /// Adds a check-in; `None` is a miss.
    #[must_use]
    pub fn with_checkin(self, day: &str, report: Option<CheckinReport>) -> Self {
        let log = CheckinLog {
            user_id: self.user_id(),
            date: date(day),
            timestamp: noon(day),
            report,
            cause: None,
        };
        self.with_log(Log::Checkin(log))
    }

    /// Adds a log, or replaces the one of its key.
    #[must_use]
    pub fn with_log(mut self, log: Log) -> Self {
        self.logs.insert(log.key(), log);
        self
    }

    /// Adds a day's check-in order, due at noon and delivered as it was issued.
    #[must_use]
    pub fn with_checkin_order(self, day: &str) -> Self {
        self.with_order(day, "05:30", "12:00", Ordered::Checkin)
    }

    /// Adds a day's order of meals, and of cardio where minutes are given.
    ///
    /// # Panics
    /// When the minutes are out of range.
    #[must_use]
    pub fn with_fuel_order(self, day: &str, meals: &[&str], cardio: Option<i64>) -> Self {
        let ordered = Ordered::Fuel {
            meals: meals
                .iter()
                .map(|meal| MealOrder { meal_id: slug(meal), portions: Vec::new() })
                .collect(),
            cardio: cardio.map(|minutes| CardioOrder {
                minutes: Minutes::new(minutes).expect("in range"),
                cardio_type: "zone2".to_owned(),
                heart_rate: None,
            }),
            template_id: slug("template_a"),
        };
        self.with_order(day, "06:00", "22:00", ordered)
    }

    /// Adds a day's workout of one mission.
    #[must_use]
    pub fn with_training_order(self, day: &str, day_index: u32, exercises: &[&str]) -> Self {
        let ordered = Ordered::Training(TrainingOrder {
            block_id: slug("steel_block_a"),
            block_name: "Steel Block A".to_owned(),
            day_index,
            week: 1,
            day_name: "Day".to_owned(),
            sets: exercises
                .iter()
                .map(|exercise| SetOrder {
                    exercise_id: slug(exercise),
                    exercise: (*exercise).to_owned(),
                    sets: 3,
                    reps: "5".to_owned(),
                    rest_seconds: 180,
                    video_url: String::new(),
                    last: None,
                })
                .collect(),
        });
        self.with_order(day, "07:00", "22:00", ordered)
    }

    /// Adds an order between two local times of a day, delivered as it was issued.
    ///
    /// # Panics
    /// When the zone skipped the day.
    #[must_use]
    pub fn with_order(mut self, day: &str, from: &str, until: &str, ordered: Ordered) -> Self {
        let local = |time: &str| {
            let time = time.parse().expect("a time");
            resolve(&self.client.timezone_offset, date(day), time).expect("a day of the zone").at
        };
        let order = Order {
            user_id: self.user_id(),
            date: date(day),
            ordered,
            ordered_at: local(from),
            deadline: local(until),
            delivered_at: Some(local(from)),
            withdrawn_at: None,
        };
        self.orders.push(order);
        self
    }
}

/// Reads a user id.
///
/// # Panics
/// When the text is none.
pub fn user(text: &str) -> UserId {
    text.parse().expect("a user id")
}

fn noon(day: &str) -> Timestamp {
    at(&format!("{day}T12:00:00Z"))
}
