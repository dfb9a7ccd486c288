//! A first program: persistence, calibrated on a year of made-up clients and taken only if it is
//! better on the last four weeks.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use regiment_ml::program::{
    Example, Gate, Node, Predictor, Rule, Signature, Trace, fit_platt, load, promote, save,
};

/// Adherence of the last week, and how many days are known.
struct LastWeek;

/// What is known of a client on a date.
#[derive(Debug, Clone)]
struct Known {
    rate_7: f64,
    days: usize,
}

impl Signature for LastWeek {
    type In = Known;
    const NAME: &'static str = "last_week";
    const VERSION: u32 = 1;

    fn numbers(of: &Known) -> Vec<f64> {
        vec![of.rate_7]
    }

    fn schema() -> Vec<&'static str> {
        vec!["rate_7"]
    }

    fn known(of: &Known) -> usize {
        of.days
    }
}

/// Clients of whom the less they did last week, the more lapse: by a fixed pattern, so that the
/// example says the same on every run.
fn examples() -> Vec<Example<Known>> {
    (0..364_i32)
        .flat_map(|day| (0..20_i32).map(move |client| (day, client)))
        .map(|(day, client)| {
            let rate_7 = f64::from((day * 7 + client * 13) % 100) / 100.0;
            let luck = f64::from((day * 31 + client * 57) % 97) / 97.0;
            let input = Known { rate_7, days: usize::try_from(day).unwrap_or_default() };
            Example { input, day, lapsed: luck < 0.5 * (1.0 - rate_7) }
        })
        .collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Persistence says: who did little will do little. New clients get the usual risk instead.
    let rule = Node::Rule(Rule { input: 0, at_zero: 2.0, per_unit: -4.0 });
    let usual = Node::Rule(Rule { input: 0, at_zero: -1.0, per_unit: 0.0 });
    let gate = Gate { least_known: 14, of: Box::new(rule), otherwise: Box::new(usual) };
    let incumbent = Node::Gate(gate);

    let examples = examples();
    let taken = promote::<LastWeek>(&incumbent, &examples, |program, seen| {
        fit_platt::<LastWeek>(program, seen)
    });
    let (program, report) = match taken {
        Ok(taken) => taken,
        Err(why) => {
            println!("the incumbent goes on serving: {why}");
            return Ok(());
        }
    };
    println!("Brier {:.4} -> {:.4}", report.incumbent.brier, report.candidate.brier);

    let folder = std::env::temp_dir().join(format!("regiment-program-{}", std::process::id()));
    save::<LastWeek>(&folder, &program, Some(report))?;
    let (loaded, manifest) = load::<LastWeek>(&folder)?;
    std::fs::remove_dir_all(&folder)?;

    let mut trace = Trace::default();
    let of = Known { rate_7: 0.4, days: 90 };
    let risk = Predictor::<LastWeek>::probability(&loaded, &of, &mut trace);
    println!(
        "{} {}: {:.0}% for a client at 40%",
        manifest.signature,
        manifest.version,
        100.0 * risk
    );
    for step in trace.steps {
        println!("  {:<10} {:+.2}", step.node, step.log_odds);
    }
    Ok(())
}
