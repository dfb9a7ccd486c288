//! How often the server is killed, and what else is done to it.

use std::fmt;

/// The short form, which every run of the tests includes.
const KILLS: u32 = 12;

/// The life under which the database is away for longer than a call waits.
const AWAY: u32 = 6;

/// What is done to a PostgreSQL server under a life of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It stops as in a power cut, and starts again.
    Restart,
    /// It stops as in a power cut, and is away for so many seconds.
    Away(u32),
    /// Every connection is ended.
    Terminate,
}

/// One run of the test.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) database: &'static str,
    /// How many servers run beside each other.
    pub(crate) servers: usize,
    pub(crate) kills: u32,
    pub(crate) seed: u64,
    /// For how long the database is away once.
    pub(crate) seconds_away: u32,
}

impl Plan {
    /// Reads `REGIMENT_CRASH_KILLS`, `REGIMENT_CRASH_SEED`, `REGIMENT_CRASH_SECONDS_AWAY` and `REGIMENT_CRASH_DATABASE`;
    /// `None` where another database is asked for.
    pub(crate) fn of_environment(database: &'static str, servers: usize) -> Option<Self> {
        let variable = |name: &str| std::env::var(format!("REGIMENT_CRASH_{name}")).ok();
        let wanted = variable("DATABASE").unwrap_or_else(|| "both".to_owned());
        if wanted != "both" && wanted != database {
            eprintln!("not run on {database}: REGIMENT_CRASH_DATABASE is {wanted}");
            return None;
        }
        let kills =
            variable("KILLS").map_or(KILLS, |text| text.parse().expect("a number of kills"));
        let seed = variable("SEED").map_or(1, |text| text.parse().expect("a seed"));
        let seconds_away =
            variable("SECONDS_AWAY").map_or(4, |text| text.parse().expect("a number of seconds"));
        Some(Self { database, servers, kills, seed, seconds_away })
    }

    /// Under one life the database is away for a while; one in ten is under a restart of it, and one in five under
    /// ended connections.
    pub(crate) fn fault(&self, life: u32) -> Option<Fault> {
        match life % 10 {
            _ if self.database != "postgres" => None,
            _ if life == AWAY => Some(Fault::Away(self.seconds_away)),
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
            "{}, servers at a time: {}, {} kills, {} restarts of the database, {} times all its connections ended, away for {} \
             s, seed {}",
            self.database,
            self.servers,
            self.kills,
            faults(Fault::Restart),
            faults(Fault::Terminate),
            if self.database == "postgres" { self.seconds_away } else { 0 },
            self.seed
        )
    }
}
