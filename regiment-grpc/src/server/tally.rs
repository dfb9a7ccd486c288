//! The figures of the scheduler and of the database, as Prometheus reads them.

use std::fmt::Write as _;

use regiment_core::store::{LAG_BOUNDS, Tally};

/// Writes what this process has fired, and how often a transaction was made again.
pub(super) fn write(tally: &Tally, text: &mut String) {
    let Tally { runs, lags, retries } = tally;
    let name = "regiment_scheduler_runs_total";
    let help = "Occurrences of triggers that this process has decided.";
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
    for ((kind, outcome), count) in runs {
        let _ = writeln!(text, "{name}{{kind=\"{kind}\",outcome=\"{outcome}\"}} {count}");
    }
    let name = "regiment_scheduler_fire_lag_seconds";
    let _ = writeln!(text, "# HELP {name} How late they were.\n# TYPE {name} histogram");
    for (kind, lags) in lags {
        for (within, bound) in lags.within.iter().zip(LAG_BOUNDS) {
            let _ = writeln!(text, "{name}_bucket{{kind=\"{kind}\",le=\"{bound}\"}} {within}");
        }
        let _ = writeln!(text, "{name}_bucket{{kind=\"{kind}\",le=\"+Inf\"}} {}", lags.count);
        let _ = writeln!(text, "{name}_sum{{kind=\"{kind}\"}} {}", lags.seconds);
        let _ = writeln!(text, "{name}_count{{kind=\"{kind}\"}} {}", lags.count);
    }
    let name = "regiment_db_tx_retries_total";
    let help = "Transactions made again, by why.";
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
    let _ = writeln!(text, "{name}{{reason=\"contended\"}} {retries}");
}
