//! The local spool: where a client's log waits while the database is away.
//!
//! One append-only file. An entry is one line: its length and checksum, then its JSON. It is on the
//! disk (fsync) before [`Spool::append`] answers. The file is read in order and replayed once: each
//! entry's key is written into `spool_applied` by the transaction that stores the entry. A kill at
//! any byte leaves at most a torn last line, of an entry that nobody was promised.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    error::Result,
    row::Table,
    tx::Tx,
    value::{Value, values},
};

const APPLIED: Table = Table { name: "spool_applied", key: &["key"] };

/// Length and checksum in hexadecimal, each followed by a space.
const HEADER: usize = 8 + 1 + 16 + 1;

/// Why the spool did not take an entry, or could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// The file system failed; the entry is not kept.
    #[error("the spool {} failed", .path.display())]
    File {
        /// The spool's file.
        path: PathBuf,
        /// What failed.
        #[source]
        source: io::Error,
    },
    /// An earlier write failed in a way that may have left the file torn: it takes nothing more
    /// until it is opened anew.
    #[error("the spool {} takes nothing more until it is opened anew", .0.display())]
    Closed(PathBuf),
    /// The entry could not be written as JSON.
    #[error("the entry could not be written as JSON")]
    Encode(#[from] serde_json::Error),
}

/// Something that waits for the database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spooled<T> {
    /// The entry's identity: it is replayed once.
    pub key: String,
    /// When it was spooled.
    pub at: Timestamp,
    /// What waits.
    pub entry: T,
}

/// What reading the file found.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered<T> {
    /// The entries that wait, oldest first.
    pub entries: Vec<Spooled<T>>,
    /// What could not be read. A torn last line is one; anything else means that the disk or
    /// somebody changed the file.
    pub damage: Vec<Damage>,
    /// How many bytes of the file were read; [`Spool::clear`] asks for it.
    pub read: u64,
}

/// A part of the file that is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The last line is not whole: the process died while writing it, before it answered.
    TornEnd {
        /// Where it begins.
        offset: u64,
        /// How many bytes there are of it.
        len: u64,
    },
    /// A line in the middle does not match its checksum, or does not fit the entry.
    BadLine {
        /// Where it begins.
        offset: u64,
        /// How many bytes it has.
        len: u64,
    },
}

/// The file, open for appending. Clones share it.
#[derive(Clone, Debug)]
pub struct Spool {
    path: Arc<Path>,
    file: Arc<Mutex<Open>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Where the last whole line ends.
    len: u64,
    is_closed: bool,
}

impl Spool {
    /// Opens the spool at `path`, making it where there is none.
    ///
    /// A torn last line is reported, and moved to a file beside it (`.torn`), so that the next entry
    /// begins a line.
    pub fn open(path: impl Into<PathBuf>) -> Result<(Spool, Option<Damage>), SpoolError> {
        let path: Arc<Path> = path.into().into();
        let failed = |source| SpoolError::File { path: path.to_path_buf(), source };
        let is_new = !path.exists();
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        if is_new {
            sync_folder(&path).map_err(failed)?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let whole = whole_lines(&bytes);
        let mut damage = None;
        if whole < bytes.len() {
            damage =
                Some(Damage::TornEnd { offset: whole as u64, len: (bytes.len() - whole) as u64 });
            let mut torn = path.as_os_str().to_owned();
            torn.push(".torn");
            fs::write(PathBuf::from(torn), &bytes[whole..]).map_err(failed)?;
            file.set_len(whole as u64).map_err(failed)?;
            file.sync_all().map_err(failed)?;
        }
        let open = Open { file, len: whole as u64, is_closed: false };
        let spool = Spool { path, file: Arc::new(Mutex::new(open)), turn: Arc::default() };
        Ok((spool, damage))
    }

    /// Waits until nobody else is replaying: who holds the turn may read, store and clear.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Writes an entry; it is on the disk when this returns.
    ///
    /// Blocks for as long as the disk takes: call it from a thread that may block.
    pub fn append<T: Serialize>(&self, entry: &Spooled<T>) -> Result<(), SpoolError> {
        let line = frame(&serde_json::to_vec(entry)?);
        let mut open = self.lock();
        if open.is_closed {
            return Err(SpoolError::Closed(self.path.to_path_buf()));
        }
        let len = open.len;
        let written = open
            .file
            .seek(io::SeekFrom::Start(len))
            .and_then(|_| open.file.write_all(&line))
            .and_then(|()| open.file.sync_data());
        match written {
            Ok(()) => {
                open.len += line.len() as u64;
                Ok(())
            }
            Err(source) => {
                // Nobody was told that the entry is kept, so none of it may stay.
                let undone = open.file.set_len(len).and_then(|()| open.file.sync_data());
                open.is_closed = undone.is_err();
                Err(SpoolError::File { path: self.path.to_path_buf(), source })
            }
        }
    }

    /// Reads what waits, oldest first.
    pub fn read<T: for<'de> Deserialize<'de>>(&self) -> Result<Recovered<T>, SpoolError> {
        let mut open = self.lock();
        let mut bytes = Vec::new();
        open.file
            .seek(io::SeekFrom::Start(0))
            .and_then(|_| open.file.read_to_end(&mut bytes))
            .map_err(|source| SpoolError::File { path: self.path.to_path_buf(), source })?;
        Ok(recover(&bytes))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lock().len == 0
    }

    /// Forgets the first `read` bytes, all of whose entries are in the database.
    ///
    /// What was appended since stays. A file that held damaged lines is kept beside it (`.damaged`).
    pub fn clear<T>(&self, recovered: &Recovered<T>) -> Result<(), SpoolError> {
        let mut open = self.lock();
        let failed = |source| SpoolError::File { path: self.path.to_path_buf(), source };
        let mut bytes = Vec::new();
        open.file.seek(io::SeekFrom::Start(0)).map_err(failed)?;
        open.file.read_to_end(&mut bytes).map_err(failed)?;
        let read = usize::try_from(recovered.read).unwrap_or(usize::MAX).min(bytes.len());
        if !recovered.damage.is_empty() {
            let mut kept = self.path.as_os_str().to_owned();
            kept.push(".damaged");
            let mut kept = File::options()
                .create(true)
                .append(true)
                .open(PathBuf::from(kept))
                .map_err(failed)?;
            kept.write_all(&bytes[..read]).and_then(|()| kept.sync_all()).map_err(failed)?;
        }
        // The rest replaces the file in one step: a kill leaves the old file or the new one, and
        // the old one's entries are known to be applied.
        let mut next = self.path.as_os_str().to_owned();
        next.push(".next");
        let next = PathBuf::from(next);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&next)
            .map_err(failed)?;
        file.write_all(&bytes[read..]).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&next, &self.path).and_then(|()| sync_folder(&self.path)).map_err(failed)?;
        *open = Open { file, len: (bytes.len() - read) as u64, is_closed: false };
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        // A panic while the lock was held can't have left `len` beyond the last whole line.
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tx {
    /// Marks an entry of the spool as stored, and returns whether it was not before: only then is
    /// it to be stored, in this same transaction.
    pub async fn apply_spooled(&mut self, key: &str, now: Timestamp) -> Result<Replay> {
        let inserted = self
            .execute(
                "INSERT INTO spool_applied (key, applied_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
                &values![key, now],
            )
            .await?;
        Ok(if inserted == 1 { Replay::Store } else { Replay::AlreadyStored })
    }

    /// Returns which of the keys are stored.
    pub async fn spooled_applied<'a>(
        &mut self,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<String>> {
        let rows = self
            .fetch_in(
                &APPLIED,
                "SELECT key FROM spool_applied WHERE key IN ({keys})",
                &[],
                keys.into_iter().map(Value::from),
            )
            .await?;
        rows.iter().map(|row| Ok(row.text("key")?.to_owned())).collect()
    }
}

/// What to do with an entry of the spool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// Store it.
    Store,
    /// It is stored: an earlier replay got that far.
    AlreadyStored,
}

/// Writes an entry as a line: `length checksum json`.
fn frame(json: &[u8]) -> Vec<u8> {
    let mut line = header(json).into_bytes();
    line.extend_from_slice(json);
    line.push(b'\n');
    line
}

fn header(json: &[u8]) -> String {
    format!("{:08x} {} ", json.len(), checksum(json))
}

fn checksum(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))[..16].to_owned()
}

/// Where the last line that ends ends. JSON holds no line feed, so a line feed ends an entry.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

fn recover<T: for<'de> Deserialize<'de>>(bytes: &[u8]) -> Recovered<T> {
    let mut recovered =
        Recovered { entries: Vec::new(), damage: Vec::new(), read: bytes.len() as u64 };
    let mut offset = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (at, len) = (offset as u64, line.len() as u64);
        match line.strip_suffix(b"\n") {
            None => recovered.damage.push(Damage::TornEnd { offset: at, len }),
            Some(line) => match unframe(line).and_then(|json| serde_json::from_slice(json).ok()) {
                Some(entry) => recovered.entries.push(entry),
                None => recovered.damage.push(Damage::BadLine { offset: at, len }),
            },
        }
        offset += line.len();
    }
    recovered
}

fn unframe(line: &[u8]) -> Option<&[u8]> {
    let (found, json) = line.split_at_checked(HEADER)?;
    (found == header(json).as_bytes()).then_some(json)
}

/// Makes a new name in the folder durable.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
