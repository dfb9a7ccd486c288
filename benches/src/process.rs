//! Processes that are measured from outside: what they hold, and what they take of the processor.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// How long a process may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(5);

/// What Linux calls a tick in `/proc`, whatever the kernel's own are.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process that ends with the value, and those that it started.
pub(crate) struct Process(Child);

/// Processor time taken since the machine or the process began, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// By this program.
    pub(crate) here: f64,
    /// By the process that is measured, and those that it started.
    pub(crate) there: f64,
    /// By everything on the machine.
    pub(crate) all: f64,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.signal("-TERM");
        let since = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) {
            if since.elapsed() > PATIENCE {
                let _ = self.0.kill();
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Process {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log)?;
        let command = command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let name = command.get_program().to_string_lossy().into_owned();
        let started = command.spawn().with_context(|| {
            format!("{name} does not start: cargo build --release --workspace --bins first")
        })?;
        Ok(Self(started))
    }

    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let sent = Command::new("kill").args([name, &self.0.id().to_string()]).status()?;
        ensure!(sent.success(), "kill {name} failed");
        Ok(())
    }

    /// Returns the memory that the process holds, MiB.
    pub(crate) fn resident_mib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .context("/proc does not say what the process holds")?;
        Ok(kib.parse::<f64>()? / 1024.0)
    }

    /// Returns the processor time that was taken so far.
    pub(crate) fn taken(&self) -> Result<Taken> {
        let stats = stats();
        let mut tree = vec![self.0.id()];
        let mut there = 0.0;
        while let Some(id) = tree.pop() {
            there +=
                stats.iter().filter(|stat| stat.id == id).map(|stat| stat.seconds).sum::<f64>();
            tree.extend(stats.iter().filter(|stat| stat.parent == id).map(|stat| stat.id));
        }
        let own = stats.iter().find(|stat| stat.id == std::process::id());
        let here = own.map_or(f64::NAN, |stat| stat.seconds);
        let machine = fs::read_to_string("/proc/stat")?;
        let ticks: Vec<f64> = machine
            .lines()
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(|field| field.parse().ok())
            .collect();
        // user, nice, system, idle, waiting for disks, interrupts, soft interrupts
        let [user, nice, system, _, _, hard, soft, ..] = ticks[..] else {
            bail!("/proc/stat has another shape");
        };
        let all = (user + nice + system + hard + soft) / TICKS_PER_SECOND;
        Ok(Taken { here, there, all })
    }
}

/// Returns a program that lies beside this one.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// Returns an address on loopback at which nobody listens.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// One process in `/proc`.
struct Stat {
    id: u32,
    parent: u32,
    seconds: f64,
}

fn stats() -> Vec<Stat> {
    let found = fs::read_dir("/proc").into_iter().flatten().flatten();
    // One that ends meanwhile is not there.
    found.filter_map(|entry| stat(&fs::read_to_string(entry.path().join("stat")).ok()?)).collect()
}

/// Reads a line of `/proc/ID/stat`: id, name in parentheses, state, parent, and the times as fields 14 and 15.
fn stat(line: &str) -> Option<Stat> {
    let (id, rest) = line.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let time = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Stat {
        id: id.parse().ok()?,
        parent: fields.get(1)?.parse().ok()?,
        seconds: (time(11)? + time(12)?) / TICKS_PER_SECOND,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_whose_name_has_spaces_and_parentheses_is_read() {
        let line = "42 (a (b) c) S 7 42 42 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 5";
        let Stat { id, parent, seconds } = stat(line).unwrap();
        assert_eq!((id, parent), (42, 7));
        assert!((seconds - 2.0).abs() < 1e-9, "{seconds}");
    }
}
