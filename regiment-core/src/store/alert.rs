//! Alerts: one open for each kind and client, counted while it lasts.

use jiff::Timestamp;

use super::{
    card::rank,
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::{Value, values},
};
use crate::{
    Id, UserId,
    record::{Actor, Alert, AlertKind, Severity},
};

const ALERTS: Table = Table { name: "alerts", key: &["id"] };

/// A condition that is to be raised, or counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// The alert's id, if none of the kind is open for the client.
    pub id: Id<Alert>,
    /// What it is about.
    pub kind: AlertKind,
    /// How much it matters; an open alert keeps the higher one.
    pub severity: Severity,
    /// The client, where there is one.
    pub user_id: Option<UserId>,
    /// What happened, without personal data; an open alert takes the later text.
    pub text: String,
    /// How often it happened.
    pub count: u32,
}

/// Which alerts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertsWanted {
    /// Closed ones too.
    pub closed_too: bool,
    /// Only what comes after the alert of this instant and id; absent means from the first.
    pub after: Option<(Timestamp, String)>,
}

impl Tx {
    /// Raises alerts, or counts up the open ones of the same kind and client; of one call, each
    /// kind and client comes once.
    pub async fn raise_alerts(&mut self, alerts: &[NewAlert], now: Timestamp) -> Result<()> {
        let rows = alerts.iter().map(|alert| {
            values![
                alert.id.to_string(),
                alert.kind.as_str(),
                alert.user_id.map_or_else(String::new, |user_id| user_id.to_string()),
                rank(alert.severity),
                &alert.text,
                now,
                now,
                alert.count,
            ]
        });
        self.insert(
            "INSERT INTO alerts (id, kind, about, severity, text, raised_at, last_at, count) VALUES",
            rows.collect(),
            "ON CONFLICT (kind, about) WHERE closed_at IS NULL DO UPDATE SET \
             count = alerts.count + excluded.count, text = excluded.text, last_at = excluded.last_at, \
             severity = CASE WHEN excluded.severity > alerts.severity \
             THEN excluded.severity ELSE alerts.severity END",
        )
        .await?;
        Ok(())
    }

    /// Closes an alert; returns whether it was open.
    pub async fn close_alert(
        &mut self,
        id: Id<Alert>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Closed> {
        let changed = self
            .execute(
                "UPDATE alerts SET closed_at = $2, closed_by = $3 \
                 WHERE id = $1 AND closed_at IS NULL",
                &values![id.to_string(), now, serde_json::to_string(by)?],
            )
            .await?;
        Ok(if changed == 1 { Closed::Now } else { Closed::Before })
    }

    /// Lists up to `limit` open alerts, worst first, then oldest.
    pub async fn open_alerts(&mut self, limit: u32) -> Result<Vec<Alert>> {
        let rows = self
            .fetch(
                &ALERTS,
                "SELECT id, kind, about, severity, text, raised_at, count, closed_at, closed_by \
                 FROM alerts WHERE closed_at IS NULL ORDER BY severity DESC, raised_at, id LIMIT $1",
                &values![limit],
            )
            .await?;
        self.read_all(&rows, alert)
    }

    /// Returns an alert.
    pub async fn alert(&mut self, id: Id<Alert>) -> Result<Option<Alert>> {
        let sql = "SELECT id, kind, about, severity, text, raised_at, count, closed_at, closed_by \
                   FROM alerts WHERE id = $1";
        let row = self.fetch_optional(&ALERTS, sql, &values![id.to_string()]).await?;
        row.as_ref().map(alert).transpose()
    }

    /// Lists up to `limit` alerts, the first raised last; of one instant, the greater id first.
    pub async fn alerts(&mut self, wanted: &AlertsWanted, limit: u32) -> Result<Vec<Alert>> {
        let (at, id) = wanted.after.clone().unwrap_or((Timestamp::MAX, String::new()));
        let rows = self
            .fetch(
                &ALERTS,
                "SELECT id, kind, about, severity, text, raised_at, count, closed_at, closed_by \
                 FROM alerts WHERE (closed_at IS NULL OR $1) \
                 AND (raised_at < $2 OR (raised_at = $2 AND id < $3)) \
                 ORDER BY raised_at DESC, id DESC LIMIT $4",
                &values![wanted.closed_too, at, id, limit],
            )
            .await?;
        self.read_all(&rows, alert)
    }

    /// Lists the open alerts of some kinds that are about no client, each with when it was last said
    /// to hold.
    pub async fn open_alerts_of(&mut self, kinds: &[AlertKind]) -> Result<Vec<(Alert, Timestamp)>> {
        let rows = self
            .fetch_in(
                &ALERTS,
                "SELECT id, kind, about, severity, text, raised_at, last_at, count, closed_at, \
                 closed_by FROM alerts WHERE closed_at IS NULL AND about = '' AND kind IN ({keys})",
                &[],
                kinds.iter().map(|kind| Value::from(kind.as_str())),
            )
            .await?;
        self.read_all(&rows, |row| Ok((alert(row)?, row.instant("last_at")?)))
    }

    /// Notes that what an open alert says holds still.
    pub async fn confirm_alert(&mut self, id: Id<Alert>, now: Timestamp) -> Result<()> {
        self.execute(
            "UPDATE alerts SET last_at = $2 WHERE id = $1 AND closed_at IS NULL",
            &values![id.to_string(), now],
        )
        .await?;
        Ok(())
    }

    /// Counts the open alerts by severity, low first.
    pub async fn count_open_alerts(&mut self) -> Result<[u32; 4]> {
        let sql = "SELECT '' AS id, severity, COUNT(*) AS n FROM alerts \
                   WHERE closed_at IS NULL GROUP BY severity";
        let mut counts = [0; 4];
        for row in self.fetch(&ALERTS, sql, &[]).await? {
            let place = usize::try_from(row.integer("severity")?).ok();
            let count = place.and_then(|place| counts.get_mut(place));
            *count.ok_or_else(|| row.corrupt("severity", "is out of range"))? = row.count("n")?;
        }
        Ok(counts)
    }

    /// Lists the alerts that were last raised from `from` until before `until`, in that order.
    pub async fn alerts_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Alert>> {
        let rows = self
            .fetch(
                &ALERTS,
                "SELECT id, kind, about, severity, text, raised_at, count, closed_at, closed_by \
                 FROM alerts WHERE last_at >= $1 AND last_at < $2 ORDER BY last_at, id",
                &values![from, until],
            )
            .await?;
        self.read_all(&rows, alert)
    }
}

/// Whether an alert was closed by this call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// It was.
    Now,
    /// It was closed before, or there is none with this id.
    Before,
}

fn alert(row: &Row) -> Result<Alert> {
    let number = usize::try_from(row.integer("severity")?).ok();
    let severity = number.and_then(|number| Severity::ALL.get(number)).copied();
    Ok(Alert {
        id: row.parsed("id")?,
        kind: row.parsed("kind")?,
        severity: severity.ok_or_else(|| row.corrupt("severity", "is out of range"))?,
        user_id: match row.text("about")? {
            "" => None,
            _ => Some(row.parsed("about")?),
        },
        text: row.text("text")?.to_owned(),
        raised_at: row.instant("raised_at")?,
        count: row.count("count")?,
        closed_at: row.optional_instant("closed_at")?,
        closed_by: row.optional_text("closed_by")?.map(|_| row.json("closed_by")).transpose()?,
    })
}
