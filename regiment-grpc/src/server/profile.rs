//! What a coach may write into a profile through the API, field by field.

use std::str::FromStr;

use regiment_core::calendar::Zone;
use regiment_core::measure::{Age, BodyWeight, Height, Minutes};
use regiment_core::record::{ClientProfile, Goal, Macros};
use regiment_core::{Invalid, Slug};
use regiment_proto::v1;

use super::convert::{chosen, required_date};
use crate::status::Violations;

/// A checked value on its way into a profile.
pub(super) type Change = Box<dyn FnOnce(&mut ClientProfile) + Send>;

/// A field of `Client` that can be written.
struct Field {
    path: &'static str,
    is_populated: fn(&v1::Client) -> bool,
    read: fn(&v1::Client) -> Result<Change, Invalid>,
}

/// Lists fields: the path in the request, when it counts as populated, how it is read, and where it goes.
macro_rules! fields {
    ($(($path:literal, $from:ident) if $populated:expr => $value:expr => $to:ident;)+) => {
        &[$(Field {
            path: $path,
            is_populated: |$from| $populated,
            read: |$from| {
                let value = $value?;
                Ok(Box::new(move |to| to.$to = value))
            },
        }),+]
    };
}

/// Every field that can be written; all others the server decides.
const FIELDS: &[Field] = fields! {
    ("display_name", from) if !from.display_name.is_empty() => some(&from.display_name) => name;
    ("email", from) if !from.email.is_empty() => some(&from.email) => email;
    ("gender", from) if !from.gender.is_empty() => some(&from.gender) => gender;
    ("age", from) if from.age.is_some()
        => from.age.map(|age| Age::new(age.into())).transpose() => age;
    ("photo_url", from) if !from.photo_url.is_empty() => some(&from.photo_url) => photo_url;
    ("goal", from) if from.goal != 0
        => chosen::<Goal, v1::Goal>("goal", from.goal, "cut, bulk or recomp") => goal;
    ("timezone_offset", from) if !from.timezone_offset.is_empty()
        => Zone::parse(&from.timezone_offset) => timezone_offset;
    ("start_date", from) if !from.start_date.is_empty()
        => required_date("start_date", &from.start_date) => start_date;
    ("height_cm", from) if from.height_cm != 0 => Height::new(from.height_cm.into()) => height_cm;
    ("weight_kg", from) if from.weight_kg != 0.0 => BodyWeight::new(from.weight_kg) => weight_kg;
    ("meal_template_id", from) if !from.meal_template_id.is_empty()
        => id(&from.meal_template_id) => meal_template_id;
    ("training_template_id", from) if !from.training_template_id.is_empty()
        => id(&from.training_template_id) => training_template_id;
    ("macros", from) if from.macros.is_some() => from.macros.map(macros).transpose() => macros;
    ("cardio_minutes", from) if from.cardio_minutes.is_some()
        => from.cardio_minutes.map(|minutes| Minutes::new(minutes.into())).transpose()
        => cardio_minutes;
    ("cardio_type", from) if !from.cardio_type.is_empty()
        => Ok(from.cardio_type.clone()) => cardio_type;
    ("coaching_notes", from) if !from.coaching_notes.is_empty()
        => Ok(from.coaching_notes.clone()) => coaching_notes;
    ("coach_id", from) if !from.coach_id.is_empty() => some(&from.coach_id) => coach_id;
    ("alias", from) if !from.alias.is_empty() => some(&from.alias) => alias;
    ("public_callout_opt_in", from) if from.public_callout_opt_in
        => Ok(from.public_callout_opt_in) => public_callout_opt_in;
    ("honors_opt_in", from) if from.honors_opt_in => Ok(from.honors_opt_in) => honors_opt_in;
    ("allergens", from) if !from.allergens.is_empty() => Ok(from.allergens.clone()) => allergens;
    ("plan_choices", from) if !from.plan_choices.is_empty()
        => all(&from.plan_choices) => plan_choices;
    ("training_days", from) if !from.training_days.is_empty()
        => all(&from.training_days) => training_days;
    ("fallback_channel_id", from) if !from.fallback_channel_id.is_empty()
        => some(&from.fallback_channel_id) => fallback_channel_id;
    ("guild_id", from) if !from.guild_id.is_empty() => some(&from.guild_id) => guild_id;
};

/// Reads the masked fields of a request; without a mask, every populated one.
pub(super) fn changes(
    from: &v1::Client,
    mask: &[String],
    violations: &mut Violations,
) -> Vec<Change> {
    for path in mask {
        if !FIELDS.iter().any(|field| field.path == path) {
            let paths: Vec<_> = FIELDS.iter().map(|field| field.path).collect();
            let accepted = format!("made of {}", paths.join(", "));
            violations.add("update_mask", &Invalid::new("update_mask", path, accepted));
        }
    }
    let is_asked = |field: &&Field| {
        if mask.is_empty() {
            (field.is_populated)(from)
        } else {
            mask.iter().any(|path| path == field.path)
        }
    };
    FIELDS
        .iter()
        .filter(is_asked)
        .filter_map(|field| violations.check(&format!("client.{}", field.path), (field.read)(from)))
        .collect()
}

#[expect(clippy::unnecessary_wraps, reason = "read as fields are that can be refused")]
fn some(text: &str) -> Result<Option<String>, Invalid> {
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn id<T>(text: &str) -> Result<Option<Slug<T>>, Invalid> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn all<T: FromStr<Err = Invalid>>(texts: &[String]) -> Result<Vec<T>, Invalid> {
    texts.iter().map(|text| text.parse()).collect()
}

fn macros(from: v1::Macros) -> Result<Macros, Invalid> {
    let v1::Macros { protein, carbs, fats } = from;
    Macros::new(protein.into(), carbs.into(), fats.into())
}
