//! What the client and the coach do, entered into the engines.

use jiff::civil::Date;

use super::Tour;
use crate::{
    Dossier, Effect, Id, UserId,
    calendar::local_date,
    engine::{
        Refusal, cardio, checkin, excuses,
        logging::Submission,
        meals,
        onboarding::{self, Enlistment, StartDate},
        training,
    },
    measure::{Load, Minutes, Reps},
    message::Decision,
    record::{Actor, ExcuseRequest, RequestState, Status, TopSet},
    simulate::{Act, Deed, Person, coach},
};

/// What the coach writes beside a decision.
const REASON: &str = "simulated";

impl Tour<'_> {
    /// Lets the client do what he set out to do; what an engine refuses changes nothing.
    pub(super) fn perform(&mut self, act: &Act) {
        if act.deed == Deed::Enlist {
            self.enlist(act.user_id);
        } else {
            self.decide(|tour, dossier| tour.entered(act, dossier));
        }
    }

    /// Lets the coach sit down: who enlisted comes under orders, who asks is answered, and a block
    /// that has run its weeks is followed by the next.
    pub(super) fn coach(&mut self) {
        self.activate();
        self.answer_requests();
        self.work_off_cards();
    }

    fn enlist(&mut self, user_id: UserId) {
        let known = self.dossier.as_ref().map(|dossier| &dossier.client);
        let form = self.company.person(user_id).map(Person::form);
        let Some(form) = form else { return };
        match onboarding::enlist(known, &form, self.now) {
            Ok(Enlistment::Enlisted(effects)) => {
                for effect in &effects {
                    if let Effect::Profile(profile) = effect {
                        self.dossier.get_or_insert_with(|| Dossier::new(profile.clone()));
                    }
                }
                self.apply(effects);
            }
            Ok(Enlistment::Known { .. }) => {}
            Err(_) => self.service.refused += 1,
        }
    }

    fn entered(&self, act: &Act, dossier: &Dossier) -> Result<Vec<Effect>, Refusal> {
        let (policy, library) = (self.policy, self.library);
        let by = Submission::at(self.now, Actor::Client(act.user_id));
        match &act.deed {
            Deed::Enlist => Ok(Vec::new()),
            Deed::Report(report) => {
                let typed = Some(report.checked()?);
                match checkin::log(dossier, policy, report.date, typed, &by)? {
                    checkin::Answer::Accepted(effects)
                    | checkin::Answer::Confirm { effects, .. } => Ok(effects),
                }
            }
            Deed::Eat { date, meal_id, press } => {
                meals::log(dossier, policy, (*date, meal_id), press.status(), &by)
            }
            Deed::Lift { date, exercise_id, weight_kg, reps } => {
                let weight = Load::new(*weight_kg)?;
                let set = TopSet { weight, reps: Reps::new((*reps).into())? };
                training::log(dossier, library, policy, *date, exercise_id, Some(set), &by)
            }
            Deed::Move { date, minutes } => {
                let minutes = Minutes::new((*minutes).into())?;
                cardio::log(dossier, policy, *date, Some(minutes), &by)
            }
            Deed::Choose { cycle_start, template_id } => {
                let choice = (*cycle_start, template_id.clone());
                meals::choose(dossier, library, policy, choice, self.now)
            }
            Deed::AskExcuse { from, until, reason } => {
                let request = ExcuseRequest {
                    id: self.mint(),
                    user_id: act.user_id,
                    from: *from,
                    until: *until,
                    streams: Vec::new(),
                    item: None,
                    reason: *reason,
                    state: RequestState::Asked,
                    asked_at: self.now,
                    decided_by: None,
                    decided_at: None,
                };
                excuses::ask(dossier, request)
            }
        }
    }

    fn activate(&mut self) {
        let person = self.company.members().next().and_then(|id| self.company.person(id)).cloned();
        let pending =
            self.dossier.as_ref().is_some_and(|dossier| dossier.client.status == Status::Pending);
        let Some(person) = person.filter(|_| pending) else { return };
        self.decide(|tour, dossier| {
            let edited = person.prescribed(&dossier.client);
            onboarding::edit(dossier, tour.library, edited, &[], Some(REASON), tour.now)
        });
        self.decide(|tour, dossier| {
            let start = StartDate::Planned;
            onboarding::activate(dossier, tour.library, tour.policy, start, None, tour.now)
        });
        self.decide(|tour, dossier| onboarding::set(&dossier.client, person.settings(), tour.now));
    }

    fn answer_requests(&mut self) {
        let asked = self.dossier.iter().flat_map(|dossier| dossier.requests.clone());
        for request in asked.collect::<Vec<_>>() {
            let Some(person) = self.company.person(request.user_id) else { continue };
            let decision = person.is_granted(&request);
            let until = person.is_paused_until(&request);
            let (id, by) = (request.id, coach::account());
            self.decide(|tour, dossier| {
                excuses::decide(dossier, tour.policy, id, decision, &by, REASON, tour.now)
            });
            if let (Decision::Granted, Some(until)) = (decision, until) {
                self.pause(until);
            }
        }
    }

    fn pause(&mut self, until: Date) {
        self.decide(|tour, dossier| {
            onboarding::pause(dossier, Some(until), REASON, coach::account(), tour.now)
        });
    }

    fn work_off_cards(&mut self) {
        let cards = self.dossier.iter().flat_map(|dossier| dossier.cards.clone());
        for card in cards.collect::<Vec<_>>() {
            let Some(person) = self.company.person(card.user_id) else { continue };
            let today = local_date(&crate::calendar::Zone::utc(), self.now);
            let Some(closed) = person.worked_off(&card, today, self.now) else { continue };
            let done = |dossier: &Dossier| coach::is_block_done(&card, &dossier.client);
            if self.dossier.as_ref().is_some_and(done) {
                self.decide(|tour, dossier| {
                    let next = coach::next_block(dossier.client.training_template_id.as_ref());
                    onboarding::assign_block(dossier, tour.library, &next, tour.now)
                });
            }
            self.apply(vec![Effect::Card(closed)]);
        }
    }

    /// Asks an engine and applies what it answers.
    fn decide(&mut self, ask: impl FnOnce(&Self, &Dossier) -> Result<Vec<Effect>, Refusal>) {
        let Some(dossier) = &self.dossier else { return };
        match ask(self, dossier) {
            Ok(effects) => self.apply(effects),
            Err(_) => self.service.refused += 1,
        }
    }

    /// Mints an id that the same tour mints again.
    fn mint<T>(&self) -> Id<T> {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.now.as_microsecond().to_be_bytes());
        Id::mint(self.now, bytes)
    }
}
