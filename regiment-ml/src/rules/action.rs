//! What the coach is asked to do.

use regiment_core::policy::FlagPolicy;
use regiment_core::record::{CardAction, Flag, FlagName, Severity};

/// Returns the suggested action for a set of flags: the first that applies of escalate, reassign,
/// pause and callout, otherwise none.
pub fn action<'a>(
    flags: impl IntoIterator<Item = (&'a FlagName, Severity)>,
    policy: &FlagPolicy,
) -> CardAction {
    let flags: Vec<(&FlagName, Severity)> = flags.into_iter().collect();
    let bears = |flag: Flag| flags.iter().any(|(name, _)| name.flag == flag);
    let plateaus = flags.iter().filter(|(name, _)| name.flag == Flag::LiftPlateau).count();
    if flags.iter().any(|(name, _)| name.is_safety())
        || bears(Flag::UnreportedGain)
        || bears(Flag::SilentClient) && bears(Flag::NonRespondingClient)
    {
        CardAction::Escalate
    } else if plateaus >= policy.reassign_plateaus as usize || bears(Flag::RecoveryRisk) {
        CardAction::Reassign
    } else if bears(Flag::MoodDrop) && bears(Flag::TrainingInconsistency) {
        CardAction::Pause
    } else if flags.iter().any(|(_, severity)| *severity >= Severity::Medium) {
        CardAction::Callout
    } else {
        CardAction::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the flags ask for, all of one severity.
    #[track_caller]
    fn check(severity: Severity, names: &[&str], expected: CardAction) {
        let names: Vec<FlagName> = names.iter().map(|name| name.parse().expect("a flag")).collect();
        let flags = names.iter().map(|name| (name, severity));
        assert_eq!(action(flags, &FlagPolicy::default()), expected, "{names:?}");
    }

    #[test]
    fn the_first_action_that_applies_is_suggested() {
        use CardAction::{Callout, Escalate, None, Pause, Reassign};
        let medium = Severity::Medium;
        check(medium, &[], None);
        check(Severity::Low, &["stalled_lift:a", "no_response"], None);
        check(medium, &["soft_compliance"], Callout);
        check(medium, &["mood_drop"], Callout);
        check(medium, &["mood_drop", "training_inconsistency"], Pause);
        check(medium, &["lift_plateau:a"], Callout);
        check(medium, &["lift_plateau:a", "lift_plateau:b"], Reassign);
        check(medium, &["mood_drop", "recovery_risk", "training_inconsistency"], Reassign);
        check(medium, &["silent_client"], Callout);
        check(medium, &["non_responding_client"], Callout);
        check(medium, &["non_responding_client", "recovery_risk", "silent_client"], Escalate);
        check(medium, &["cut_failure", "unreported_gain"], Escalate);
        check(medium, &["rapid_weight_loss"], Escalate);
        check(medium, &["note_concern:injury"], Escalate);
        check(medium, &["note_concern:work"], Callout);
    }
}
