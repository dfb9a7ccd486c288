//! Compiled meal plans, and the choices behind them.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    error::Result,
    row::Table,
    tx::Tx,
    value::{Value, values},
};
use crate::{
    UserId,
    record::{CompiledPlan, PlanChoice},
};

const PLANS: Table = Table { name: "plans", key: &["user_id", "cycle_start", "compilation"] };
const CHOICES: Table = Table { name: "plan_choices", key: &["user_id", "cycle_start"] };

impl Tx {
    /// Adds each plan as the next compilation of its cycle; of one call, each cycle comes once.
    pub async fn save_plans(&mut self, plans: &[CompiledPlan]) -> Result<()> {
        let Some(first) = plans.iter().map(|plan| plan.cycle_start).min() else { return Ok(()) };
        let known = self
            .fetch_in(
                &PLANS,
                "SELECT user_id, cycle_start, MAX(compilation) AS compilation FROM plans \
                 WHERE cycle_start >= $1 AND user_id IN ({keys}) GROUP BY user_id, cycle_start",
                &values![first],
                plans.iter().map(|plan| Value::from(plan.user_id)),
            )
            .await?;
        let mut compilations: BTreeMap<(UserId, Date), u32> = BTreeMap::new();
        for row in &known {
            let key = (row.parsed("user_id")?, row.date("cycle_start")?);
            compilations.insert(key, row.count("compilation")?);
        }
        let mut rows = Vec::with_capacity(plans.len());
        for plan in plans {
            let compilation = compilations.get(&(plan.user_id, plan.cycle_start)).unwrap_or(&0) + 1;
            rows.push(values![
                plan.user_id,
                plan.cycle_start,
                compilation,
                plan.compiled_at,
                serde_json::to_string(plan)?,
            ]);
        }
        self.insert(
            "INSERT INTO plans (user_id, cycle_start, compilation, compiled_at, body) VALUES",
            rows,
            "",
        )
        .await?;
        Ok(())
    }

    /// Returns the plans of some clients whose cycle begins on a local date or later, by client and
    /// cycle: of each cycle the latest compilation.
    pub async fn plans_from(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
    ) -> Result<Vec<CompiledPlan>> {
        let rows = self
            .fetch_in(
                &PLANS,
                "SELECT user_id, cycle_start, compilation, body FROM plans p \
                 WHERE cycle_start >= $1 AND user_id IN ({keys}) AND NOT EXISTS (\
                 SELECT 1 FROM plans n WHERE n.user_id = p.user_id \
                 AND n.cycle_start = p.cycle_start AND n.compilation > p.compilation)",
                &values![from],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut plans: Vec<CompiledPlan> = self.read_all(&rows, |row| row.json("body"))?;
        plans.sort_unstable_by_key(|plan| (plan.user_id, plan.cycle_start));
        Ok(plans)
    }

    /// Saves choices over those for the same client and cycle, each of which comes once.
    pub async fn save_choices(&mut self, choices: &[PlanChoice]) -> Result<()> {
        let mut rows = Vec::with_capacity(choices.len());
        for choice in choices {
            rows.push(values![
                choice.user_id,
                choice.cycle_start,
                choice.chosen_at,
                serde_json::to_string(choice)?,
            ]);
        }
        self.insert(
            "INSERT INTO plan_choices (user_id, cycle_start, chosen_at, body) VALUES",
            rows,
            "ON CONFLICT (user_id, cycle_start) DO UPDATE SET chosen_at = excluded.chosen_at, \
             body = excluded.body",
        )
        .await?;
        Ok(())
    }

    /// Returns the choices of some clients for cycles that begin on a local date or later, by
    /// client and cycle.
    pub async fn choices_from(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
    ) -> Result<Vec<PlanChoice>> {
        let rows = self
            .fetch_in(
                &CHOICES,
                "SELECT user_id, cycle_start, body FROM plan_choices \
                 WHERE cycle_start >= $1 AND user_id IN ({keys})",
                &values![from],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut choices: Vec<PlanChoice> = self.read_all(&rows, |row| row.json("body"))?;
        choices.sort_unstable_by_key(|choice| (choice.user_id, choice.cycle_start));
        Ok(choices)
    }
}
