//! A model in service: programs put the answers of its parts together, calibrated by what came of
//! them where it serves.
//!
//! People lapse more often in one practice than in another, and a model that was trained elsewhere
//! says too little or too much of all of them. Where enough is known of what came of its answers, its
//! slope and offset are fitted to that, and serve if they prove better on the last four weeks.

use rayon::prelude::*;

use super::drivers::drivers;
use super::rows::inputs;
use super::serve::{Answers, LapseModel, LapseRisk, Risk};
use crate::features::{Abstained, Features, Plan};
use crate::history::{ClientHistory, Day, History};
use crate::label::{HORIZON, lapsed};
use crate::program::{Example, Node, Predictor, Refused, Report, Trace, fit_platt, promote};

/// Clients that are scored at a time.
const BATCH: usize = 512;

/// How far back answers are looked at again, days: thirteen weeks.
const LOOK_BACK: Day = 91;

/// A client is looked at on every second day: the days between tell little more.
const EVERY: Day = 2;

/// The most clients that are looked at again; of more, every second or third and so on.
const LOOKED_AT: usize = 256;

/// A model, and the programs that put its answers together.
#[derive(Debug)]
pub struct InService<'a> {
    model: &'a LapseModel,
    orders: Program,
    checkins: Program,
}

/// The program of a plan.
#[derive(Debug)]
struct Program {
    node: Node,
    fit: Result<Report, Refused>,
}

impl<'a> InService<'a> {
    /// Takes a model as it was trained.
    pub fn new(model: &'a LapseModel) -> Self {
        Self::fitted(model, &[])
    }

    /// Takes a model and fits its calibration to what came of its answers: each plan's own, and only
    /// where the last four weeks say that it is better.
    pub fn fitted(model: &'a LapseModel, past: &[Example<Answers>]) -> Self {
        let program = |plan| {
            let of_plan = past.iter().filter(|example| example.input.plan == plan);
            Program::fitted(model.program(plan), &of_plan.cloned().collect::<Vec<_>>())
        };
        Self { model, orders: program(Plan::Orders), checkins: program(Plan::CheckinsOnly) }
    }

    /// Takes a model and fits its calibration to a history as it was known on a day.
    pub fn fitted_to(model: &'a LapseModel, history: &History, until: Day) -> Self {
        Self::fitted(model, &past(model, history, until))
    }

    /// Returns the model.
    pub const fn model(&self) -> &'a LapseModel {
        self.model
    }

    /// Returns how the calibration of a plan was judged, or why it stands as it was trained.
    pub const fn fit(&self, plan: Plan) -> &Result<Report, Refused> {
        &self.program(plan).fit
    }

    /// Returns the risks of clients on a date, in their order. Nothing dated after it is read.
    pub fn score_all(
        &self,
        clients: &[&ClientHistory],
        as_of: Day,
    ) -> Vec<Result<Risk, Abstained>> {
        let score = |clients: &[&ClientHistory]| {
            let answered = self.model.answers(clients, as_of).into_iter();
            let risk = |(features, answers): (Features, Answers)| self.risk(&features, answers);
            answered.map(|answered| answered.map(risk)).collect()
        };
        let batches: Vec<Vec<_>> = clients.par_chunks(BATCH).map(score).collect();
        batches.into_iter().flatten().collect()
    }

    fn risk(&self, features: &Features, answers: Answers) -> Risk {
        let mut trace = Trace::default();
        let node = &self.program(answers.plan).node;
        let probability = Predictor::<LapseRisk>::probability(node, &answers, &mut trace);
        // What moved a client against others is told as it was trained: a calibration moves all.
        let trained = self.model.trained(&answers);
        let part = self.model.part(answers.plan);
        let inputs = inputs(answers.plan, features);
        let drivers = drivers(answers.plan, &part.linear, &inputs, part.calibration, trained);
        Risk { probability, drivers, answers, steps: trace.steps }
    }

    const fn program(&self, plan: Plan) -> &Program {
        match plan {
            Plan::Orders => &self.orders,
            Plan::CheckinsOnly => &self.checkins,
        }
    }
}

impl Program {
    fn fitted(trained: Node, past: &[Example<Answers>]) -> Self {
        let fitted = promote::<LapseRisk>(&trained, past, fit_platt::<LapseRisk>);
        // The gate judged one that had not seen the last weeks; what serves has.
        let all: Vec<_> = past.iter().collect();
        let fitted = fitted.and_then(|(_, fit)| Ok((fit_platt::<LapseRisk>(&trained, &all)?, fit)));
        match fitted {
            Ok((node, fit)) => Self { node, fit: Ok(fit) },
            Err(why) => Self { node: trained, fit: Err(why) },
        }
    }
}

/// Asks a model again about the last thirteen weeks of a history as it was known on a day, of as many
/// clients as give a fair picture. Nothing dated after `until` is read.
fn past(model: &LapseModel, history: &History, until: Day) -> Vec<Example<Answers>> {
    let every = history.clients.len().div_ceil(LOOKED_AT).max(1);
    let clients: Vec<&ClientHistory> = history.clients.iter().step_by(every).collect();
    let last = until - HORIZON;
    let days: Vec<Day> =
        (until - LOOK_BACK..=last).filter(|day| (last - day) % EVERY == 0).collect();
    let asked = days.into_par_iter().map(|day| {
        let outcomes = clients.iter().filter_map(|client| Some((*client, lapsed(client, day)?)));
        let (clients, lapsed): (Vec<_>, Vec<_>) = outcomes.unzip();
        let answers = model.answers(&clients, day).into_iter().zip(lapsed);
        let examples = answers.filter_map(|(answered, lapsed)| {
            let (_, input) = answered.ok()?;
            Some(Example { input, day, lapsed })
        });
        examples.collect()
    });
    let asked: Vec<Vec<_>> = asked.collect();
    asked.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
