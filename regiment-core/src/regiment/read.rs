//! What can be asked without changing anything.

use jiff::{Timestamp, civil::Date};

use super::{
    Error, Regiment, Result, load,
    overview::{counts, items},
};
use crate::{
    UserId,
    calendar::local_date,
    engine::schedule::Trigger,
    measure::Minutes,
    record::{
        ClientProfile, Gate, Infraction, JobCard, Log, LogKey, Order, OrderKind, Revision,
        Standing, Stream,
    },
    store::{LogsWanted, RevisionPlace},
};

/// A client's day: what is asked of him, and what he has answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    /// The local date.
    pub date: Date,
    /// Whether the client takes part on it.
    pub gate: Gate,
    /// The orders that stand.
    pub orders: Vec<Order>,
    /// Their items, in the order they were asked.
    pub items: Vec<Item>,
    /// What comes next, and when.
    pub next: Option<(Trigger, Timestamp)>,
}

/// One item of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is.
    pub key: LogKey,
    /// Which drop asked for it.
    pub order: OrderKind,
    /// The exercise's name, on a top set.
    pub exercise: Option<String>,
    /// The minutes asked for, on cardio.
    pub minutes: Option<Minutes>,
    /// When it closes.
    pub deadline: Timestamp,
    /// The effective log, where there is one.
    pub log: Option<Log>,
}

/// Where a client stands with the infraction monitor.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What escalation has done.
    pub standing: Standing,
    /// Events of the last five weeks, voided ones included.
    pub events: Vec<Infraction>,
    /// Events that count, in the last 7, 10 and 14 local dates.
    pub counts: [(u32, u32); 3],
}

impl Regiment {
    /// Returns a profile.
    ///
    /// # Errors
    /// The store's.
    pub async fn client(&self, user_id: UserId) -> Result<Option<ClientProfile>> {
        Ok(self.store.read().await?.client(user_id).await?)
    }

    /// Returns profiles by id, after one id, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    pub async fn clients(&self, after: Option<UserId>, limit: u32) -> Result<Vec<ClientProfile>> {
        Ok(self.store.read().await?.list_clients(after, limit).await?)
    }

    /// Returns a client's day as it stands.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn today(&self, user_id: UserId) -> Result<Today> {
        let mut tx = self.store.read().await?;
        let now = self.clock.now();
        let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        let date = local_date(&client.timezone_offset, now);
        let dossier = load::one(&mut tx, user_id, date).await?;
        let orders: Vec<Order> = dossier.orders_of(date).cloned().collect();
        let items = items(&orders, |key| dossier.log(key).cloned());
        let next = tx
            .triggers_of([user_id])
            .await?
            .into_iter()
            .map(|row| (row.due.trigger, row.due.moment.at))
            .min_by_key(|(_, at)| *at);
        Ok(Today { date, gate: client.gate(date), orders, items, next })
    }

    /// Returns where a client stands with the infraction monitor.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn standing(&self, user_id: UserId) -> Result<Report> {
        let mut tx = self.store.read().await?;
        let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
        let today = local_date(&client.timezone_offset, self.clock.now());
        let dossier = load::one(&mut tx, user_id, today).await?;
        let counts = counts(&dossier.infractions, today);
        Ok(Report { standing: dossier.standing, events: dossier.infractions, counts })
    }

    /// Returns a client's logs of a stream between two local dates, with every revision.
    ///
    /// # Errors
    /// The store's.
    pub async fn revisions(
        &self,
        user_id: UserId,
        stream: Option<Stream>,
        from: Date,
        until: Date,
    ) -> Result<Vec<Revision>> {
        let mut tx = self.store.read().await?;
        let mut revisions = tx.revisions(user_id, from, until).await?;
        revisions.retain(|revision| stream.is_none_or(|stream| revision.log.stream() == stream));
        Ok(revisions)
    }

    /// Lists up to `limit` revisions of a client's logs after a place, newest date first.
    ///
    /// # Errors
    /// The store's.
    pub async fn list_revisions(
        &self,
        wanted: &LogsWanted,
        after: Option<&RevisionPlace>,
        limit: u32,
    ) -> Result<Vec<Revision>> {
        Ok(self.store.read().await?.list_revisions(wanted, after, limit).await?)
    }

    /// Returns the unresolved cards, worst first: by severity, then priority, then age.
    ///
    /// # Errors
    /// The store's.
    pub async fn open_cards(&self, limit: u32) -> Result<Vec<JobCard>> {
        Ok(self.store.read().await?.open_cards(limit).await?)
    }
}
