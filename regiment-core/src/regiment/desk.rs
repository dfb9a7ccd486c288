//! Tells the coaches of job cards.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::Result;
use crate::{
    UserId,
    engine::cards::{self, CARDS_PER_MESSAGE},
    message::Dispatch,
    record::JobCard,
    store::{self, Tx},
};

/// Returns those of the cards that are about to be saved of which the coaches hear at once.
pub(super) async fn news(tx: &mut Tx, saved: &[JobCard]) -> Result<Vec<JobCard>> {
    let urgent = saved.iter().filter(|card| cards::is_news(card, &[]));
    let ids: Vec<_> = urgent.filter_map(|card| card.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let stored = tx.cards(ids).await?;
    let is_news = |card: &&JobCard| {
        let known = stored.iter().map(|(known, _)| known).filter(|known| known.id == card.id);
        let absorbed = saved.iter().filter(|other| other.merged_into == card.id);
        cards::is_news(card, &known.chain(absorbed).cloned().collect::<Vec<_>>())
    };
    Ok(saved.iter().filter(is_news).cloned().collect())
}

/// Returns the messages that tell of cards.
pub(super) async fn told(tx: &mut Tx, news: Vec<JobCard>, now: Timestamp) -> Result<Vec<Dispatch>> {
    if news.is_empty() {
        return Ok(Vec::new());
    }
    let aliases = aliases(tx, &news).await?;
    Ok(cards::tell(news, &aliases, now))
}

/// Returns the message that tells what the weekly scan of a Sunday came to.
pub(super) async fn summary(tx: &mut Tx, sunday: Date, now: Timestamp) -> Result<Dispatch> {
    let counts = tx.weekly_counts(sunday).await?;
    let clients = counts.iter().map(|count| count.cards).sum();
    let waiting = counts.iter().map(|count| (count.severity, count.waiting)).collect();
    let limit = u32::try_from(CARDS_PER_MESSAGE).unwrap_or(u32::MAX);
    let worst = tx.worst_weekly(sunday, limit).await?;
    let aliases = aliases(tx, &worst).await?;
    Ok(cards::weekly_summary(sunday, clients, waiting, (&worst, &aliases), now))
}

/// Reads the names that the clients of cards go by in public.
async fn aliases(tx: &mut Tx, cards: &[JobCard]) -> Result<BTreeMap<UserId, String>> {
    let ids: Vec<UserId> = cards.iter().map(|card| card.user_id).collect();
    let mark = tx.savepoint().await?;
    let read = tx.clients(ids).await;
    let clients = match tx.settle(mark, read).await? {
        // A card is told without a name too, above all the one that says that a profile is broken.
        Err(store::Error::Corrupt(_)) => Vec::new(),
        read => read?,
    };
    Ok(clients.into_iter().filter_map(|client| Some((client.user_id, client.alias?))).collect())
}
