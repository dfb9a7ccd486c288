//! The slash commands, as Discord takes them: those of clients everywhere, those of coaches in the
//! practice's community alone.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    Question, Texts,
    handle::{checkin_choices, checkin_option, label},
    inert,
    texts::Key,
};

/// The longest description.
const DESCRIPTION: usize = 100;

/// Kinds of options.
mod kind {
    pub(super) const TEXT: u8 = 3;
    pub(super) const WHOLE: u8 = 4;
    pub(super) const USER: u8 = 6;
}

/// Returns the commands of clients, for wherever the bot is, direct messages among it.
pub fn global(texts: &Texts) -> Vec<Value> {
    let says = |key| says(texts, key);
    let everywhere = |mut command: Value| {
        command["contexts"] = json!([0, 1]);
        command["integration_types"] = json!([0]);
        command
    };
    let zone = completed(option(texts, kind::TEXT, "zone", Key::OptionZone));
    let format = chosen(
        option(texts, kind::TEXT, "format", Key::OptionFormat),
        vec![("json", "JSON".to_owned()), ("csv", "CSV".to_owned())],
    );
    let commands = [
        command("onboard", says(Key::CommandOnboard), vec![zone]),
        command("today", says(Key::CommandToday), Vec::new()),
        command("log", says(Key::CommandLog), log(texts)),
        command("progress", says(Key::CommandProgress), Vec::new()),
        command("settings", says(Key::CommandSettings), Vec::new()),
        command("what_my_coach_sees", says(Key::CommandSees), Vec::new()),
        command("export", says(Key::CommandExport), vec![format]),
        command("erase_me", says(Key::CommandErase), Vec::new()),
    ];
    commands.map(everywhere).into()
}

/// Returns the commands of coaches, which nobody sees before the community's owner lets him.
pub fn coaches(texts: &Texts) -> Vec<Value> {
    let says = |key| says(texts, key);
    let option = |kind, name, key| option(texts, kind, name, key);
    let client = || option(kind::USER, "client", Key::OptionClient);
    let reason = || within(option(kind::TEXT, "reason", Key::OptionReason), 200);
    let until = || within(option(kind::TEXT, "until", Key::OptionUntil), 10);
    let reasons = [
        ("injury", Key::ReasonInjury),
        ("illness", Key::ReasonIllness),
        ("travel", Key::ReasonTravel),
        ("family", Key::ReasonFamily),
        ("other", Key::ReasonOther),
    ];
    let why = chosen(
        option(kind::TEXT, "why", Key::OptionWhy),
        reasons.map(|(value, key)| (value, label(texts, key))).into(),
    );
    let from = within(option(kind::TEXT, "from", Key::OptionFrom), 10);
    let commands = [
        command("status", says(Key::CommandStatus), vec![client()]),
        command(
            "pause",
            says(Key::CommandPause),
            vec![required(client()), required(reason()), until()],
        ),
        command("resume", says(Key::CommandResume), vec![required(client()), reason()]),
        command("excuse", says(Key::CommandExcuse), vec![client(), from, until(), why]),
        command("card", says(Key::CommandCard), vec![client()]),
        command("post_enlist", says(Key::CommandPostEnlist), Vec::new()),
    ];
    let hidden = |mut command: Value| {
        command["default_member_permissions"] = json!("0");
        command
    };
    commands.map(hidden).into()
}

/// Returns what tells a set of commands from another.
pub fn hash(commands: &[Value]) -> String {
    format!("{:x}", Sha256::digest(Value::from(commands).to_string()))
}

fn log(texts: &Texts) -> Vec<Value> {
    let says = |key| says(texts, key);
    let option = |kind, name, key| required(option(texts, kind, name, key));
    let outcomes = [("done", Key::OutcomeDone), ("missed", Key::OutcomeMissed)];
    let outcome = chosen(
        option(kind::TEXT, "outcome", Key::OptionOutcome),
        outcomes.map(|(value, key)| (value, label(texts, key))).into(),
    );
    let weight = || within(option(kind::TEXT, "weight", Key::OptionWeight), 20);
    let mut checkin = vec![weight()];
    checkin.extend(Question::ALL.map(|question| {
        let (name, key) = checkin_option(question);
        let choices = checkin_choices(question);
        let choices = choices.map(|(value, key)| (value, label(texts, key)));
        chosen(option(kind::TEXT, name, key), choices.into())
    }));
    let mut notes = within(option(kind::TEXT, "notes", Key::OptionNotes), 250);
    notes["required"] = json!(false);
    checkin.push(notes);
    vec![
        command(
            "meal",
            says(Key::CommandLogMeal),
            vec![completed(option(kind::TEXT, "meal", Key::OptionMeal)), outcome],
        ),
        command(
            "topset",
            says(Key::CommandLogSet),
            vec![
                completed(option(kind::TEXT, "exercise", Key::OptionExercise)),
                weight(),
                between(option(kind::WHOLE, "reps", Key::OptionReps), 1, 99),
            ],
        ),
        command(
            "cardio",
            says(Key::CommandLogCardio),
            vec![between(option(kind::WHOLE, "minutes", Key::OptionMinutes), 0, 300)],
        ),
        command("checkin", says(Key::CommandLogCheckin), checkin),
    ]
}

fn says(texts: &Texts, key: Key) -> String {
    inert::clip(&label(texts, key), DESCRIPTION)
}

/// Writes a command or a subcommand, which are both of kind 1.
fn command(name: &str, description: String, options: Vec<Value>) -> Value {
    let mut command = json!({ "type": 1, "name": name });
    command["description"] = description.into();
    command["options"] = options.into();
    command
}

fn option(texts: &Texts, kind: u8, name: &str, description: Key) -> Value {
    let description = says(texts, description);
    json!({ "type": kind, "name": name, "description": description, "required": false })
}

fn required(mut option: Value) -> Value {
    option["required"] = json!(true);
    option
}

/// Choices come while it is typed.
fn completed(mut option: Value) -> Value {
    option["autocomplete"] = json!(true);
    option
}

fn chosen(mut option: Value, choices: Vec<(&str, String)>) -> Value {
    let choice = |(value, name)| json!({ "name": name, "value": value });
    option["choices"] = choices.into_iter().map(choice).collect();
    option
}

fn within(mut option: Value, longest: u16) -> Value {
    option["max_length"] = json!(longest);
    option
}

fn between(mut option: Value, least: u16, most: u16) -> Value {
    option["min_value"] = json!(least);
    option["max_value"] = json!(most);
    option
}

#[cfg(test)]
mod tests;
