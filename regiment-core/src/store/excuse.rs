//! Excuses, the requests for them, and pauses.

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::{
    error::Result,
    row::Table,
    tx::Tx,
    value::{Value, values},
};
use crate::{
    Id, UserId,
    effect::PauseRow,
    record::{Excuse, ExcuseRequest},
};

const EXCUSES: Table = Table { name: "excuses", key: &["hash"] };
const REQUESTS: Table = Table { name: "excuse_requests", key: &["id"] };
const PAUSES: Table = Table { name: "pause_log", key: &["user_id", "at", "change"] };

impl Tx {
    /// Saves excuses; the same one is kept once.
    pub async fn save_excuses(&mut self, excuses: &[Excuse]) -> Result<()> {
        let mut rows = Vec::with_capacity(excuses.len());
        for excuse in excuses {
            let body = serde_json::to_string(excuse)?;
            let hash = format!("{:x}", Sha256::digest(&body));
            rows.push(values![hash, excuse.user_id, excuse.from, excuse.until, excuse.at, body]);
        }
        self.insert(
            "INSERT INTO excuses (hash, user_id, from_date, until_date, granted_at, body) VALUES",
            rows,
            "ON CONFLICT (hash) DO NOTHING",
        )
        .await?;
        for excuse in excuses {
            self.note_activity([excuse.user_id], excuse.at).await?;
        }
        Ok(())
    }

    /// Returns the excuses of some clients that end on a local date or later, oldest first.
    pub async fn excuses_until(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        first: Date,
    ) -> Result<Vec<Excuse>> {
        let rows = self
            .fetch_in(
                &EXCUSES,
                "SELECT hash, body FROM excuses WHERE until_date >= $1 AND user_id IN ({keys})",
                &values![first],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut excuses: Vec<Excuse> = self.read_all(&rows, |row| row.json("body"))?;
        excuses.sort_by_key(|excuse| (excuse.user_id, excuse.at, excuse.from));
        Ok(excuses)
    }

    /// Saves requests to be excused, over what was known of each.
    pub async fn save_requests(&mut self, requests: &[ExcuseRequest]) -> Result<()> {
        let mut rows = Vec::with_capacity(requests.len());
        for request in requests {
            rows.push(values![
                request.id.to_string(),
                request.user_id,
                request.state.as_str(),
                request.asked_at,
                serde_json::to_string(request)?,
            ]);
        }
        self.insert(
            "INSERT INTO excuse_requests (id, user_id, state, asked_at, body) VALUES",
            rows,
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body",
        )
        .await?;
        Ok(())
    }

    /// Returns the undecided requests of some clients, oldest first.
    pub async fn open_requests(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<ExcuseRequest>> {
        let rows = self
            .fetch_in(
                &REQUESTS,
                "SELECT id, body FROM excuse_requests WHERE state = 'asked' AND user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut requests: Vec<ExcuseRequest> = self.read_all(&rows, |row| row.json("body"))?;
        requests.sort_by_key(|request| (request.user_id, request.asked_at, request.id));
        Ok(requests)
    }

    /// Returns every request of a client, decided or not, oldest first.
    pub async fn requests_of(&mut self, user_id: UserId) -> Result<Vec<ExcuseRequest>> {
        let sql = "SELECT id, body FROM excuse_requests WHERE user_id = $1 ORDER BY asked_at, id";
        let rows = self.fetch(&REQUESTS, sql, &values![user_id]).await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Returns a request.
    pub async fn request(&mut self, id: Id<ExcuseRequest>) -> Result<Option<ExcuseRequest>> {
        let sql = "SELECT id, body FROM excuse_requests WHERE id = $1";
        let row = self.fetch_optional(&REQUESTS, sql, &values![id.to_string()]).await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// Lists every client's undecided requests, oldest first.
    pub async fn undecided_requests(&mut self, limit: u32) -> Result<Vec<ExcuseRequest>> {
        let rows = self
            .fetch(
                &REQUESTS,
                "SELECT id, body FROM excuse_requests WHERE state = 'asked' \
                 ORDER BY asked_at, id LIMIT $1",
                &values![limit],
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Writes rows of the pause log.
    pub async fn save_pauses(&mut self, pauses: &[PauseRow]) -> Result<()> {
        let mut rows = Vec::with_capacity(pauses.len());
        for pause in pauses {
            rows.push(values![
                pause.user_id,
                pause.at,
                pause.change.as_str(),
                serde_json::to_string(&pause.by)?,
                &pause.reason,
                pause.until,
                pause.days,
            ]);
        }
        self.insert(
            "INSERT INTO pause_log (user_id, at, change, actor, reason, until, days) VALUES",
            rows,
            "ON CONFLICT (user_id, at, change) DO NOTHING",
        )
        .await?;
        for pause in pauses {
            self.note_activity([pause.user_id], pause.at).await?;
        }
        Ok(())
    }

    /// Returns a client's pause log, oldest first.
    pub async fn pauses(&mut self, user_id: UserId) -> Result<Vec<PauseRow>> {
        let rows = self
            .fetch(
                &PAUSES,
                "SELECT user_id, at, change, actor, reason, until, days FROM pause_log \
                 WHERE user_id = $1 ORDER BY at, change",
                &values![user_id],
            )
            .await?;
        self.read_all(&rows, |row| {
            Ok(PauseRow {
                user_id: row.parsed("user_id")?,
                change: row.parsed("change")?,
                at: row.instant("at")?,
                by: row.json("actor")?,
                reason: row.text("reason")?.to_owned(),
                until: row.optional_text("until")?.map(|_| row.date("until")).transpose()?,
                days: row.optional_count("days")?,
            })
        })
    }
}
