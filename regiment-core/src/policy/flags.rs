//! The thresholds of the weekly rules: what the flag engine calls a finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Threshold, between};
use crate::Invalid;

section! {
    /// What the weekly scan flags. Every window ends on the client's last closed date; the week is
    /// the seven dates up to it.
    pub struct FlagPolicy {
        /// Missed meals on two consecutive dates of the week, together.
        pub soft_compliance_meals: u32 = 2,
        /// The fewest meals of the week that are judged as a share.
        pub meal_compliance_logs: u32 = 7,
        /// Completed meals of the week below this share, percent.
        pub meal_compliance_percent: u32 = 80,
        /// Dates of the week with a missed top set.
        pub training_inconsistency_dates: u32 = 2,
        /// Missed check-ins of the week.
        pub non_responding_checkins: u32 = 2,
        /// Cardio of the week missed or cut short.
        pub grit_violation_dates: u32 = 3,
        /// Cardio cut short.
        pub cardio_underperformance: Threshold = Threshold { count: 5, days: 10 },
        /// Attempts without progress.
        pub stalled_lift: StalledLift = StalledLift::default(),
        /// No progress over weeks.
        pub lift_plateau: LiftPlateau = LiftPlateau::default(),
        /// No weight change in spite of full compliance.
        pub weight_stall: WeightStall = WeightStall::default(),
        /// The fewest weigh-ins of the week that make a trend.
        pub weekly_weigh_ins: u32 = 4,
        /// Weight that rises on a cut by more than this over the week, percent.
        pub cut_failure_percent: f64 = 0.25,
        /// Missed check-ins of the week that turn such a rise into an unreported one.
        pub unreported_gain_checkins: u32 = 1,
        /// Weight that falls on a bulk by more than this over the week, percent.
        pub bulk_failure_percent: f64 = 0.25,
        /// Consecutive dates of the week with a bad mood.
        pub mood_drop_run: u32 = 3,
        /// Dates of the week with a bad mood or high stress.
        pub mood_drop_dates: u32 = 4,
        /// Dates of the week with high soreness.
        pub recovery_risk_dates: u32 = 3,
        /// Weight that falls too fast.
        pub rapid_weight_loss: RapidWeightLoss = RapidWeightLoss::default(),
        /// At least so many logs, and every one of them missed.
        pub silent_client: Threshold = Threshold { count: 6, days: 3 },
        /// Plateaued exercises that ask for another block.
        pub reassign_plateaus: u32 = 2,
        /// Dates with meals, and with a check-in, that a perfect week has at least.
        pub perfect_week_dates: u32 = 4,
        /// The goal band of a cut, percent of body weight over the week, fast and slow end.
        pub cut_band_percent: (f64, f64) = (-1.5, -0.25),
        /// The goal band of a bulk, slow and fast end.
        pub bulk_band_percent: (f64, f64) = (0.1, 0.5),
    }
}

section! {
    /// Attempts at an exercise that did not beat the earlier ones of the window: a note.
    pub struct StalledLift {
        /// The window, days.
        pub days: u32 = 42,
        /// The fewest dates with a set.
        pub dates: u32 = 4,
        /// The last so many of them are the attempts.
        pub attempts: u32 = 3,
    }
}

section! {
    /// An exercise whose best sets rise too slowly for chance to hide it.
    pub struct LiftPlateau {
        /// The window, days.
        pub days: u32 = 84,
        /// The fewest dates with a set.
        pub dates: u32 = 10,
        /// The fewest days between the first and the last of them.
        pub span_days: u32 = 42,
        /// Progress below this is none, percent of the mean a week.
        pub percent_per_week: f64 = 0.25,
        /// The standard errors above the slope up to which it could be; 1.2816 is 90%, one-sided.
        pub standard_errors: f64 = 1.2816,
    }
}

section! {
    /// A weight that stands still on a cut or a bulk while every meal is logged as eaten.
    pub struct WeightStall {
        /// The window, days.
        pub days: u32 = 14,
        /// The fewest meals, all of them completed.
        pub meals: u32 = 14,
        /// The fewest weigh-ins.
        pub weigh_ins: u32 = 10,
        /// A change below this over the window is none, percent.
        pub percent: f64 = 0.25,
    }
}

section! {
    /// A weight that falls faster than is safe.
    pub struct RapidWeightLoss {
        /// The window, days.
        pub days: u32 = 14,
        /// The fewest weigh-ins.
        pub weigh_ins: u32 = 8,
        /// A loss above this over seven days, percent.
        pub percent: f64 = 1.5,
    }
}

impl FlagPolicy {
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        for (field, count) in [
            ("flags.soft_compliance_meals", self.soft_compliance_meals),
            ("flags.meal_compliance_logs", self.meal_compliance_logs),
            ("flags.meal_compliance_percent", self.meal_compliance_percent),
            ("flags.training_inconsistency_dates", self.training_inconsistency_dates),
            ("flags.non_responding_checkins", self.non_responding_checkins),
            ("flags.grit_violation_dates", self.grit_violation_dates),
            ("flags.cardio_underperformance.count", self.cardio_underperformance.count),
            ("flags.stalled_lift.attempts", self.stalled_lift.attempts),
            ("flags.weight_stall.meals", self.weight_stall.meals),
            ("flags.unreported_gain_checkins", self.unreported_gain_checkins),
            ("flags.mood_drop_run", self.mood_drop_run),
            ("flags.mood_drop_dates", self.mood_drop_dates),
            ("flags.recovery_risk_dates", self.recovery_risk_dates),
            ("flags.silent_client.count", self.silent_client.count),
            ("flags.reassign_plateaus", self.reassign_plateaus),
            ("flags.perfect_week_dates", self.perfect_week_dates),
        ] {
            between(field, count.into(), 1.0, 100.0)?;
        }
        for (field, days) in [
            ("flags.cardio_underperformance.days", self.cardio_underperformance.days),
            ("flags.stalled_lift.days", self.stalled_lift.days),
            ("flags.lift_plateau.days", self.lift_plateau.days),
            ("flags.lift_plateau.span_days", self.lift_plateau.span_days),
            ("flags.weight_stall.days", self.weight_stall.days),
            ("flags.rapid_weight_loss.days", self.rapid_weight_loss.days),
            ("flags.silent_client.days", self.silent_client.days),
        ] {
            between(field, days.into(), 1.0, 366.0)?;
        }
        // A line needs two points, and its error a third.
        let attempts = f64::from(self.stalled_lift.attempts);
        between("flags.stalled_lift.dates", self.stalled_lift.dates.into(), attempts + 1.0, 366.0)?;
        between("flags.lift_plateau.dates", self.lift_plateau.dates.into(), 3.0, 366.0)?;
        between("flags.weight_stall.weigh_ins", self.weight_stall.weigh_ins.into(), 2.0, 366.0)?;
        between("flags.weekly_weigh_ins", self.weekly_weigh_ins.into(), 2.0, 7.0)?;
        let loss = &self.rapid_weight_loss;
        between("flags.rapid_weight_loss.weigh_ins", loss.weigh_ins.into(), 2.0, 366.0)?;
        for (field, percent) in [
            ("flags.lift_plateau.percent_per_week", self.lift_plateau.percent_per_week),
            ("flags.weight_stall.percent", self.weight_stall.percent),
            ("flags.cut_failure_percent", self.cut_failure_percent),
            ("flags.bulk_failure_percent", self.bulk_failure_percent),
            ("flags.rapid_weight_loss.percent", loss.percent),
        ] {
            between(field, percent, 0.0, 10.0)?;
        }
        let errors = self.lift_plateau.standard_errors;
        between("flags.lift_plateau.standard_errors", errors, 0.0, 10.0)?;
        for (field, (low, high)) in [
            ("flags.cut_band_percent", self.cut_band_percent),
            ("flags.bulk_band_percent", self.bulk_band_percent),
        ] {
            between(field, low, -10.0, high)?;
            between(field, high, low, 10.0)?;
        }
        Ok(())
    }
}
