//! The database under test: a file, or a PostgreSQL cluster of the test's own that can be hurt.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A database that goes away with the value.
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres(Cluster),
}

/// A cluster on a port of its own, so that nobody else is disturbed.
pub(crate) struct Cluster {
    directory: PathBuf,
    port: u16,
}

impl Database {
    pub(crate) fn sqlite(folder: &Path) -> Self {
        Self::Sqlite(folder.join("regiment.db"))
    }

    /// Starts a cluster; `None` where this machine is not asked to test PostgreSQL.
    pub(crate) fn postgres() -> Option<Self> {
        if std::env::var_os("REGIMENT_TEST_POSTGRES").is_none() {
            assert!(std::env::var_os("CI").is_none(), "REGIMENT_TEST_POSTGRES is not set");
            eprintln!("not run on PostgreSQL: REGIMENT_TEST_POSTGRES is not set");
            return None;
        }
        let port = free_port();
        let directory = std::env::temp_dir().join(format!("regiment-crash-{port}"));
        let cluster = Cluster { directory, port };
        cluster.script(&["start"]);
        Some(Self::Postgres(cluster))
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite://{}", file.display()),
            Self::Postgres(cluster) => {
                format!("postgres://regiment@127.0.0.1:{}/postgres", cluster.port)
            }
        }
    }

    pub(crate) fn cluster(&self) -> Option<&Cluster> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(cluster) => Some(cluster),
        }
    }
}

impl Cluster {
    /// Stops the cluster as a power cut would, and starts it again after so many seconds.
    pub(crate) fn restart(&self, seconds: u32) {
        self.script(&["restart", &seconds.to_string()]);
    }

    /// Ends every connection of the server.
    pub(crate) fn terminate_backends(&self) {
        self.script(&["terminate"]);
    }

    fn run(&self, what: &[&str]) -> Output {
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres-for-tests"))
            .args(what)
            .env("REGIMENT_TEST_POSTGRES_DIR", &self.directory)
            .env("REGIMENT_TEST_POSTGRES_PORT", self.port.to_string())
            .output()
            .expect("the script starts")
    }

    fn script(&self, what: &[&str]) {
        let output = self.run(what);
        assert!(output.status.success(), "{what:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run(&["stop"]);
    }
}

/// Returns a port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
