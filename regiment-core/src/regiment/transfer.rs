//! What comes in from files, and what goes out.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};

use super::{Error, Regiment, Result, apply::Changes, clients::named, context::Context, load};
use crate::{
    Dossier, Effect, Slug, UserId,
    calendar::{Zone, local_date},
    effect::Entry,
    engine::infractions,
    export::Archive,
    import::{Import, Known},
    record::{
        Actor, AlertKind, CardSource, ClientProfile, Evidence, Exercise, Flag, JobCard, Log,
        LogKey, Revision, Severity, Status, Voided,
    },
    store::{Quarantined, Tx},
};

/// What an import knows of those who are enlisted, before it reads a file.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// The zones of the clients.
    pub zones: BTreeMap<UserId, Zone>,
    /// Exercise names that somebody settled before.
    pub aliases: BTreeMap<String, Slug<Exercise>>,
}

impl Regiment {
    /// Returns what an import has to know of those who are enlisted.
    ///
    /// # Errors
    /// The store's.
    pub async fn held(&self) -> Result<Held> {
        let mut tx = self.store.read().await?;
        let aliases = tx.exercise_aliases().await?.into_iter().collect();
        let mut zones = BTreeMap::new();
        let mut after = None;
        loop {
            let page = tx.list_clients(after, 500).await?;
            let Some(last) = page.last() else { return Ok(Held { zones, aliases }) };
            after = Some(last.user_id);
            zones.extend(page.into_iter().map(|client| (client.user_id, client.timezone_offset)));
        }
    }

    /// Returns what an import would store: the same value that [`Regiment::import`] stores.
    ///
    /// # Errors
    /// [`Error::UnknownClient`] for logs of somebody who is neither enlisted nor in the import.
    pub async fn plan_import(&self, import: Import) -> Result<Import> {
        let mut tx = self.store.read().await?;
        let context = self.context(&mut tx).await?;
        against_held(&mut tx, import, &context).await
    }

    /// Stores an import in one transaction. Storing it twice stores nothing twice; imported logs
    /// raise no order, infraction or card. Rows in quarantine are kept, with an alert.
    ///
    /// # Errors
    /// As [`Regiment::plan_import`], and the store's.
    pub async fn import(&self, import: Import, by: &Actor) -> Result<Import> {
        let mut tx = self.store.begin().await?;
        let context = self.context(&mut tx).await?;
        let import = against_held(&mut tx, import, &context).await?;
        let mut changes = Changes::default();
        for profile in &import.profiles {
            store_profile(&mut tx, profile, &context, &mut changes).await?;
        }
        for archive in &import.archives {
            store_archive(&mut tx, archive, &context).await?;
        }
        let entries: Vec<Entry> = import
            .logs
            .iter()
            .map(|log| Entry {
                log: log.clone(),
                entered_at: log.at(),
                by: by.clone(),
                reason: Some(provenance(&import, &log.key())),
            })
            .collect();
        tx.append_logs(&entries, context.now).await?;
        refresh_lifts(&mut tx, import.logs.iter()).await?;
        tx.save_weigh_ins(&import.weigh_ins).await?;
        tx.save_cards(&with_ids(&import.cards, &context), context.now).await?;
        for template in &import.meal_templates {
            tx.save_meal_template(template, by, context.now).await?;
        }
        for template in &import.training_templates {
            tx.save_training_template(template, by, context.now).await?;
        }
        for (alias, exercise_id) in &import.aliases {
            tx.save_exercise_alias(alias, exercise_id, context.now).await?;
        }
        quarantine(&mut tx, &import, &context, &mut changes).await?;
        let clients: BTreeSet<UserId> = import.logs.iter().map(Log::user_id).collect();
        void_what_it_would_raise(&mut tx, clients, by, &context, &mut changes).await?;
        changes.write(&mut tx, &context).await?;
        tx.append_audit(&[super::entry(by, "imported", "practice")], context.now).await?;
        tx.commit().await?;
        Ok(import)
    }

    /// Returns everything about one client.
    ///
    /// # Errors
    /// [`Error::UnknownClient`], and the store's.
    pub async fn archive_of(&self, user_id: UserId) -> Result<Archive> {
        let mut tx = self.store.read().await?;
        read_archive(&mut tx, user_id).await
    }

    /// Returns profiles and effective logs of a page of clients after one id, for the log frames.
    ///
    /// # Errors
    /// The store's.
    pub async fn effective(
        &self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<(Vec<ClientProfile>, Vec<Log>)> {
        let mut tx = self.store.read().await?;
        let clients = tx.list_clients(after, limit).await?;
        let ids: Vec<UserId> = clients.iter().map(|client| client.user_id).collect();
        let logs = tx.effective_logs(ids, Date::MIN, Date::MAX).await?;
        Ok((clients, logs))
    }
}

/// Takes out of an import what is held already.
async fn against_held(tx: &mut Tx, import: Import, context: &Context) -> Result<Import> {
    let profiles = import.profiles.iter().map(|profile| profile.user_id);
    let restored: BTreeSet<UserId> =
        import.archives.iter().map(|archive| archive.client.user_id).collect();
    let brought: BTreeSet<UserId> = profiles.chain(restored.iter().copied()).collect();
    let mut clients: BTreeSet<UserId> = import.logs.iter().map(Log::user_id).collect();
    clients.extend(import.weigh_ins.iter().map(|weigh_in| weigh_in.user_id));
    clients.extend(import.cards.iter().map(|card| card.user_id));
    clients.extend(&brought);
    let profiles: BTreeMap<UserId, ClientProfile> = tx
        .clients(clients.iter().copied())
        .await?
        .into_iter()
        .map(|client| (client.user_id, client))
        .collect();
    if !clients.iter().all(|id| profiles.contains_key(id) || brought.contains(id)) {
        return Err(Error::UnknownClient);
    }
    let enlisted = || profiles.keys().copied();
    let first = import.logs.iter().map(Log::date).min().unwrap_or(Date::MAX);
    let logs = tx.effective_logs(enlisted(), first, Date::MAX).await?;
    let weigh_ins = tx.weigh_ins(import.weigh_ins.iter().map(|found| found.user_id)).await?;
    let cards = tx.cards_from(import.cards.iter().map(|card| card.user_id), Date::MIN).await?;
    let mut archives = BTreeMap::new();
    for user_id in restored {
        if profiles.contains_key(&user_id) {
            archives.insert(user_id, read_archive(tx, user_id).await?);
        }
    }
    Ok(import.against(&Known {
        logs: logs.into_iter().map(|log| (log.key(), log)).collect(),
        weigh_ins: weigh_ins
            .into_iter()
            .map(|found| ((found.user_id, found.date), found))
            .collect(),
        cards: cards.into_iter().map(|card| (card.user_id, card.source, card.date)).collect(),
        meal_templates: context.library.meal_templates.clone(),
        training_templates: context.library.training_templates.clone(),
        archives,
        profiles,
    }))
}

/// Reads everything about one client.
pub(super) async fn read_archive(tx: &mut Tx, user_id: UserId) -> Result<Archive> {
    let client = tx.client(user_id).await?.ok_or(Error::UnknownClient)?;
    let closed = tx.closed_from([user_id], Date::MIN).await?;
    Ok(Archive {
        revisions: tx.revisions(user_id, Date::MIN, Date::MAX).await?,
        orders: tx.orders_from([user_id], Date::MIN).await?,
        closed: closed.into_iter().map(|(_, date)| date).collect(),
        plans: tx.plans_from([user_id], Date::MIN).await?,
        choices: tx.choices_from([user_id], Date::MIN).await?,
        excuses: tx.excuses_until([user_id], Date::MIN).await?,
        requests: tx.requests_of(user_id).await?,
        infractions: tx.infractions_from([user_id], Date::MIN).await?,
        standing: tx.standings([user_id]).await?.pop(),
        cards: tx.cards_from([user_id], Date::MIN).await?,
        pauses: tx.pauses(user_id).await?,
        weigh_ins: tx.weigh_ins([user_id]).await?,
        ..Archive::new(client)
    })
}

/// Enlists a client who is not, and saves what a file says of one who is.
async fn store_profile(
    tx: &mut Tx,
    profile: &ClientProfile,
    context: &Context,
    changes: &mut Changes,
) -> Result<()> {
    if let Some(held) = tx.client(profile.user_id).await? {
        changes.take(&mut Dossier::new(held), vec![Effect::Profile(profile.clone())]);
        return Ok(());
    }
    let profile = named(profile.clone());
    tx.enlist(&profile, context.now).await?;
    if profile.status == Status::Active {
        super::apply::begin(tx, &profile, context).await?;
    }
    Ok(())
}

/// Brings a client back with everything about him, each revision at the instant it was stored.
async fn store_archive(tx: &mut Tx, archive: &Archive, context: &Context) -> Result<()> {
    let profile = named(archive.client.clone());
    tx.enlist(&profile, context.now).await?;
    let mut revisions: Vec<&Revision> = archive.revisions.iter().collect();
    revisions.sort_by_key(|revision| (revision.recorded_at, revision.number));
    for stored in revisions.chunk_by(|one, other| one.recorded_at == other.recorded_at) {
        let entries: Vec<Entry> = stored.iter().map(|revision| entry_of(revision)).collect();
        tx.append_logs(&entries, stored[0].recorded_at).await?;
    }
    let logs: Vec<Log> = archive.logs().into_values().cloned().collect();
    refresh_lifts(tx, logs.iter()).await?;
    tx.save_orders(&archive.orders).await?;
    let closed: Vec<_> = archive.closed.iter().map(|date| (profile.user_id, *date)).collect();
    tx.close_dates(&closed, context.now).await?;
    tx.save_plans(&archive.plans).await?;
    tx.save_choices(&archive.choices).await?;
    tx.save_excuses(&archive.excuses).await?;
    tx.save_requests(&archive.requests).await?;
    tx.save_infractions(&archive.infractions).await?;
    if let Some(standing) = &archive.standing {
        tx.save_standings(std::slice::from_ref(standing), context.now).await?;
    }
    tx.save_cards(&with_ids(&archive.cards, context), context.now).await?;
    tx.save_pauses(&archive.pauses).await?;
    tx.save_weigh_ins(&archive.weigh_ins).await?;
    if profile.status == Status::Active {
        super::apply::begin(tx, &profile, context).await?;
    }
    Ok(())
}

fn entry_of(revision: &Revision) -> Entry {
    let Revision { log, entered_at, by, reason, .. } = revision.clone();
    Entry { log, entered_at, by, reason }
}

fn with_ids(cards: &[JobCard], context: &Context) -> Vec<JobCard> {
    let id = |card: &JobCard| card.id.or_else(|| Some(context.mint()));
    cards.iter().map(|card| JobCard { id: id(card), ..card.clone() }).collect()
}

async fn refresh_lifts(tx: &mut Tx, logs: impl Iterator<Item = &Log>) -> Result<()> {
    let lifted: BTreeSet<(UserId, Slug<Exercise>)> = logs
        .filter_map(|log| match log {
            Log::Training(log) => Some((log.user_id, log.exercise_id.clone())),
            Log::Meal(_) | Log::Cardio(_) | Log::Checkin(_) => None,
        })
        .collect();
    for (user_id, exercise) in lifted {
        tx.refresh_lift(user_id, &exercise).await?;
    }
    Ok(())
}

fn provenance(import: &Import, key: &LogKey) -> String {
    import.origins.get(key).map_or_else(
        || "imported".to_owned(),
        |origin| format!("imported from {}, line {}", origin.source, origin.line),
    )
}

async fn quarantine(
    tx: &mut Tx,
    import: &Import,
    context: &Context,
    changes: &mut Changes,
) -> Result<()> {
    let rows: Vec<Quarantined> = import
        .quarantine
        .iter()
        .map(|row| Quarantined {
            user_id: row.user_id,
            date: row.date,
            source: row.origin.source.clone(),
            line: u32::try_from(row.origin.line).ok(),
            reason: row.reason.clone(),
            record: row.payload.clone(),
            found_at: context.now,
        })
        .collect();
    if tx.quarantine(&rows).await? == 0 {
        return Ok(());
    }
    changes.add(Effect::Alert {
        kind: AlertKind::Quarantine,
        severity: Severity::Medium,
        user_id: None,
        text: format!("an import put {} rows into quarantine", rows.len()),
    });
    let today = local_date(&Zone::utc(), context.now);
    let clients: BTreeSet<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let held = tx.clients(clients).await?;
    let cards = tx.unresolved_cards(held.iter().map(|client| client.user_id)).await?;
    for client in held {
        let user_id = client.user_id;
        let mut card =
            JobCard::open_or_find(&cards, user_id, CardSource::System, today, context.now);
        let of_client = rows.iter().filter(|row| row.user_id == Some(user_id));
        let lines: Vec<String> = of_client
            .map(|row| format!("{}:{}", row.source, row.line.unwrap_or_default()))
            .take(3)
            .collect();
        "Imported rows of this client are no records and stand in quarantine."
            .clone_into(&mut card.summary);
        card.add(
            Severity::Low,
            Evidence {
                flag: Flag::FlagParseError.into(),
                window_start: today,
                window_end: today,
                dates: Vec::new(),
                numbers: BTreeMap::new(),
                detail: lines.join(", "),
            },
        );
        changes.add(Effect::Card(card));
    }
    Ok(())
}

/// Writes the events that the rules would find in imported logs as void, so that no later look
/// counts them.
async fn void_what_it_would_raise(
    tx: &mut Tx,
    clients: BTreeSet<UserId>,
    by: &Actor,
    context: &Context,
    changes: &mut Changes,
) -> Result<()> {
    let ids: Vec<UserId> = clients.into_iter().collect();
    let today = local_date(&Zone::utc(), context.now);
    for dossier in load::dossiers(tx, &ids, today, load::Scope::Full).await?.values() {
        let none = infractions::Changes::default();
        for effect in infractions::review(dossier, none, &context.policy, context.now) {
            if let Effect::Infraction(mut event) = effect
                && event.counts()
            {
                event.voided = Some(voided(by, context.now));
                changes.add(Effect::Infraction(event));
            }
        }
    }
    Ok(())
}

fn voided(by: &Actor, now: Timestamp) -> Voided {
    Voided { reason: "imported".to_owned(), by: by.clone(), at: now }
}
