//! The real server process, and the signals that end it.

use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The token that the server knows.
pub(crate) const TOKEN: &str = "a token for the crash test";

/// How long a server may take to answer, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_mins(1);

/// One life of `regiment serve`. Its log is a file of its own.
pub(crate) struct Server {
    process: Child,
    port: u16,
    pub(crate) log: PathBuf,
}

impl Server {
    /// Starts the server in the folder of its port, where its spool stays from one life to the next.
    pub(crate) fn start(folder: &Path, url: &str, port: u16, life: u32) -> Self {
        let log = folder.join(format!("server-{life}.log"));
        let home = folder.join(port.to_string());
        std::fs::create_dir_all(&home).expect("a folder");
        let built = || env!("CARGO_BIN_EXE_regiment").into();
        let program = std::env::var_os("REGIMENT_CRASH_PROGRAM").unwrap_or_else(built);
        let process = Command::new(program)
            .args(["serve", "--log", "json", "--listen", &format!("127.0.0.1:{port}")])
            .current_dir(home)
            .env_clear()
            .env("REGIMENT_DATABASE", url)
            .env("REGIMENT_API_TOKEN", TOKEN)
            // The callers never stop, and all of them are the operator.
            .env("REGIMENT_LIMITS__PER_CALLER_PER_MINUTE", "4000000000")
            .stdout(Stdio::null())
            .stderr(File::create(&log).expect("a log file"))
            .spawn()
            .expect("the program starts");
        Self { process, port, log }
    }

    /// Waits until the server listens.
    pub(crate) async fn wait_until_it_listens(&mut self) {
        let since = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.process.try_wait().expect("a process");
            assert!(ended.is_none(), "the server ended ({ended:?}): see {}", self.log.display());
            assert!(since.elapsed() < PATIENCE, "no answer: see {}", self.log.display());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the server says that it lets a message go, or `longest` has passed. Its finish is not written yet.
    pub(crate) async fn wait_until_it_sends(&self, longest: Duration) {
        let since = Instant::now();
        let is_sending = || {
            std::fs::read_to_string(&self.log).is_ok_and(|log| log.contains("no bot is connected"))
        };
        while !is_sending() && since.elapsed() < longest {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Kills the server where it stands.
    ///
    /// # Panics
    /// When it had ended by itself: nothing that is done to it may end it.
    pub(crate) fn kill(mut self) {
        let ended = self.process.try_wait().expect("a process");
        assert!(ended.is_none(), "the server ended ({ended:?}): see {}", self.log.display());
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("a process");
    }

    /// Tells the server to stop, and waits for it.
    pub(crate) fn stop(mut self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        assert!(self.process.wait().expect("a process").success(), "see {}", self.log.display());
    }
}
