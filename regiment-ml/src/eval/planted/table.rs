//! The planted cases as a table for people.

use super::{Planted, Rates};

impl Planted {
    /// Returns a Markdown table: each detector, what was planted, and what was found.
    pub fn markdown(&self) -> String {
        let falsified = &self.falsified_logs;
        let mut lines = vec![
            "# Planted cases".to_owned(),
            String::new(),
            format!("Lives in which it is known what there is to find; seed {}.", self.seed),
            "Recall is the share of planted cases that were found, false alarms the share of others \
             that were raised all the same."
                .to_owned(),
            String::new(),
            "| detector | recall | false alarms | precision | planted | others |".to_owned(),
            "| --- | ---: | ---: | ---: | ---: | ---: |".to_owned(),
            line("lift trend, 16 sessions of 4% noise: 0 against +0.5% a week", &self.lift_stalls),
            line("the rule of three attempts on the same lifts", &self.lift_stalls_by_attempts),
            line(
                "weight trend, 21 days of 0.35 kg noise: 0 against -0.5 kg a week",
                &self.weight_stalls,
            ),
            line("falsified logs, client-weeks, all six kinds", &falsified.all),
        ];
        lines.extend(
            falsified.by_kind.iter().map(|(kind, rates)| line(&format!("- {kind}"), rates)),
        );
        lines.push(line("notes of an injury, by the lexicon", &self.injury_notes));
        lines.push(String::new());
        lines.push(
            "The plants have the shape that the checks look for, and the lexicon was tuned on its \
             notes: the figures say that the detectors work, not how much of real life they find."
                .to_owned(),
        );
        lines.join("\n") + "\n"
    }
}

fn line(name: &str, rates: &Rates) -> String {
    let share = |share: f64, of: usize| {
        if of == 0 { "none".to_owned() } else { format!("{share:.3}") }
    };
    let precision = if rates.planted == 0 || rates.clean == 0 {
        String::new()
    } else {
        format!("{:.3}", rates.precision())
    };
    format!(
        "| {name} | {} | {} | {precision} | {} | {} |",
        share(rates.recall, rates.planted),
        share(rates.false_alarms, rates.clean),
        rates.planted,
        rates.clean
    )
}
