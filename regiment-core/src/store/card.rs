//! Job cards.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    error::{Conflict, Result},
    row::{Row, Table},
    tx::Tx,
    value::{Value, values},
};
use crate::{
    Id, UserId,
    record::{CardSource, CardState, JobCard, Severity, Snooze},
};

pub(super) const CARDS: Table = Table { name: "job_cards", key: &["id"] };

/// Which cards a list shows, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardsWanted {
    /// One client's alone.
    pub user_id: Option<UserId>,
    /// Only cards in one of these.
    pub states: Vec<CardState>,
    /// Only cards of this severity or above.
    pub min_severity: Severity,
    /// The order.
    pub order: CardOrder,
}

/// How cards are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardOrder {
    /// Worst first: by severity, then priority, then age.
    Need,
    /// Newest first, by date.
    Newest,
}

/// How many cards of one severity a weekly scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeeklyCount {
    /// The severity.
    pub severity: Severity,
    /// All of them, one for each scanned client.
    pub cards: u32,
    /// Those that ask for a decision.
    pub waiting: u32,
}

/// Where a card stood in a list when it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardPlace {
    severity: u32,
    priority: f64,
    raised_at: Timestamp,
    date: Date,
    id: String,
}

/// A card of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCard {
    /// The card.
    pub card: JobCard,
    /// Its version.
    pub version: u32,
    /// From where the list goes on after it.
    pub place: CardPlace,
}

impl Tx {
    /// Saves cards over those of the same client, source and date, each of which comes once.
    ///
    /// A new card brings its id; one that replaces another keeps that one's.
    pub async fn save_cards(&mut self, cards: &[JobCard], now: Timestamp) -> Result<()> {
        let known = self.card_ids(cards).await?;
        let mut rows = Vec::with_capacity(cards.len());
        for card in cards {
            let id = known.get(&(card.user_id, card.source, card.date)).copied().or(card.id);
            let Some(id) = id else {
                return Err(Conflict::Missing("the card has no id".to_owned()).into());
            };
            let card = JobCard { id: Some(id), ..card.clone() };
            rows.push(values![
                id.to_string(),
                card.user_id,
                card.source.as_str(),
                card.date,
                card.state.as_str(),
                rank(card.severity),
                card.priority,
                card.timestamp,
                now,
                wakes_at(&card),
                1,
                serde_json::to_string(&card)?,
            ]);
        }
        self.insert(
            "INSERT INTO job_cards (id, user_id, source, date, state, severity, priority, \
             raised_at, updated_at, wakes_at, version, body) VALUES",
            rows,
            "ON CONFLICT (user_id, source, date) DO UPDATE SET state = excluded.state, \
             severity = excluded.severity, priority = excluded.priority, \
             updated_at = excluded.updated_at, wakes_at = excluded.wakes_at, \
             version = job_cards.version + 1, \
             body = excluded.body",
        )
        .await?;
        Ok(())
    }

    /// Returns a card and its version.
    pub async fn card(&mut self, id: Id<JobCard>) -> Result<Option<(JobCard, u32)>> {
        let sql = "SELECT id, version, body FROM job_cards WHERE id = $1";
        let row = self.fetch_optional(&CARDS, sql, &values![id.to_string()]).await?;
        row.map(|row| Ok((row.json("body")?, row.count("version")?))).transpose()
    }

    /// Returns some cards and their versions, in no particular order.
    pub async fn cards(
        &mut self,
        ids: impl IntoIterator<Item = Id<JobCard>>,
    ) -> Result<Vec<(JobCard, u32)>> {
        let rows = self
            .fetch_in(
                &CARDS,
                "SELECT id, version, body FROM job_cards WHERE id IN ({keys})",
                &[],
                ids.into_iter().map(|id| Value::from(id.to_string())),
            )
            .await?;
        self.read_all(&rows, |row| Ok((row.json("body")?, row.count("version")?)))
    }

    /// Saves a card over the version that was read; refuses with [`Conflict::Stale`] if somebody
    /// saved it in between. Returns the new version.
    pub async fn save_card(
        &mut self,
        id: Id<JobCard>,
        card: &JobCard,
        version: u32,
        now: Timestamp,
    ) -> Result<u32> {
        let card = JobCard { id: Some(id), ..card.clone() };
        let saved = self
            .execute(
                "UPDATE job_cards SET state = $3, severity = $4, priority = $5, updated_at = $6, \
                 version = version + 1, body = $7, wakes_at = $8 WHERE id = $1 AND version = $2",
                &values![
                    id.to_string(),
                    version,
                    card.state.as_str(),
                    rank(card.severity),
                    card.priority,
                    now,
                    serde_json::to_string(&card)?,
                    wakes_at(&card),
                ],
            )
            .await?;
        if saved == 1 {
            return Ok(version + 1);
        }
        let expected = version.into();
        Err(Conflict::Stale { table: CARDS.name, id: id.to_string(), expected }.into())
    }

    /// Returns the unresolved cards of some clients, by client, date and source.
    pub async fn unresolved_cards(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<JobCard>> {
        let rows = self
            .fetch_in(
                &CARDS,
                "SELECT id, body FROM job_cards \
                 WHERE state IN ('open', 'acknowledged', 'snoozed') AND user_id IN ({keys})",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut cards: Vec<JobCard> = self.read_all(&rows, |row| row.json("body"))?;
        cards.sort_by_key(|card| (card.user_id, card.date, card.source));
        Ok(cards)
    }

    /// Returns the cards of some clients from a local date on, resolved ones too, by client, date
    /// and source.
    pub async fn cards_from(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
    ) -> Result<Vec<JobCard>> {
        let rows = self
            .fetch_in(
                &CARDS,
                "SELECT id, body FROM job_cards WHERE date >= $1 AND user_id IN ({keys})",
                &values![from],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut cards: Vec<JobCard> = self.read_all(&rows, |row| row.json("body"))?;
        cards.sort_by_key(|card| (card.user_id, card.date, card.source));
        Ok(cards)
    }

    /// Lists up to `limit` unresolved cards, worst first: by severity, then priority, then age.
    pub async fn open_cards(&mut self, limit: u32) -> Result<Vec<JobCard>> {
        let rows = self
            .fetch(
                &CARDS,
                "SELECT id, body FROM job_cards \
                 WHERE state IN ('open', 'acknowledged', 'snoozed') \
                 ORDER BY severity DESC, priority DESC, raised_at, id LIMIT $1",
                &values![limit],
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Counts the cards of a Sunday's weekly scan by severity, worst first.
    pub async fn weekly_counts(&mut self, sunday: Date) -> Result<Vec<WeeklyCount>> {
        let rows = self
            .fetch(
                &CARDS,
                "SELECT severity, COUNT(*) AS cards, COUNT(CASE WHEN state IN \
                 ('open', 'acknowledged', 'snoozed') THEN 1 END) AS waiting FROM job_cards \
                 WHERE date = $1 AND source = 'weekly_scan' \
                 GROUP BY severity ORDER BY severity DESC",
                &values![sunday],
            )
            .await?;
        let count = |row: &Row| {
            Ok(WeeklyCount {
                severity: severity(row)?,
                cards: row.count("cards")?,
                waiting: row.count("waiting")?,
            })
        };
        rows.iter().map(count).collect()
    }

    /// Lists up to `limit` unresolved cards of a Sunday's weekly scan, worst first: by severity, then
    /// priority, then id.
    pub async fn worst_weekly(&mut self, sunday: Date, limit: u32) -> Result<Vec<JobCard>> {
        let rows = self
            .fetch(
                &CARDS,
                "SELECT id, body FROM job_cards WHERE date = $1 AND source = 'weekly_scan' \
                 AND state IN ('open', 'acknowledged', 'snoozed') \
                 ORDER BY severity DESC, priority DESC, id LIMIT $2",
                &values![sunday, limit],
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Lists up to `limit` of the wanted cards after a place, in their order.
    pub async fn list_cards(
        &mut self,
        wanted: &CardsWanted,
        after: Option<&CardPlace>,
        limit: u32,
    ) -> Result<Vec<ListedCard>> {
        let user_id = wanted.user_id.map_or_else(String::new, |id| id.to_string());
        let states = || wanted.states.iter().map(|state| Value::from(state.as_str()));
        let least = rank(wanted.min_severity);
        let rows = match wanted.order {
            CardOrder::Need => {
                let sql = "SELECT id, user_id, version, severity, priority, raised_at, date, body \
                     FROM job_cards WHERE ($1 = '' OR user_id = $1) AND severity >= $2 \
                     AND (severity < $3 OR (severity = $3 AND (priority < $4 OR (priority = $4 \
                     AND (raised_at > $5 OR (raised_at = $5 AND id > $6)))))) \
                     AND state IN ({keys}) \
                     ORDER BY severity DESC, priority DESC, raised_at, id LIMIT $7";
                let fixed = match after {
                    Some(CardPlace { severity, priority, raised_at, date: _, id }) => {
                        values![user_id, least, *severity, *priority, *raised_at, id, limit]
                    }
                    None => values![user_id, least, u32::MAX, 0.0, Timestamp::MIN, "", limit],
                };
                self.fetch_in(&CARDS, sql, &fixed, states()).await?
            }
            CardOrder::Newest => {
                let sql = "SELECT id, user_id, version, severity, priority, raised_at, date, body \
                     FROM job_cards WHERE ($1 = '' OR user_id = $1) AND severity >= $2 \
                     AND (date < $3 OR (date = $3 AND id < $4)) AND state IN ({keys}) \
                     ORDER BY date DESC, id DESC LIMIT $5";
                let fixed = match after {
                    Some(place) => values![user_id, least, place.date, &place.id, limit],
                    None => values![user_id, least, Date::MAX, "", limit],
                };
                self.fetch_in(&CARDS, sql, &fixed, states()).await?
            }
        };
        self.read_all(&rows, listed)
    }

    /// Returns up to `limit` snoozed cards whose time has come.
    pub async fn cards_to_wake(&mut self, now: Timestamp, limit: u32) -> Result<Vec<JobCard>> {
        let rows = self
            .fetch(
                &CARDS,
                "SELECT id, user_id, date, body FROM job_cards WHERE wakes_at <= $1 \
                 ORDER BY wakes_at, id LIMIT $2",
                &values![now, limit],
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Returns the ids of the stored cards that these replace.
    async fn card_ids(
        &mut self,
        cards: &[JobCard],
    ) -> Result<BTreeMap<(UserId, CardSource, Date), Id<JobCard>>> {
        let Some(first) = cards.iter().map(|card| card.date).min() else {
            return Ok(BTreeMap::new());
        };
        let rows = self
            .fetch_in(
                &CARDS,
                "SELECT id, user_id, source, date FROM job_cards \
                 WHERE date >= $1 AND user_id IN ({keys})",
                &values![first],
                cards.iter().map(|card| Value::from(card.user_id)),
            )
            .await?;
        rows.iter()
            .map(|row| {
                let key = (row.parsed("user_id")?, row.parsed("source")?, row.date("date")?);
                Ok((key, row.parsed("id")?))
            })
            .collect()
    }
}

fn listed(row: &Row) -> Result<ListedCard> {
    let place = CardPlace {
        severity: row.count("severity")?,
        priority: row.real("priority")?,
        raised_at: row.instant("raised_at")?,
        date: row.date("date")?,
        id: row.text("id")?.to_owned(),
    };
    Ok(ListedCard { card: row.json("body")?, version: row.count("version")?, place })
}

pub(super) fn severity(row: &Row) -> Result<Severity> {
    let rank = row.count("severity")?;
    let found = Severity::ALL.iter().find(|of| self::rank(**of) == rank).copied();
    found.ok_or_else(|| row.corrupt("severity", format!("{rank} is not 0 to 3")).into())
}

/// When a card that is put off until an instant wakes.
fn wakes_at(card: &JobCard) -> Option<Timestamp> {
    match card.snooze {
        Some(Snooze::At(at)) if card.state == CardState::Snoozed => Some(at),
        Some(Snooze::At(_) | Snooze::NextCheckin | Snooze::Worse) | None => None,
    }
}

/// The number by which a severity is listed.
pub(super) fn rank(severity: Severity) -> u32 {
    (0..).zip(Severity::ALL).find(|(_, of)| **of == severity).map_or(0, |(rank, _)| rank)
}
