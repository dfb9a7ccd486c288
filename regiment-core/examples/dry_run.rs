//! One day of one client, decided by the engines alone: no store, no runtime, no clock.
//!
//! ```text
//! cargo run -p regiment-core --no-default-features --example dry_run
//! ```

use std::error::Error;

use jiff::Timestamp;
use regiment_core::{
    Dossier, Effect, Library, Policy,
    calendar::local_date,
    engine::{
        onboarding::{self, Enlistment, Form, StartDate},
        schedule::{Trigger, fire, next},
    },
    record::{ClientProfile, Macros},
};

fn main() -> Result<(), Box<dyn Error>> {
    let (library, policy) = (Library::built_in(), Policy::default());
    // A Monday: the orders begin on the Tuesday.
    let monday: Timestamp = "2026-03-02T09:00:00Z".parse()?;

    let form = Form {
        user_id: "80351110224678912".to_owned(),
        height_cm: Some(178),
        weight_kg: Some(84.5),
        timezone_offset: "Europe/London".to_owned(),
        goal: "cut".to_owned(),
        ..Form::default()
    };
    let enlisted = onboarding::enlist(None, &form, monday).map_err(|bad| bad[0].clone())?;
    let Enlistment::Enlisted(effects) = enlisted else { return Ok(()) };
    let Some(Effect::Profile(pending)) = effects.into_iter().next() else { return Ok(()) };

    // What the coach decides before he activates.
    let finalized = ClientProfile {
        macros: Some(Macros::new(180, 200, 60)?),
        training_template_id: Some("steel_block_b".parse()?),
        ..pending
    };
    let mut dossier = Dossier::new(finalized);
    let planned = StartDate::Planned;
    for effect in onboarding::activate(&dossier, &library, &policy, planned, None, monday)? {
        dossier.apply(&effect);
    }

    // Everything that falls due on the first day, in order; nobody answers.
    let zone = dossier.client.timezone_offset.clone();
    let first_day = local_date(&zone, monday).tomorrow()?;
    let mut due: Vec<_> = Trigger::RECURRING
        .into_iter()
        .map(|trigger| next(trigger, &zone, &policy, first_day).due)
        .filter(|due| due.date == first_day)
        .collect();
    due.sort_by_key(|due| (due.moment.at, due.trigger));
    let mut lines = vec![format!("{first_day}, {zone}")];
    for due in due {
        let decision = fire(&due, &dossier, &library, &policy, due.moment.at);
        lines.push(format!("{} {:<14} {}", due.moment.at, due.trigger, decision.outcome));
        for effect in &decision.effects {
            lines.push(format!("    {}", describe(effect)));
            dossier.apply(effect);
        }
    }
    std::io::Write::write_all(&mut std::io::stdout(), (lines.join("\n") + "\n").as_bytes())?;
    Ok(())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a sketch of what a program might show")]
fn describe(effect: &Effect) -> String {
    match effect {
        Effect::Send(dispatch) => format!("sends {}", dispatch.key),
        Effect::Issue(order) => format!("orders {} items", order.keys().len()),
        Effect::Record(entry) => {
            let key = entry.log.key();
            format!("logs {} {} as missed: {}", key.stream, key.item, entry.log.is_missed())
        }
        Effect::Close { date, .. } => format!("closes {date}"),
        Effect::Infraction(event) => format!("records an infraction: {}", event.kind),
        Effect::Card(card) => format!("raises a card: {}", card.summary),
        Effect::Plan(plan) => format!("compiles {} for {}", plan.template_id, plan.cycle_start),
        _ => "and more".to_owned(),
    }
}
