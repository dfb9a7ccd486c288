use super::*;
use crate::{Decision, Dossier, Effect, Library, Outcome, message::Message, testing::dossier};

/// The plans and the messages among effects.
fn steps(effects: &[Effect]) -> Vec<&'static str> {
    let step = |effect: &Effect| {
        if let Effect::Send(sent) = effect {
            let is_prompt = matches!(sent.message, Message::PlanPrompt { .. });
            Some(if is_prompt { "prompt" } else { "list" })
        } else {
            matches!(effect, Effect::Plan(_)).then_some("plan")
        }
    };
    effects.iter().filter_map(step).collect()
}

fn caught_up(dossier: &Dossier, now: &str) -> Vec<&'static str> {
    steps(&catch_up(dossier, &Library::built_in(), &policy(), at(now)))
}

#[test]
fn a_catch_up_brings_the_steps_of_the_coming_cycle_that_have_passed() {
    let dossier = dossier("7");
    assert_eq!(caught_up(&dossier, "2026-03-06T08:59:59Z"), Vec::<&str>::new());
    assert_eq!(caught_up(&dossier, "2026-03-06T09:00:00Z"), ["prompt"]);
    assert_eq!(caught_up(&dossier, "2026-03-06T20:59:59Z"), ["prompt"]);
    // Too late to choose.
    assert_eq!(caught_up(&dossier, "2026-03-06T21:00:00Z"), ["plan"]);
    assert_eq!(caught_up(&dossier, "2026-03-07T05:59:59Z"), ["plan"]);
    assert_eq!(caught_up(&dossier, "2026-03-07T06:00:00Z"), ["plan", "list"]);
}

#[test]
fn a_catch_up_leaves_a_compiled_cycle_as_it_is() {
    let mut dossier = dossier("7");
    let saturday = "2026-03-07T06:00:00Z";
    for effect in catch_up(&dossier, &Library::built_in(), &policy(), at(saturday)) {
        dossier.apply(&effect);
    }
    assert_eq!(caught_up(&dossier, saturday), ["list"]);
}

/// Fires the end of a pause on the Saturday after the deadline of the coming cycle.
fn end_pause(dossier: &Dossier) -> Decision {
    let saturday = date("2026-03-07");
    let due = next(Trigger::PauseEnd, &zone("UTC"), &policy(), saturday).due;
    fire(&due, dossier, &Library::built_in(), &policy(), due.moment.at)
}

#[test]
fn the_end_of_a_pause_catches_up_with_the_coming_cycle() {
    let mut paused = dossier("7");
    paused.client.paused = true;
    paused.client.paused_since = Some(date("2026-03-01"));
    paused.client.paused_until = Some(date("2026-03-07"));
    let ended = end_pause(&paused);
    assert_eq!(ended.outcome, Outcome::Done);
    assert!(matches!(ended.effects[0], Effect::Profile(_)), "{ended:?}");
    assert_eq!(steps(&ended.effects), ["plan"]);

    paused.client.paused_until = Some(date("2026-03-08"));
    assert_eq!(end_pause(&paused), Decision::skip(Outcome::NothingDue), "it was prolonged");
    assert_eq!(end_pause(&dossier("7")), Decision::skip(Outcome::NothingDue), "it is over");
}
