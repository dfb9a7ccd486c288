use std::fmt;

use jiff::Timestamp;

use crate::{
    Invalid, UserId,
    calendar::{Zone, local_date, next_tuesday_after},
    measure::{Age, BodyWeight, Height},
    record::{ClientProfile, Goal, Status},
};

/// The longest name or e-mail address, characters.
pub const NAME_CHARACTERS: usize = 100;

/// The longest link to a photo, characters.
const LINK_CHARACTERS: usize = 500;

/// The longest alias, characters: the platform's own limit for a name.
const ALIAS_CHARACTERS: usize = 32;

/// What a person enlists with, as it was typed. Redacted in `Debug`.
#[derive(Clone, PartialEq, Default)]
pub struct Form {
    /// The Discord snowflake.
    pub user_id: String,
    /// The person's name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Age in years.
    pub age: Option<i64>,
    /// Gender, in the person's words.
    pub gender: Option<String>,
    /// Height in centimeters; required.
    pub height_cm: Option<i64>,
    /// Weight in kilograms; required.
    pub weight_kg: Option<f64>,
    /// The time zone; required.
    pub timezone_offset: String,
    /// `cut`, `bulk` or `recomp`; required.
    pub goal: String,
    /// A link to a photo.
    pub photo_url: Option<String>,
    /// The community the form came from.
    pub guild_id: Option<String>,
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form([redacted])")
    }
}

impl Form {
    /// Makes a pending, paused profile that starts on the next Tuesday.
    ///
    /// # Errors
    /// Every refused field.
    pub(super) fn profile(&self, now: Timestamp) -> Result<ClientProfile, Vec<Invalid>> {
        let mut refused = Vec::new();
        let user_id = keep(self.user_id.parse::<UserId>(), &mut refused);
        let name = keep(text("name", self.name.as_deref()), &mut refused);
        let email = keep(email(self.email.as_deref()), &mut refused);
        let gender = keep(text("gender", self.gender.as_deref()), &mut refused);
        let age = keep(self.age.map(Age::new).transpose(), &mut refused);
        let height = keep(required("height_cm", self.height_cm, Height::new), &mut refused);
        let weight = keep(required("weight_kg", self.weight_kg, BodyWeight::new), &mut refused);
        let zone = keep(Zone::parse(&self.timezone_offset), &mut refused);
        let goal = keep(self.goal.trim().to_lowercase().parse::<Goal>(), &mut refused);
        let photo_url = keep(link(self.photo_url.as_deref()), &mut refused);
        let (
            Some(user_id),
            Some(name),
            Some(email),
            Some(gender),
            Some(age),
            Some(height_cm),
            Some(weight_kg),
            Some(timezone_offset),
            Some(goal),
            Some(photo_url),
        ) = (user_id, name, email, gender, age, height, weight, zone, goal, photo_url)
        else {
            return Err(refused);
        };
        let start_date = next_tuesday_after(local_date(&timezone_offset, now));
        Ok(ClientProfile {
            user_id,
            goal,
            timezone_offset,
            start_date,
            paused: true,
            height_cm,
            weight_kg,
            training_template_id: None,
            meal_template_id: None,
            macros: None,
            cardio_minutes: None,
            cycle_start_date: start_date,
            block_id: None,
            name,
            email,
            gender,
            age,
            photo_url,
            coaching_notes: String::new(),
            cardio_type: "zone2".to_owned(),
            status: Status::Pending,
            coach_id: None,
            blocked_refeed: false,
            public_callout_opt_in: false,
            honors_opt_in: false,
            alias: None,
            allergens: Vec::new(),
            block_start_date: None,
            training_days: Vec::new(),
            plan_choices: Vec::new(),
            fallback_channel_id: None,
            guild_id: self.guild_id.clone(),
            paused_until: None,
            paused_since: None,
            reopened: false,
            subject: None,
            created_at: Some(now),
            updated_at: Some(now),
            version: 0,
        })
    }
}

/// Puts what a person enlisted with anew over a profile: the rest is the coach's, and stays.
pub(super) fn renew(known: &ClientProfile, fresh: ClientProfile) -> ClientProfile {
    ClientProfile {
        goal: fresh.goal,
        timezone_offset: fresh.timezone_offset,
        start_date: fresh.start_date,
        cycle_start_date: fresh.cycle_start_date,
        height_cm: fresh.height_cm,
        weight_kg: fresh.weight_kg,
        name: fresh.name,
        email: fresh.email,
        gender: fresh.gender,
        age: fresh.age,
        photo_url: fresh.photo_url,
        guild_id: fresh.guild_id.or_else(|| known.guild_id.clone()),
        updated_at: fresh.updated_at,
        ..known.clone()
    }
}

/// Accepts an alias: 2 to 32 letters, digits, spaces and `_ - . '`, so that none can mention
/// anybody or be mistaken for a command.
///
/// # Errors
/// [`Invalid`] for anything else.
pub fn alias(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    let fits = (2..=ALIAS_CHARACTERS).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || " _-.'".contains(c));
    if fits {
        Ok(text.to_owned())
    } else {
        let accepted = "2 to 32 letters, digits, spaces, or any of _ - . '";
        Err(Invalid::new("alias", text, accepted))
    }
}

/// Accepts a line of text up to [`NAME_CHARACTERS`]; nothing typed is nothing given.
pub(super) fn text(field: &str, typed: Option<&str>) -> Result<Option<String>, Invalid> {
    let Some(text) = typed.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let length = text.chars().count();
    if length > NAME_CHARACTERS {
        let given = format!("{length} characters");
        return Err(Invalid::new(field, given, "up to 100 characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(field, text.escape_debug(), "one line of text"));
    }
    Ok(Some(text.to_owned()))
}

/// Accepts an e-mail address as far as it can be told without writing to it.
pub(super) fn email(typed: Option<&str>) -> Result<Option<String>, Invalid> {
    let Some(address) = text("email", typed)? else { return Ok(None) };
    let is_address = address.rsplit_once('@').is_some_and(|(person, host)| {
        !person.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    if is_address && !address.contains(char::is_whitespace) {
        Ok(Some(address))
    } else {
        Err(Invalid::new("email", address, "an address such as name@example.com"))
    }
}

/// Accepts a link.
pub(super) fn link(typed: Option<&str>) -> Result<Option<String>, Invalid> {
    let Some(link) = typed.map(str::trim).filter(|link| !link.is_empty()) else {
        return Ok(None);
    };
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let is_link = rest.is_some_and(|rest| !rest.is_empty())
        && link.chars().count() <= LINK_CHARACTERS
        && !link.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_link {
        Ok(Some(link.to_owned()))
    } else {
        let accepted = "a link that begins with https://, up to 500 characters";
        Err(Invalid::new("photo_url", link.escape_debug(), accepted))
    }
}

fn required<T, V>(
    field: &str,
    typed: Option<V>,
    accept: impl Fn(V) -> Result<T, Invalid>,
) -> Result<T, Invalid> {
    typed.ok_or_else(|| Invalid::new(field, "", "given")).and_then(accept)
}

fn keep<T>(value: Result<T, Invalid>, refused: &mut Vec<Invalid>) -> Option<T> {
    value.map_err(|invalid| refused.push(invalid)).ok()
}
