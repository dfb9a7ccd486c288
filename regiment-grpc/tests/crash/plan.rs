//! How often the server is killed, and what else is done to it.

use std::fmt;

/// The short form, which every run of the tests includes.
const KILLS: u32 = 12;

/// What is done to a PostgreSQL server under a life of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It stops as in a power cut, and starts again.
    Restart,
    /// Every connection is ended.
    Terminate,
}

/// One run of the test.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) database: &'static str,
    pub(crate) kills: u32,
    pub(crate) seed: u64,
}

impl Plan {
    /// Reads `REGIMENT_CRASH_KILLS`, `REGIMENT_CRASH_SEED` and `REGIMENT_CRASH_DATABASE`; `None` where another database
    /// is asked for.
    pub(crate) fn of_environment(database: &'static str) -> Option<Self> {
        let variable = |name: &str| std::env::var(format!("REGIMENT_CRASH_{name}")).ok();
        let wanted = variable("DATABASE").unwrap_or_else(|| "both".to_owned());
        if wanted != "both" && wanted != database {
            eprintln!("not run on {database}: REGIMENT_CRASH_DATABASE is {wanted}");
            return None;
        }
        let kills =
            variable("KILLS").map_or(KILLS, |text| text.parse().expect("a number of kills"));
        let seed = variable("SEED").map_or(1, |text| text.parse().expect("a seed"));
        Some(Self { database, kills, seed })
    }

    /// One life in ten is under a restart of the database, and one in five under ended connections.
    pub(crate) fn fault(&self, life: u32) -> Option<Fault> {
        match life % 10 {
            _ if self.database != "postgres" => None,
            3 => Some(Fault::Restart),
            5 | 8 => Some(Fault::Terminate),
            _ => None,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults =
            |wanted| (1..=self.kills).filter(|life| self.fault(*life) == Some(wanted)).count();
        write!(
            f,
            "{}: {} kills, {} restarts of the database, {} times all its connections ended, seed {}",
            self.database,
            self.kills,
            faults(Fault::Restart),
            faults(Fault::Terminate),
            self.seed
        )
    }
}
