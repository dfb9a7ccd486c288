//! Scheduled work as rows: the next occurrence of each trigger, and the ledger of those that ran.
//!
//! A worker claims what is due, decides, writes the ledger row and every effect, and moves the
//! trigger on, all in one transaction. The ledger's key (subject, kind, occurrence) is the promise
//! that an occurrence runs once. On PostgreSQL the claim locks the client's row, which is the lock
//! that everything about that client is done under; who comes second skips the client.

use jiff::{Timestamp, civil::Date};
use sqlx::AssertSqlSafe;

use super::{
    error::{Conflict, Result},
    row::{Row, Table},
    tally::Fired,
    tx::Tx,
    value::{Value, sizes, values},
};
use crate::{
    UserId,
    calendar::{Moment, Resolution, Zone},
    effect::Outcome,
    engine::schedule::{self, SystemTrigger, Trigger},
};

const TRIGGERS: Table = Table { name: "client_triggers", key: &["user_id", "kind"] };
const SYSTEM: Table = Table { name: "system_triggers", key: &["kind"] };
const RUNS: Table = Table { name: "scheduled_runs", key: &["subject", "kind", "occurrence"] };

/// The next occurrence of one kind of trigger for one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientTrigger {
    /// The client.
    pub user_id: UserId,
    /// The occurrence.
    pub due: schedule::Due,
    /// The zone that its instant was computed for.
    pub zone: Zone,
}

/// An occurrence that is due, under this transaction's lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTrigger {
    /// The occurrence.
    pub trigger: ClientTrigger,
    /// How often it has failed.
    pub failures: u32,
    /// Whether the ledger has it already: then it is only moved on.
    pub has_run: bool,
}

/// A due instant of one kind of system trigger, under this transaction's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueSystem {
    /// What falls due.
    pub trigger: SystemTrigger,
    /// When it is due.
    pub due_at: Timestamp,
    /// How often it has failed.
    pub failures: u32,
}

/// What fell due, for whom, and which of its occurrences: the key of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// A client's trigger, on a local date.
    Client {
        /// The client.
        user_id: UserId,
        /// The trigger.
        trigger: Trigger,
        /// The local date.
        date: Date,
    },
    /// A trigger of the practice, due at an instant.
    System {
        /// The trigger.
        trigger: SystemTrigger,
        /// The instant.
        due_at: Timestamp,
    },
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The occurrence.
    pub occasion: Occasion,
    /// When it was due.
    pub due_at: Timestamp,
    /// When it ran.
    pub fired_at: Timestamp,
    /// The zone it was computed for; UTC for the practice's own.
    pub zone: Zone,
    /// The zone's offset at `due_at`.
    pub utc_offset_seconds: i32,
    /// How the local time was found in the zone.
    pub resolution: Resolution,
    /// How it ended.
    pub outcome: Outcome,
    /// How many attempts it took, this one included.
    pub attempts: u32,
    /// What else there is to say, without personal data.
    pub detail: String,
}

/// A row of the ledger as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The client; absent for the practice's own, and for one who was erased.
    pub user_id: Option<UserId>,
    /// Which occurrence it was, and its place in the list.
    pub place: RanAfter,
    /// When it was due.
    pub due_at: Timestamp,
    /// The zone it was computed for.
    pub zone: Zone,
    /// How the local time was found in the zone.
    pub resolution: Resolution,
    /// How it ended.
    pub outcome: Outcome,
    /// How many attempts it took.
    pub attempts: u32,
}

/// A place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RanAfter {
    /// When the occurrence ran.
    pub fired_at: Timestamp,
    /// A client's id, `system`, or the random name of one who was erased.
    pub subject: String,
    /// The trigger.
    pub kind: String,
    /// A client's local date, or the due instant of the practice's own.
    pub occurrence: String,
}

impl Occasion {
    fn subject(&self) -> &str {
        match self {
            Occasion::Client { user_id, .. } => user_id.as_str(),
            Occasion::System { .. } => PRACTICE,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Occasion::Client { trigger, .. } => trigger.as_str(),
            Occasion::System { trigger, .. } => trigger.as_str(),
        }
    }

    fn occurrence(&self) -> String {
        match self {
            Occasion::Client { date, .. } => date.to_string(),
            Occasion::System { due_at, .. } => due_at.to_string(),
        }
    }
}

/// The subject of the practice's own runs; a client's is made of digits.
const PRACTICE: &str = "system";

impl Tx {
    /// Takes up to `limit` occurrences that are due, in the order in which they fall due.
    ///
    /// A client's closing waits for an earlier one that is blocked, so that deadlines run in order.
    pub async fn claim_triggers(&mut self, now: Timestamp, limit: u32) -> Result<Vec<DueTrigger>> {
        let lock = self.locking("FOR NO KEY UPDATE OF c, t SKIP LOCKED");
        let sql = format!(
            "SELECT t.user_id, t.kind, t.occurrence, t.due_at, t.zone, t.resolution, t.failures, \
             r.subject IS NOT NULL AS has_run \
             FROM client_triggers t JOIN clients c ON c.user_id = t.user_id \
             LEFT JOIN scheduled_runs r \
             ON r.subject = t.user_id AND r.kind = t.kind AND r.occurrence = t.occurrence \
             WHERE t.due_at <= $1 AND (t.blocked_until_at IS NULL OR t.blocked_until_at <= $1) \
             AND NOT (t.is_closing AND EXISTS (SELECT 1 FROM client_triggers b \
             WHERE b.user_id = t.user_id AND b.is_closing AND b.due_at < t.due_at \
             AND b.blocked_until_at > $1)) \
             ORDER BY t.due_at, t.precedence, t.user_id, t.kind LIMIT $2 {lock}"
        );
        let rows = self.fetch(&TRIGGERS, AssertSqlSafe(sql), &values![now, limit]).await?;
        self.read_all(&rows, |row| {
            Ok(DueTrigger {
                trigger: trigger(row)?,
                failures: row.count("failures")?,
                has_run: row.boolean("has_run")?,
            })
        })
    }

    /// Whether anything of a client is due at or before `at`, blocked or not.
    pub async fn has_due_triggers(&mut self, at: Timestamp) -> Result<bool> {
        let row = self
            .fetch_optional(
                &TRIGGERS,
                "SELECT user_id, kind FROM client_triggers WHERE due_at <= $1 LIMIT 1",
                &values![at],
            )
            .await?;
        Ok(row.is_some())
    }

    /// Returns when something next falls due: of a client, of these kinds of the practice, or a card
    /// that was put off.
    pub async fn next_trigger_at(&mut self, kinds: &[SystemTrigger]) -> Result<Option<Timestamp>> {
        let kinds = listed(kinds);
        let sql = format!(
            "SELECT MIN(at) AS next_at FROM ( \
                 SELECT MIN(due_at) AS at FROM client_triggers WHERE blocked_until_at IS NULL \
                 UNION ALL SELECT MIN(blocked_until_at) FROM client_triggers \
                 WHERE blocked_until_at IS NOT NULL \
                 UNION ALL SELECT MIN(wakes_at) FROM job_cards WHERE wakes_at IS NOT NULL \
                 UNION ALL SELECT MIN(CASE WHEN blocked_until_at > due_at THEN blocked_until_at \
                 ELSE due_at END) FROM system_triggers WHERE kind IN ({kinds})) AS times"
        );
        let row = self.fetch_optional(&TRIGGERS, AssertSqlSafe(sql), &[]).await?;
        row.map_or(Ok(None), |row| row.optional_instant("next_at"))
    }

    /// Returns the next occurrences of some clients, by client and kind.
    pub async fn triggers_of(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<ClientTrigger>> {
        let rows = self
            .fetch_in(
                &TRIGGERS,
                "SELECT user_id, kind, occurrence, due_at, zone, resolution \
                 FROM client_triggers WHERE user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut triggers = rows.iter().map(trigger).collect::<Result<Vec<_>>>()?;
        triggers.sort_by_key(|next| (next.user_id, next.due.trigger));
        Ok(triggers)
    }

    /// Sets the next occurrence of triggers, whatever it was: on activation, on another zone.
    pub async fn put_triggers(&mut self, triggers: &[ClientTrigger]) -> Result<()> {
        let rows = triggers.iter().map(|next| {
            values![
                next.user_id,
                next.due.trigger.as_str(),
                next.due.date,
                next.due.moment.at,
                precedence(next.due.trigger),
                next.due.trigger.is_closing(),
                next.zone.as_str(),
                next.due.moment.resolution.as_str(),
                0,
            ]
        });
        self.insert(
            "INSERT INTO client_triggers (user_id, kind, occurrence, due_at, precedence, is_closing, \
             zone, resolution, failures) VALUES",
            rows.collect(),
            "ON CONFLICT (user_id, kind) DO UPDATE SET occurrence = excluded.occurrence, \
             due_at = excluded.due_at, zone = excluded.zone, \
             resolution = excluded.resolution, failures = 0, blocked_until_at = NULL",
        )
        .await?;
        Ok(())
    }

    /// Moves triggers from the occurrence that was claimed to the next one.
    ///
    /// One that somebody has moved in the meantime stays where it is.
    pub async fn advance_triggers(
        &mut self,
        moves: &[(ClientTrigger, ClientTrigger)],
    ) -> Result<()> {
        let mut rest = moves;
        for size in sizes(moves.len()) {
            let (part, tail) = rest.split_at(size);
            rest = tail;
            let sql = format!(
                "WITH v (user_id, kind, claimed, occurrence, due_at, zone, resolution) \
                 AS (VALUES {}) \
                 UPDATE client_triggers SET occurrence = v.occurrence, due_at = v.due_at, \
                 zone = v.zone, resolution = v.resolution, failures = 0, blocked_until_at = NULL FROM v \
                 WHERE client_triggers.user_id = v.user_id AND client_triggers.kind = v.kind \
                 AND client_triggers.occurrence = v.claimed",
                self.groups(size, 7)
            );
            let values: Vec<Value> = part
                .iter()
                .flat_map(|(claimed, next)| {
                    values![
                        claimed.user_id,
                        claimed.due.trigger.as_str(),
                        claimed.due.date,
                        next.due.date,
                        next.due.moment.at,
                        next.zone.as_str(),
                        next.due.moment.resolution.as_str(),
                    ]
                })
                .collect();
            self.execute(AssertSqlSafe(sql), &values).await?;
        }
        Ok(())
    }

    /// Removes a trigger that has no next occurrence, unless somebody has moved it meanwhile.
    pub async fn end_trigger(&mut self, claimed: &ClientTrigger) -> Result<()> {
        self.execute(
            "DELETE FROM client_triggers WHERE user_id = $1 AND kind = $2 AND occurrence = $3",
            &values![claimed.user_id, claimed.due.trigger.as_str(), claimed.due.date],
        )
        .await?;
        Ok(())
    }

    /// Removes every trigger of a client who has left.
    pub async fn remove_triggers(&mut self, user_id: UserId) -> Result<u64> {
        self.execute("DELETE FROM client_triggers WHERE user_id = $1", &values![user_id]).await
    }

    /// Counts a failure of an occurrence, which then waits until `blocked_until`; returns how many
    /// it has by now.
    pub async fn fail_trigger(
        &mut self,
        claimed: &ClientTrigger,
        blocked_until: Timestamp,
    ) -> Result<u32> {
        let row = self
            .fetch_optional(
                &TRIGGERS,
                "UPDATE client_triggers SET failures = failures + 1, blocked_until_at = $4 \
                 WHERE user_id = $1 AND kind = $2 AND occurrence = $3 \
                 RETURNING user_id, kind, failures",
                &values![
                    claimed.user_id,
                    claimed.due.trigger.as_str(),
                    claimed.due.date,
                    blocked_until,
                ],
            )
            .await?;
        row.map_or(Ok(0), |row| row.count("failures"))
    }

    /// Takes the system trigger of these kinds that has been due longest, if any is.
    pub async fn claim_system_trigger(
        &mut self,
        now: Timestamp,
        kinds: &[SystemTrigger],
    ) -> Result<Option<DueSystem>> {
        let kinds = listed(kinds);
        let lock = self.locking("FOR UPDATE SKIP LOCKED");
        let sql = format!(
            "SELECT kind, due_at, failures FROM system_triggers WHERE due_at <= $1 \
             AND kind IN ({kinds}) AND (blocked_until_at IS NULL OR blocked_until_at <= $1) \
             ORDER BY due_at, kind LIMIT 1 {lock}"
        );
        let row = self.fetch_optional(&SYSTEM, AssertSqlSafe(sql), &values![now]).await?;
        row.map(|row| {
            Ok(DueSystem {
                trigger: row.parsed("kind")?,
                due_at: row.instant("due_at")?,
                failures: row.count("failures")?,
            })
        })
        .transpose()
    }

    /// Makes a system trigger known, first due at `due_at`; one that is known is left alone.
    pub async fn seed_system_trigger(
        &mut self,
        trigger: SystemTrigger,
        due_at: Timestamp,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO system_triggers (kind, due_at, failures) VALUES ($1, $2, 0) \
             ON CONFLICT (kind) DO NOTHING",
            &values![trigger.as_str(), due_at],
        )
        .await?;
        Ok(())
    }

    /// Moves a system trigger on from the instant that was claimed.
    pub async fn advance_system_trigger(
        &mut self,
        claimed: &DueSystem,
        next_due_at: Timestamp,
    ) -> Result<()> {
        self.execute(
            "UPDATE system_triggers SET due_at = $3, failures = 0, blocked_until_at = NULL \
             WHERE kind = $1 AND due_at = $2",
            &values![claimed.trigger.as_str(), claimed.due_at, next_due_at],
        )
        .await?;
        Ok(())
    }

    /// Counts a failure of a system trigger; returns how many it has by now.
    pub async fn fail_system_trigger(
        &mut self,
        claimed: &DueSystem,
        blocked_until: Timestamp,
    ) -> Result<u32> {
        let row = self
            .fetch_optional(
                &SYSTEM,
                "UPDATE system_triggers SET failures = failures + 1, blocked_until_at = $3 \
                 WHERE kind = $1 AND due_at = $2 RETURNING kind, failures",
                &values![claimed.trigger.as_str(), claimed.due_at, blocked_until],
            )
            .await?;
        row.map_or(Ok(0), |row| row.count("failures"))
    }

    /// Has a system trigger wait until `blocked_until` without counting a failure.
    pub async fn defer_system_trigger(
        &mut self,
        claimed: &DueSystem,
        blocked_until: Timestamp,
    ) -> Result<()> {
        self.execute(
            "UPDATE system_triggers SET blocked_until_at = $3 WHERE kind = $1 AND due_at = $2",
            &values![claimed.trigger.as_str(), claimed.due_at, blocked_until],
        )
        .await?;
        Ok(())
    }

    /// Writes runs into the ledger.
    ///
    /// Refuses with [`Conflict::Exists`] if one is there already, since its effects would be
    /// repeated: the transaction is to be given up.
    pub async fn record_runs(&mut self, runs: &[Run]) -> Result<()> {
        let rows = runs.iter().map(|run| {
            values![
                run.occasion.subject(),
                run.occasion.kind(),
                run.occasion.occurrence(),
                run.due_at,
                run.fired_at,
                run.zone.as_str(),
                run.utc_offset_seconds,
                run.resolution.as_str(),
                run.outcome.as_str(),
                run.attempts,
                &run.detail,
            ]
        });
        let recorded = self
            .insert(
                "INSERT INTO scheduled_runs (subject, kind, occurrence, due_at, fired_at, zone, \
                 utc_offset_seconds, resolution, outcome, attempts, detail) VALUES",
                rows.collect(),
                "ON CONFLICT (subject, kind, occurrence) DO NOTHING",
            )
            .await?;
        if recorded == runs.len() as u64 {
            self.note_fired(runs.iter().map(Fired::of));
            Ok(())
        } else {
            Err(Conflict::Exists("an occurrence has run already".to_owned()).into())
        }
    }

    /// Returns the run of an occurrence, if the ledger has one.
    pub async fn run_of(&mut self, occasion: Occasion) -> Result<Option<Run>> {
        let row = self
            .fetch_optional(
                &RUNS,
                "SELECT subject, kind, occurrence, due_at, fired_at, zone, utc_offset_seconds, \
                 resolution, outcome, attempts, detail FROM scheduled_runs \
                 WHERE subject = $1 AND kind = $2 AND occurrence = $3",
                &values![occasion.subject(), occasion.kind(), occasion.occurrence()],
            )
            .await?;
        row.as_ref().map(run).transpose()
    }

    /// Returns what falls due next of the practice itself, the earliest first.
    pub async fn system_schedule(&mut self) -> Result<Vec<(SystemTrigger, Timestamp)>> {
        let sql = "SELECT kind, due_at FROM system_triggers ORDER BY due_at, kind";
        let rows = self.fetch(&SYSTEM, sql, &[]).await?;
        self.read_all(&rows, |row| Ok((row.parsed("kind")?, row.instant("due_at")?)))
    }

    /// Reads up to `limit` rows of the ledger, the newest first, of a client or of all. Rows of
    /// clients who were erased are among them, under their random names.
    pub async fn ledger(
        &mut self,
        user_id: Option<UserId>,
        after: Option<RanAfter>,
        limit: u32,
    ) -> Result<Vec<Ran>> {
        let from = after.unwrap_or(RanAfter {
            fired_at: Timestamp::MAX,
            subject: String::new(),
            kind: String::new(),
            occurrence: String::new(),
        });
        let mut bound =
            values![from.fired_at, from.subject, from.kind, from.occurrence, limit].to_vec();
        let of_client = user_id.map(|user_id| {
            bound.push(Value::from(user_id));
            "AND subject = $6"
        });
        let sql = format!(
            "SELECT subject, kind, occurrence, due_at, fired_at, zone, resolution, outcome, attempts \
             FROM scheduled_runs WHERE (fired_at < $1 \
             OR (fired_at = $1 AND (subject, kind, occurrence) > ($2, $3, $4))) {} \
             ORDER BY fired_at DESC, subject, kind, occurrence LIMIT $5",
            of_client.unwrap_or_default()
        );
        let rows = self.fetch(&RUNS, AssertSqlSafe(sql), &bound).await?;
        self.read_all(&rows, |row| {
            let subject = row.text("subject")?;
            Ok(Ran {
                user_id: subject.parse().ok(),
                place: RanAfter {
                    fired_at: row.instant("fired_at")?,
                    subject: subject.to_owned(),
                    kind: row.text("kind")?.to_owned(),
                    occurrence: row.text("occurrence")?.to_owned(),
                },
                due_at: row.instant("due_at")?,
                zone: row.parsed("zone")?,
                resolution: row.parsed("resolution")?,
                outcome: row.parsed("outcome")?,
                attempts: row.count("attempts")?,
            })
        })
    }

    /// Reads the ledger: runs that fired from `from` until before `until`, oldest first. Those of
    /// clients who were erased are left out, as nobody has their random names: see
    /// [`ledger`](Tx::ledger).
    pub async fn runs_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Run>> {
        let rows = self
            .fetch(
                &RUNS,
                "SELECT subject, kind, occurrence, due_at, fired_at, zone, utc_offset_seconds, \
                 resolution, outcome, attempts, detail FROM scheduled_runs \
                 WHERE fired_at >= $1 AND fired_at < $2 \
                 ORDER BY fired_at, due_at, subject, kind LIMIT $3",
                &values![from, until, limit],
            )
            .await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in &rows {
            let subject = row.text("subject")?;
            if subject == PRACTICE || subject.parse::<UserId>().is_ok() {
                runs.push(run(row)?);
            }
        }
        Ok(runs)
    }
}

/// Writes kinds as the members of an SQL list; their names are fixed words.
fn listed(kinds: &[SystemTrigger]) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
    names.join(", ")
}

/// The order among those due at one instant: that of the enum.
fn precedence(trigger: Trigger) -> u32 {
    (0..).zip(Trigger::ALL).find(|(_, of)| **of == trigger).map_or(0, |(position, _)| position)
}

fn trigger(row: &Row) -> Result<ClientTrigger> {
    let moment = Moment { at: row.instant("due_at")?, resolution: row.parsed("resolution")? };
    Ok(ClientTrigger {
        user_id: row.parsed("user_id")?,
        due: schedule::Due { trigger: row.parsed("kind")?, date: row.date("occurrence")?, moment },
        zone: row.parsed("zone")?,
    })
}

fn run(row: &Row) -> Result<Run> {
    let due_at = row.instant("due_at")?;
    let occasion = if row.text("subject")? == PRACTICE {
        Occasion::System { trigger: row.parsed("kind")?, due_at }
    } else {
        Occasion::Client {
            user_id: row.parsed("subject")?,
            trigger: row.parsed("kind")?,
            date: row.date("occurrence")?,
        }
    };
    let offset = row.integer("utc_offset_seconds")?;
    Ok(Run {
        occasion,
        due_at,
        fired_at: row.instant("fired_at")?,
        zone: row.parsed("zone")?,
        utc_offset_seconds: i32::try_from(offset)
            .map_err(|_| row.corrupt("utc_offset_seconds", "is out of range"))?,
        resolution: row.parsed("resolution")?,
        outcome: row.parsed("outcome")?,
        attempts: row.count("attempts")?,
        detail: row.text("detail")?.to_owned(),
    })
}
