//! Meal plans compiled a second.

use std::time::Instant;

use anyhow::Result;
use regiment_core::{Library, Policy, engine::meals::compile::day, record::Macros};

use crate::{Options, practice::say};

/// Targets of ordinary clients, grams of protein, carbs and fats.
const TARGETS: [(i64, i64, i64); 5] =
    [(180, 220, 60), (160, 120, 55), (200, 350, 80), (150, 150, 60), (175, 205, 65)];

/// Compiles every built-in template's seven days for each target.
pub(crate) fn run(options: &Options) -> Result<()> {
    let runs = options.number("runs", 5)?;
    let (library, policy) = (Library::built_in(), Policy::default());
    let mut rates = Vec::new();
    for _ in 0..runs {
        let began = Instant::now();
        let mut weeks = 0.0;
        for template in library.meal_templates.values() {
            for (protein, carbs, fats) in TARGETS {
                let macros = Macros::new(protein, carbs, fats)?;
                for cycle_day in 1..=7 {
                    day(template, cycle_day, macros, &library, &policy.meals)?;
                }
                weeks += 1.0;
            }
        }
        rates.push(weeks / began.elapsed().as_secs_f64());
    }
    say("seven-day plans compiled, one thread", "plans/s", rates);
    Ok(())
}
