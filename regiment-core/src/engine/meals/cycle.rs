//! The plan of one cycle: which template, with what standing in for one that is missing or broken,
//! and what the coach hears of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::{compile::Kitchen, select};
use crate::{
    Dossier, Effect, Library, Policy, Slug,
    calendar::{days_after, local_date},
    library::Food,
    record::{
        AlertKind, CardSource, Choice, CompiledDay, CompiledPlan, Evidence, Flag, FlagName,
        JobCard, Macros, MealTemplate, Severity,
    },
};

/// A compiled cycle, and what saving it entails.
pub(super) struct Cycle {
    pub(super) plan: CompiledPlan,
    pub(super) effects: Vec<Effect>,
}

/// Returns the plan of a cycle, compiling it where the selection left none: what the client chose,
/// or else the coach's template.
pub(super) fn standing(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    cycle_start: Date,
    now: Timestamp,
) -> Cycle {
    if let Some(plan) = dossier.plan(cycle_start).filter(|plan| plan.days.len() == 7) {
        return Cycle { plan: plan.clone(), effects: Vec::new() };
    }
    let selected = select::standing(dossier, library, cycle_start);
    compile(dossier, library, policy, cycle_start, selected, now)
}

/// Compiles a cycle. A template that is missing or broken is replaced by the policy's fallback,
/// without the foods that hold one of the client's allergens, and the coach gets a card.
pub(super) fn compile(
    dossier: &Dossier,
    library: &Library,
    policy: &Policy,
    cycle_start: Date,
    (template_id, choice): (Option<Slug<MealTemplate>>, Choice),
    now: Timestamp,
) -> Cycle {
    let client = &dossier.client;
    let mut findings = Findings::default();
    let template_id = template_id.unwrap_or_else(|| policy.meals.fallback_template.clone());
    let mut without = BTreeSet::new();
    let (template, library) = match usable(library, &template_id) {
        Ok(template) => (template, library),
        Err(fault) => {
            findings.add(Flag::TemplateMissing, Severity::Medium, fault);
            without = client.allergens.iter().map(|name| name.trim().to_lowercase()).collect();
            let shipped = Library::shipped();
            match usable(library, &policy.meals.fallback_template) {
                Ok(template) => (template, library),
                // A fallback that a coach broke as well: the one that ships can't be.
                Err(_) => (&shipped.meal_templates[&last_resort()], shipped),
            }
        }
    };
    let macros = client.macros.unwrap_or_else(|| {
        let detail = "no macros are set: the template was served as it is";
        findings.add(Flag::PlanGap, Severity::Medium, detail.to_owned());
        own_macros(template, library)
    });
    let kitchen = Kitchen { library, policy: &policy.meals, without: &without };
    let week = kitchen.week(template, macros, &dossier.plans);
    let is_new = dossier.plans.iter().all(|plan| plan.inputs != week.inputs);
    let plan = CompiledPlan {
        user_id: client.user_id,
        cycle_start,
        template_id: template.template_id.clone(),
        template_version: template.version,
        choice,
        macros,
        days: week.days,
        compiled_at: now,
        without,
        inputs: week.inputs,
    };
    let mut effects = vec![Effect::Plan(plan.clone())];
    if is_new {
        effects.extend(off_target(&plan, &plan.days, &mut findings));
    }
    effects.extend(findings.card(dossier, now));
    Cycle { plan, effects }
}

/// Says on a card, and in an alert, which of some days miss their targets.
pub(super) fn report_gaps(
    dossier: &Dossier,
    plan: &CompiledPlan,
    days: &[CompiledDay],
    now: Timestamp,
) -> Vec<Effect> {
    let mut findings = Findings::default();
    let mut effects: Vec<_> = off_target(plan, days, &mut findings).into_iter().collect();
    effects.extend(findings.card(dossier, now));
    effects
}

/// Returns the instructions of the template that a plan was compiled from.
pub(super) fn instructions(library: &Library, plan: &CompiledPlan) -> String {
    let of = |library: &Library| {
        let template = library.meal_templates.get(&plan.template_id)?;
        Some(template.shopping_list.instructions.clone())
    };
    of(library).or_else(|| of(Library::shipped())).unwrap_or_default()
}

/// Returns a template that can be compiled, or what is wrong with it.
pub(super) fn usable<'a>(
    library: &'a Library,
    id: &Slug<MealTemplate>,
) -> Result<&'a MealTemplate, String> {
    let template = library
        .meal_templates
        .get(id)
        .ok_or_else(|| format!("{id} is not in the library; the fallback was served"))?;
    match library.check_meals(template) {
        Ok(()) => Ok(template),
        Err(refused) => Err(format!("{id} can't be compiled ({refused}); the fallback was served")),
    }
}

fn last_resort() -> Slug<MealTemplate> {
    Slug::new("template_a").expect("a fixed id")
}

/// The mean day of a template, for a client whose macros nobody has set.
fn own_macros(template: &MealTemplate, library: &Library) -> Macros {
    let mut sum = [0.0; 3];
    let meals = template.days.iter().flat_map(|day| &day.meals);
    for item in meals.flat_map(|meal| &meal.items) {
        let Some(Food { protein, carbs, fats, .. }) = library.food_of(item) else { continue };
        for (total, figure) in sum.iter_mut().zip([protein, carbs, fats]) {
            *total += figure * item.raw_grams / 100.0;
        }
    }
    let days = u32::try_from(template.days.len().max(1)).expect("at most 7");
    #[expect(clippy::cast_possible_truncation, reason = "clamped to what a macro may be")]
    let mean = |total: f64| (total / f64::from(days)).round().clamp(1.0, 1_000.0) as i64;
    let [protein, carbs, fats] = sum.map(mean);
    Macros::new(protein, carbs, fats).expect("each is 1 to 1000")
}

fn off_target(
    plan: &CompiledPlan,
    days: &[CompiledDay],
    findings: &mut Findings,
) -> Option<Effect> {
    let mut missed = 0_u32;
    for day in days.iter().filter(|day| !day.gaps.is_empty()) {
        missed += 1;
        let date = days_after(plan.cycle_start, i64::from(day.day_index) - 1);
        for gap in &day.gaps {
            findings.numbers.insert(format!("{date} {} target", gap.name), gap.target_grams);
            findings.numbers.insert(format!("{date} {} actual", gap.name), gap.actual_grams);
        }
        findings.dates.push(date);
        let reasons: Vec<String> =
            day.gaps.iter().map(|gap| format!("{} {}", gap.name, gap.why)).collect();
        findings.add(Flag::PlanGap, Severity::Low, format!("{date}: {}", reasons.join("; ")));
    }
    (missed > 0).then(|| Effect::Alert {
        kind: AlertKind::PlanGap,
        severity: Severity::Low,
        user_id: Some(plan.user_id),
        text: format!(
            "the plan of {} is off target on {missed} of its days; the card says how",
            plan.cycle_start
        ),
    })
}

/// What the coach is to hear, gathered into the day's one card of the program.
#[derive(Default)]
struct Findings {
    found: Vec<(Flag, Severity, Vec<String>)>,
    numbers: BTreeMap<String, f64>,
    dates: Vec<Date>,
}

impl Findings {
    fn add(&mut self, flag: Flag, severity: Severity, detail: String) {
        match self.found.iter_mut().find(|(other, ..)| *other == flag) {
            Some((_, worst, details)) => {
                *worst = severity.max(*worst);
                details.push(detail);
            }
            None => self.found.push((flag, severity, vec![detail])),
        }
    }

    fn card(self, dossier: &Dossier, now: Timestamp) -> Option<Effect> {
        const SUMMARY_CHARS: usize = 500;
        let today = local_date(&dossier.client.timezone_offset, now);
        let standing = |card: &&JobCard| card.source == CardSource::System && card.date == today;
        let mut card =
            dossier.cards.iter().find(standing).cloned().unwrap_or_else(|| {
                JobCard::open(dossier.user_id(), CardSource::System, today, now)
            });
        if self.found.is_empty() {
            return None;
        }
        for (flag, severity, details) in self.found {
            let about_macros = flag == Flag::PlanGap;
            let detail = details.join("\n");
            if !card.summary.is_empty() {
                card.summary.push(' ');
            }
            card.summary.push_str(&detail);
            let evidence = Evidence {
                flag: FlagName::plain(flag),
                window_start: today,
                window_end: today,
                dates: if about_macros { self.dates.clone() } else { Vec::new() },
                numbers: if about_macros { self.numbers.clone() } else { BTreeMap::new() },
                detail,
            };
            card.add(severity, evidence);
        }
        if let Some((end, _)) = card.summary.char_indices().nth(SUMMARY_CHARS) {
            card.summary.truncate(end);
        }
        card.timestamp = now;
        card.goal = Some(dossier.client.goal);
        card.block_id.clone_from(&dossier.client.block_id);
        Some(Effect::Card(card))
    }
}
