//! The company on a real store: messages are delivered into an inbox, people act on what they find
//! there, and a manual clock goes from event to event.

use jiff::{Timestamp, civil::Date};

use super::{Act, Company, Deed};
use crate::{
    Clock, ManualClock, UserId,
    calendar::{Zone, local_date},
    engine::{Refusal, onboarding::StartDate},
    measure::{Load, Minutes, Reps},
    message::{Decision, Recipient},
    record::{Actor, ClientProfile, Status, TopSet},
    regiment::{
        Answer, Delivery, Error, Inbox, Notifier, Receipt, Regiment, Result, Span, Submitted,
        Undelivered,
    },
    simulate::coach,
};

/// The most cards that the coach looks at in one sitting.
const CARDS: u32 = 200;

/// What the coach writes beside a decision.
const REASON: &str = "simulated";

/// What happened while a company was driven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Forms of enlisting that were taken.
    pub enlisted: u32,
    /// Clients who came under orders.
    pub activated: u32,
    /// Messages that reached clients.
    pub messages: u32,
    /// Answers that were stored.
    pub answers: u32,
    /// Entries that were refused: mistyped, too late, not ordered.
    pub refused: u32,
    /// Weights that the client was asked to confirm.
    pub confirmations: u32,
    /// Requests to be excused.
    pub asked: u32,
    /// Those that the coach granted.
    pub granted: u32,
    /// Pauses.
    pub paused: u32,
    /// Blocks that were followed by another.
    pub reassigned: u32,
    /// Cards that the coach decided about.
    pub decided: u32,
}

impl Tally {
    /// Adds what happened later.
    pub fn add(&mut self, later: Self) {
        self.enlisted += later.enlisted;
        self.activated += later.activated;
        self.messages += later.messages;
        self.answers += later.answers;
        self.refused += later.refused;
        self.confirmations += later.confirmations;
        self.asked += later.asked;
        self.granted += later.granted;
        self.paused += later.paused;
        self.reassigned += later.reassigned;
        self.decided += later.decided;
    }
}

/// The platform that carries messages to the company: an inbox, and now and then a client who is
/// out of reach.
#[derive(Debug)]
struct Post<'a> {
    company: &'a Company,
    inbox: &'a Inbox,
}

impl Notifier for Post<'_> {
    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> Result<Receipt, Undelivered> {
        if let Recipient::Client(user_id) = delivery.dispatch.to
            && self.company.is_out_of_reach(user_id, now)
        {
            return Err(Undelivered::Retry { after: None, error: "out of reach".to_owned() });
        }
        self.inbox.deliver(delivery, now).await
    }
}

impl Company {
    /// Lives through the time up to `until` on a store whose clock is `clock`: at every instant at
    /// which something is due the scheduler turns and messages leave, and between those people and
    /// coach do what they have set out to do. The clock shows `until` at the end.
    ///
    /// # Errors
    /// The store's. What the engines refuse is counted.
    pub async fn live(
        &mut self,
        regiment: &Regiment,
        clock: &ManualClock,
        until: Timestamp,
    ) -> Result<Tally> {
        let inbox = Inbox::default();
        let mut tally = Tally::default();
        let mut due_at = regiment.next_due().await?;
        loop {
            let events = [due_at, self.next_at(), Some(self.coach_at)];
            let at = events.into_iter().flatten().min().expect("the coach always comes back");
            if at > until {
                clock.set(until.max(clock.now()));
                return Ok(tally);
            }
            clock.set(at.max(clock.now()));
            if due_at.is_some_and(|due_at| due_at <= at) {
                regiment.tick().await?;
                regiment.deliver(&Post { company: self, inbox: &inbox }).await?;
                self.read(regiment, &inbox, &mut tally);
                due_at = regiment.next_due().await?;
            } else if let Some(act) = self.take(at) {
                self.perform(regiment, act, &mut tally).await?;
            } else {
                self.sit_down(regiment, &mut tally).await?;
                due_at = regiment.next_due().await?;
            }
        }
    }

    /// Goes on living beside a server that turns the scheduler and delivers into `inbox` itself:
    /// people read what has come, and do what they have set out to do by now.
    ///
    /// # Errors
    /// The store's. What the engines refuse is counted.
    pub async fn follow(&mut self, regiment: &Regiment, inbox: &Inbox) -> Result<Tally> {
        let mut tally = Tally::default();
        self.read(regiment, inbox, &mut tally);
        let now = regiment.now();
        while let Some(act) = self.take(now) {
            self.perform(regiment, act, &mut tally).await?;
        }
        if self.coach_at <= now {
            self.sit_down(regiment, &mut tally).await?;
        }
        Ok(tally)
    }

    fn read(&mut self, regiment: &Regiment, inbox: &Inbox, tally: &mut Tally) {
        let library = regiment.library();
        for received in inbox.take() {
            if let Recipient::Client(user_id) = received.to {
                tally.messages += 1;
                self.hears(user_id, &received.message, received.at, &library);
            }
        }
    }

    async fn perform(&mut self, regiment: &Regiment, act: Act, tally: &mut Tally) -> Result<()> {
        let done = match act.deed {
            Deed::Enlist => self.enlist(regiment, act.user_id, tally).await,
            Deed::Choose { cycle_start, template_id } => {
                regiment.choose_plan(act.user_id, cycle_start, template_id).await
            }
            Deed::AskExcuse { from, until, reason } => {
                self.waiting.insert(act.user_id);
                tally.asked += 1;
                let span = Span { from, until, streams: Vec::new(), item: None, reason };
                regiment.ask_excuse(act.user_id, span).await
            }
            deed @ (Deed::Report(_) | Deed::Eat { .. } | Deed::Lift { .. } | Deed::Move { .. }) => {
                log(regiment, act.user_id, deed, tally).await
            }
        };
        unless_refused(done, tally)
    }

    async fn enlist(
        &mut self,
        regiment: &Regiment,
        user_id: UserId,
        tally: &mut Tally,
    ) -> Result<()> {
        let Some(person) = self.person(user_id) else { return Ok(()) };
        regiment.enlist(&person.form()).await?;
        self.waiting.insert(user_id);
        tally.enlisted += 1;
        Ok(())
    }

    /// The coach sits down: who enlisted comes under orders, who asks is answered, a block that has
    /// run its weeks is followed by the next, and the other cards are decided about, the weightiest
    /// first.
    async fn sit_down(&mut self, regiment: &Regiment, tally: &mut Tally) -> Result<()> {
        self.coach_at = coach::next_sitting(regiment.now());
        for user_id in std::mem::take(&mut self.waiting) {
            let Some(client) = regiment.client(user_id).await? else { continue };
            if client.status == Status::Pending {
                self.activate(regiment, &client, tally).await?;
            }
            self.answer(regiment, user_id, tally).await?;
        }
        for card in regiment.open_cards(CARDS).await? {
            let Some(client) = regiment.client(card.user_id).await? else { continue };
            let Some(person) = self.person(card.user_id) else { continue };
            if coach::is_block_done(&card, &client) {
                let next = coach::next_block(client.training_template_id.as_ref());
                let done = regiment.assign_block(card.user_id, &next, &coach::account()).await;
                tally.reassigned += u32::from(done.is_ok());
                unless_refused(done, tally)?;
                continue;
            }
            let today = local_date(&Zone::utc(), regiment.now());
            if let Some((id, verdict)) = card.id.zip(person.decides(&card, today)) {
                let decided = regiment.decide_card(id, None, verdict, &coach::account()).await;
                tally.decided += u32::from(decided.is_ok());
                unless_refused(decided.map(drop), tally)?;
            }
        }
        Ok(())
    }

    async fn activate(
        &self,
        regiment: &Regiment,
        pending: &ClientProfile,
        tally: &mut Tally,
    ) -> Result<()> {
        let user_id = pending.user_id;
        let Some(person) = self.person(user_id) else { return Ok(()) };
        let by = coach::account();
        regiment.edit(person.prescribed(pending), &[], Some(REASON), &by).await?;
        regiment.activate(user_id, StartDate::Planned, None, &by).await?;
        regiment.set(user_id, person.settings()).await?;
        tally.activated += 1;
        Ok(())
    }

    async fn answer(&self, regiment: &Regiment, user_id: UserId, tally: &mut Tally) -> Result<()> {
        let Some(person) = self.person(user_id) else { return Ok(()) };
        for request in regiment.requests(user_id).await? {
            let (decision, by) = (person.is_granted(&request), coach::account());
            let decided =
                regiment.decide_request(user_id, request.id, decision, REASON, by.clone()).await;
            tally.granted += u32::from(decided.is_ok() && decision == Decision::Granted);
            unless_refused(decided, tally)?;
            let until = person.is_paused_until(&request);
            if let (Decision::Granted, Some(until)) = (decision, until) {
                let paused = regiment.pause(user_id, Some(until), REASON, &by).await;
                tally.paused += u32::from(paused.is_ok());
                unless_refused(paused, tally)?;
            }
        }
        Ok(())
    }
}

/// Enters an answer as it was typed.
async fn log(regiment: &Regiment, user_id: UserId, deed: Deed, tally: &mut Tally) -> Result<()> {
    let Some((date, answer)) = answer(deed)? else { return Ok(()) };
    let by = Actor::Client(user_id);
    let submitted = Submitted { user_id, date, answer, by, entered_at: None, reason: None };
    let logged = regiment.log(submitted).await?;
    tally.answers += 1;
    tally.confirmations += u32::from(logged.confirm_weight);
    Ok(())
}

/// Returns what a form makes of a deed; `None` for one that answers no order.
fn answer(deed: Deed) -> Result<Option<(Date, Answer)>, Refusal> {
    Ok(match deed {
        Deed::Report(report) => {
            Some((report.date, Answer::Checkin { report: Some(report.checked()?) }))
        }
        Deed::Eat { date, meal_id, press } => {
            Some((date, Answer::Meal { meal_id, status: press.status() }))
        }
        Deed::Lift { date, exercise_id, weight_kg, reps } => {
            let set = TopSet { weight: Load::new(weight_kg)?, reps: Reps::new(reps.into())? };
            Some((date, Answer::TopSet { exercise_id, set: Some(set) }))
        }
        Deed::Move { date, minutes } => {
            Some((date, Answer::Cardio { minutes: Some(Minutes::new(minutes.into())?) }))
        }
        Deed::Enlist | Deed::Choose { .. } | Deed::AskExcuse { .. } => None,
    })
}

/// Counts what a rule refused: people do that, and nothing is stored.
fn unless_refused(done: Result<()>, tally: &mut Tally) -> Result<()> {
    match done {
        Err(Error::Refused(_) | Error::Invalid(_)) => {
            tally.refused += 1;
            Ok(())
        }
        done => done,
    }
}
