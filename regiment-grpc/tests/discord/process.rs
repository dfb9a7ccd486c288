//! The real processes, `regiment-bot` and `regiment`, and the signals that end them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use crate::stand_in::Discord;

/// The operator's token.
pub(crate) const TOKEN: &str = "a token for tests";

/// The key that signs the ids of controls.
pub(crate) const KEY: &str = "a key of the tests, more than 32 bytes long";

/// How long a process that was told to stop may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a bot is told beyond what every one is.
pub(crate) type Settings<'a> = [(&'a str, &'a str)];

/// A server, as a bot knows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Server {
    /// `http://…`.
    pub(crate) url: String,
    /// The bot's own token.
    pub(crate) bot_token: String,
}

/// One life of a process. Its log is a file of its own.
pub(crate) struct Process {
    process: Child,
    pub(crate) log: PathBuf,
}

/// Returns the program beside the server's.
///
/// # Panics
/// When it was not built: Cargo builds no other package's programs for a test.
pub(crate) fn program() -> PathBuf {
    let server = Path::new(env!("CARGO_BIN_EXE_regiment"));
    let program = server.with_file_name("regiment-bot");
    assert!(program.exists(), "{} is missing: cargo build -p regiment-bot", program.display());
    program
}

fn command(discord: &Discord, server: &Server, settings: &Settings<'_>) -> Command {
    let (guild, discord_token) = discord.with(|world| (world.guild, world.token.clone()));
    let mut command = Command::new(program());
    command
        .env_clear()
        .env("REGIMENT_URL", &server.url)
        .env("REGIMENT_BOT_TOKEN", &server.bot_token)
        .env("REGIMENT_BOT_KEY", KEY)
        .env("DISCORD_TOKEN", discord_token)
        .env("DISCORD_API_BASE", discord.base())
        .env("DISCORD_GUILD_ID", guild.to_string())
        .env("DISCORD_COACH_ROLE_IDS", discord.coach_role().to_string())
        .env("DISCORD_COACH_CHANNEL_ID", discord.coaches().to_string())
        .env("DISCORD_PUBLIC_CHANNEL_ID", discord.public().to_string())
        .env("DISCORD_HONORS_CHANNEL_ID", discord.honors().to_string())
        .envs(settings.iter().copied());
    command
}

/// Runs one of the bot's commands to its end.
pub(crate) fn run(
    arguments: &[&str],
    discord: &Discord,
    server: &Server,
    settings: &Settings<'_>,
) -> Output {
    command(discord, server, settings).args(arguments).output().expect("the program starts")
}

impl Process {
    /// Starts a bot.
    pub(crate) fn bot(
        log: &Path,
        discord: &Discord,
        server: &Server,
        settings: &Settings<'_>,
    ) -> Self {
        let mut command = command(discord, server, settings);
        command.arg("run");
        Self::start(command, log)
    }

    /// Starts a server in a folder, where its database and its spool stay from one life to the next. `limit` says how
    /// many kibibytes a file may have.
    pub(crate) fn server(folder: &Path, log: &Path, port: u16, limit: Option<u32>) -> Self {
        let program = env!("CARGO_BIN_EXE_regiment");
        let limit =
            limit.map_or_else(String::new, |size| format!("trap '' XFSZ; ulimit -f {size};"));
        let mut command = Command::new("bash");
        command
            .args([
                "-c",
                &format!("{limit} exec {program} serve --log json --listen 127.0.0.1:{port}"),
            ])
            .current_dir(folder)
            .env_clear()
            .env("REGIMENT_DATABASE", "sqlite://regiment.db")
            .env("REGIMENT_API_TOKEN", TOKEN)
            .env("REGIMENT_LIMITS__PER_CALLER_PER_MINUTE", "4000000000");
        Self::start(command, log)
    }

    fn start(mut command: Command, log: &Path) -> Self {
        let file = File::create(log).expect("a log file");
        let process = command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log file"))
            .stderr(file)
            .spawn()
            .expect("the program starts");
        Self { process, log: log.to_owned() }
    }

    /// Kills the process where it stands.
    ///
    /// # Panics
    /// When it had ended by itself: nothing that is done to it may end it.
    pub(crate) fn kill(mut self) {
        assert_eq!(self.ended(), None, "it ended: see {}\n{}", self.log.display(), self.says());
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("a process");
    }

    /// Tells the process to stop, and returns how it ended.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let since = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(since.elapsed() < PATIENCE, "it does not stop: {}", self.says());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns how it ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("a process")
    }

    /// Returns what it logged so far.
    pub(crate) fn says(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
