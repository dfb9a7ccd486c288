//! Callers who never stop: they answer orders, override, pause, resume and create, and ask again under the same name
//! until they hear how it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use regiment_core::calendar::days_before;
use regiment_core::effect::PauseChange;
use regiment_core::record::{DoneOrMissed, LogKey, Stream};
use regiment_core::{Clock as _, SystemClock};
use regiment_proto::v1;

use crate::calls::{Call, Calls};
use crate::history::{Answer, Asked, History, Says, What, Write};
use crate::people::{self, Person};

/// How often a request is tried before it counts as unknown.
const ATTEMPTS: u32 = 5_000;

/// How long a caller waits before it tries again.
const PAUSE: Duration = Duration::from_millis(25);

/// What the callers share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) history: History,
    pub(crate) people: Mutex<Vec<Person>>,
    /// Numbers of clients whom the callers create.
    pub(crate) next_number: AtomicU32,
    pub(crate) stop: AtomicBool,
}

/// One caller. Nobody else calls for its clients.
pub(crate) struct Caller {
    number: u32,
    callers: u32,
    shared: Arc<Shared>,
    calls: Calls,
    rng: ChaCha8Rng,
    /// Counts the requests.
    n: u32,
    /// Requests whose end is not known, and that wait while others go ahead of them.
    later: Vec<(Write, Call, u32)>,
    /// What each meal was last said to be.
    meals: BTreeMap<LogKey, DoneOrMissed>,
    /// Meals that wait in a spool: what is said next would be compared with what stands before.
    waiting: BTreeSet<LogKey>,
    paused: BTreeSet<u32>,
}

impl Caller {
    pub(crate) fn new(
        number: u32,
        callers: u32,
        ports: &[u16],
        shared: Arc<Shared>,
        rng: ChaCha8Rng,
    ) -> Self {
        Self {
            number,
            callers,
            shared,
            calls: Calls::new(ports, number),
            rng,
            n: 0,
            later: Vec::new(),
            meals: BTreeMap::new(),
            waiting: BTreeSet::new(),
            paused: BTreeSet::new(),
        }
    }

    /// Calls until it is told to stop, and then hears how everything ended.
    pub(crate) async fn run(mut self) {
        while !self.shared.stop.load(Ordering::Relaxed) {
            match self.next().await {
                Some((write, call)) => self.ask(write, call).await,
                None => tokio::time::sleep(PAUSE).await,
            }
            if !self.later.is_empty() && self.rng.random_bool(0.3) {
                let (write, call, attempts) = self.later.remove(0);
                self.resolve(write, call, attempts).await;
            }
        }
        for (write, call, attempts) in std::mem::take(&mut self.later) {
            self.resolve(write, call, attempts).await;
        }
    }

    async fn ask(&mut self, write: Write, call: Call) {
        let may_wait = match &write.what {
            What::Log { says, .. } => !matches!(says, Says::Meal(_)),
            What::Pause(_) | What::Create => false,
        };
        let answer = self.calls.attempt(&call).await;
        if answer != Answer::Unknown {
            self.end(write, answer, 1);
        } else if may_wait && self.rng.random_bool(0.5) {
            self.later.push((write, call, 1));
        } else {
            self.resolve(write, call, 1).await;
        }
    }

    async fn resolve(&mut self, write: Write, call: Call, mut attempts: u32) {
        let mut answer = Answer::Unknown;
        while answer == Answer::Unknown && attempts < ATTEMPTS {
            tokio::time::sleep(PAUSE).await;
            answer = self.calls.attempt(&call).await;
            attempts += 1;
        }
        self.end(write, answer, attempts);
    }

    fn end(&mut self, write: Write, answer: Answer, attempts: u32) {
        let is_taken = matches!(answer, Answer::Stored | Answer::Spooled);
        if let (What::Log { key, says: Says::Meal(status), .. }, true) = (&write.what, is_taken) {
            self.meals.insert(key.clone(), *status);
            if answer == Answer::Spooled {
                self.waiting.insert(key.clone());
            }
        }
        self.shared.history.record(Asked { write, attempts, answer });
    }

    /// Returns something to ask, if there is anything.
    async fn next(&mut self) -> Option<(Write, Call)> {
        self.n += 1;
        let request_id = format!("{}-{}", self.number, self.n);
        if self.rng.random_bool(0.03) {
            return Some(self.create(request_id));
        }
        let person = self.somebody()?;
        let name = format!("clients/{}", person.user_id);
        if person.number % 10 == 7 {
            return Some(self.pause_or_resume(&person, name, request_id));
        }
        let today = self.calls.today(&name).await?;
        let date: Date = today.date.parse().expect("a date");
        let duty = today.duties.get(self.rng.random_range(0..today.duties.len().max(1)))?.clone();
        let is_override = self.rng.random_bool(0.25);
        let date = if is_override { days_before(date, self.rng.random_range(1..6)) } else { date };
        let entered_at = now();
        let key = LogKey {
            user_id: person.user_id,
            date,
            stream: stream(duty.stream())?,
            item: duty.item.clone(),
        };
        let says = self.says(&key, &request_id)?;
        let reason = if is_override { "the crash test" } else { "" };
        let call = Call::log(&name, &request_id, &key, entered_at, &says, reason);
        let what = What::Log { key, entered_at, says };
        Some((Write { request_id, user_id: person.user_id, what }, call))
    }

    /// Says something that was not said of this item before.
    fn says(&mut self, key: &LogKey, request_id: &str) -> Option<Says> {
        let n = self.n;
        Some(match key.stream {
            Stream::Meal if self.waiting.contains(key) => return None,
            Stream::Meal => Says::Meal(match self.meals.get(key) {
                Some(DoneOrMissed::Completed) => DoneOrMissed::Missed,
                Some(DoneOrMissed::Missed) | None => DoneOrMissed::Completed,
            }),
            Stream::Training => {
                let steps = u16::try_from(n % 1_000).expect("below 1000");
                Says::TopSet { weight_kg: 20.0 + 0.5 * f64::from(steps), reps: 5 }
            }
            Stream::Cardio => Says::Cardio(1 + u16::try_from(n % 300).expect("below 300")),
            Stream::Checkin => Says::Checkin { notes: format!("request {request_id}") },
        })
    }

    /// Picks one of this caller's clients, mostly of those who came last.
    fn somebody(&mut self) -> Option<Person> {
        let people = self.shared.people.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = people.iter().rev().filter(|person| person.number % self.callers == self.number);
        let mine: Vec<&Person> = mine.take(12).collect();
        let place = self.rng.random_range(0..mine.len().max(1));
        mine.get(place).copied().cloned()
    }

    fn pause_or_resume(
        &mut self,
        person: &Person,
        name: String,
        request_id: String,
    ) -> (Write, Call) {
        let reason = request_id.clone();
        let (change, call) = if self.paused.remove(&person.number) {
            let call = v1::ResumeClientRequest {
                name,
                reason,
                request_id: request_id.clone(),
                ..Default::default()
            };
            (PauseChange::Resumed, Call::Resume(call))
        } else {
            self.paused.insert(person.number);
            let call = v1::PauseClientRequest {
                name,
                reason,
                request_id: request_id.clone(),
                ..Default::default()
            };
            (PauseChange::Paused, Call::Pause(call))
        };
        (Write { request_id, user_id: person.user_id, what: What::Pause(change) }, call)
    }

    fn create(&mut self, request_id: String) -> (Write, Call) {
        let number = self.shared.next_number.fetch_add(1, Ordering::Relaxed);
        let user_id = people::user_id(number);
        let client = v1::Client {
            user_id: user_id.to_string(),
            display_name: format!("Person {number}"),
            goal: v1::Goal::Cut.into(),
            timezone_offset: people::zone(number).to_string(),
            height_cm: 180,
            weight_kg: 90.0,
            age: Some(34),
            meal_template_id: "template_b".to_owned(),
            training_template_id: "steel_block_a".to_owned(),
            macros: Some(v1::Macros { protein: 180, carbs: 200, fats: 60 }),
            ..Default::default()
        };
        let call = v1::CreateClientRequest {
            client: Some(client),
            activate: true,
            request_id: request_id.clone(),
        };
        (Write { request_id, user_id, what: What::Create }, Call::Create(Box::new(call)))
    }
}

fn stream(stream: v1::Stream) -> Option<Stream> {
    match stream {
        v1::Stream::Unspecified => None,
        v1::Stream::Meal => Some(Stream::Meal),
        v1::Stream::Training => Some(Stream::Training),
        v1::Stream::Cardio => Some(Stream::Cardio),
        v1::Stream::Checkin => Some(Stream::Checkin),
    }
}

/// The present, as exactly as it is stored.
fn now() -> Timestamp {
    Timestamp::from_microsecond(SystemClock.now().as_microsecond()).expect("in range")
}
