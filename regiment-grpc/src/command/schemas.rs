//! `regiment schemas`: the JSON Schema of every record.

use std::fs;

use anyhow::Context as _;
use regiment_core::Policy;
use regiment_core::library::Food;
use regiment_core::record::{
    Alert, Board, CardDecision, CardioLog, CheckinLog, ClientProfile, CompiledPlan, Excuse,
    ExcuseRequest, Exercise, Infraction, JobCard, MealLog, MealTemplate, Order, PlanChoice,
    Standing, TrainingLog, TrainingTemplate,
};
use schemars::{JsonSchema, SchemaGenerator};

use crate::cli::SchemasArgs;
use crate::terminal::print;

/// Returns the file name and the text of the JSON Schema of every record.
pub fn schemas() -> Vec<(String, String)> {
    vec![
        schema::<Alert>("alert"),
        schema::<Board>("board"),
        schema::<CardDecision>("card_decision"),
        schema::<CardioLog>("cardio_log"),
        schema::<CheckinLog>("checkin_log"),
        schema::<ClientProfile>("client_profile"),
        schema::<CompiledPlan>("compiled_plan"),
        schema::<Excuse>("excuse"),
        schema::<ExcuseRequest>("excuse_request"),
        schema::<Exercise>("exercise"),
        schema::<Food>("food"),
        schema::<Infraction>("infraction"),
        schema::<JobCard>("job_card"),
        schema::<MealLog>("meal_log"),
        schema::<MealTemplate>("meal_template"),
        schema::<Order>("order"),
        schema::<PlanChoice>("plan_choice"),
        schema::<Policy>("policy"),
        schema::<Standing>("standing"),
        schema::<TrainingLog>("training_log"),
        schema::<TrainingTemplate>("training_template"),
    ]
}

pub(crate) fn run(args: &SchemasArgs) -> anyhow::Result<()> {
    let out = &args.out;
    fs::create_dir_all(out).with_context(|| format!("can't make the folder {}", out.display()))?;
    for (name, text) in schemas() {
        let file = out.join(&name);
        fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))?;
        print(&format!("{}\n", file.display()))?;
    }
    Ok(())
}

fn schema<T: JsonSchema>(name: &str) -> (String, String) {
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    (format!("{name}.json"), format!("{text}\n"))
}
