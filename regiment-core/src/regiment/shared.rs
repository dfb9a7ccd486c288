//! Meal templates, training blocks and honors: what the practice keeps for everybody.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

use super::{Error, Regiment, Result, entry};
use crate::{
    Library, Slug, UserId,
    record::{Actor, Board, ClientProfile, MealTemplate, Standing, Status, TrainingTemplate},
    store::Conflict,
};

/// How many clients are in memory at once.
const PAGE: u32 = 500;

/// What a saved template follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Nothing: there must be no template of its id.
    First,
    /// The version that its author read, which must be the latest.
    After(u32),
}

/// How many clients each template is assigned to, archived ones left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assigned {
    /// By meal template.
    pub meals: BTreeMap<Slug<MealTemplate>, u32>,
    /// By training template.
    pub blocks: BTreeMap<Slug<TrainingTemplate>, u32>,
}

impl Edition {
    /// Refuses an edition that does not follow what is held; returns the version that it follows.
    fn follows(self, table: &'static str, id: &str, held: Option<u32>) -> Result<u32> {
        let conflict = match (self, held) {
            (Self::First, None) => return Ok(0),
            (Self::After(read), Some(version)) if read == version => return Ok(version),
            (Self::First, Some(_)) => Conflict::Exists("a template with this id".to_owned()),
            (Self::After(read), _) => {
                Conflict::Stale { table, id: id.to_owned(), expected: read.into() }
            }
        };
        Err(Error::Store(conflict.into()))
    }
}

impl Regiment {
    /// Returns the library as it stands in the store.
    ///
    /// # Errors
    /// The store's.
    pub async fn current_library(&self) -> Result<Arc<Library>> {
        let mut tx = self.store.read().await?;
        Ok(self.context(&mut tx).await?.library)
    }

    /// Saves a meal template as the next version of its id, and returns it as it is stored.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a template that can't be compiled, and the store's conflict where it
    /// does not follow what is held.
    pub async fn save_meal_template(
        &self,
        template: MealTemplate,
        edition: Edition,
        by: &Actor,
    ) -> Result<MealTemplate> {
        let (mut tx, context) = self.begin().await?;
        let id = template.template_id.clone();
        let held = context.library.meal_templates.get(&id).map(|held| held.version);
        let version = edition.follows("meal_templates", id.as_str(), held)?;
        let adopted = context.library.adopt_meals(MealTemplate { version, ..template });
        let adopted = adopted.map_err(|refused| Error::Invalid(vec![refused]))?;
        let version = tx.save_meal_template(&adopted, by, context.now).await?;
        let saved = entry(by, "meal_template_saved", &format!("meal_template:{id}"));
        tx.append_audit(&[saved], context.now).await?;
        tx.commit().await?;
        Ok(MealTemplate { version, ..adopted })
    }

    /// Saves a training block as the next version of its id, and returns it as it is stored.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a block that can't be followed, and the store's conflict where it does
    /// not follow what is held.
    pub async fn save_training_template(
        &self,
        template: TrainingTemplate,
        edition: Edition,
        by: &Actor,
    ) -> Result<TrainingTemplate> {
        let (mut tx, context) = self.begin().await?;
        let id = template.template_id.clone();
        let held = context.library.training_templates.get(&id).map(|held| held.version);
        let version = edition.follows("training_templates", id.as_str(), held)?;
        let adopted = context.library.adopt_training(TrainingTemplate { version, ..template });
        let adopted = adopted.map_err(|refused| Error::Invalid(vec![refused]))?;
        let version = tx.save_training_template(&adopted, by, context.now).await?;
        let saved = entry(by, "training_template_saved", &format!("training_template:{id}"));
        tx.append_audit(&[saved], context.now).await?;
        tx.commit().await?;
        Ok(TrainingTemplate { version, ..adopted })
    }

    /// Returns one version of a meal template.
    ///
    /// # Errors
    /// The store's.
    pub async fn meal_template_version(
        &self,
        id: &Slug<MealTemplate>,
        version: u32,
    ) -> Result<Option<MealTemplate>> {
        let stored = self.store.read().await?.meal_template(id, version).await?;
        let shipped = || Library::shipped().meal_templates.get(id).cloned();
        Ok(stored.or_else(|| shipped().filter(|template| template.version == version)))
    }

    /// Returns one version of a training block.
    ///
    /// # Errors
    /// The store's.
    pub async fn training_template_version(
        &self,
        id: &Slug<TrainingTemplate>,
        version: u32,
    ) -> Result<Option<TrainingTemplate>> {
        let stored = self.store.read().await?.training_template(id, version).await?;
        let shipped = || Library::shipped().training_templates.get(id).cloned();
        Ok(stored.or_else(|| shipped().filter(|template| template.version == version)))
    }

    /// Counts the clients that each template is assigned to.
    ///
    /// # Errors
    /// The store's.
    pub async fn assigned(&self) -> Result<Assigned> {
        let mut assigned = Assigned::default();
        let mut after = None;
        loop {
            let page = self.clients(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(assigned) };
            after = Some(last.user_id);
            for client in page.into_iter().filter(|client| client.status != Status::Archived) {
                if let Some(id) = client.meal_template_id {
                    *assigned.meals.entry(id).or_default() += 1;
                }
                if let Some(id) = client.training_template_id {
                    *assigned.blocks.entry(id).or_default() += 1;
                }
            }
        }
    }

    /// Lists up to `limit` boards after one of a date and community, newest first; an empty
    /// `guild_id` means every community's.
    ///
    /// # Errors
    /// The store's.
    pub async fn boards(
        &self,
        guild_id: &str,
        after: Option<&(Date, String)>,
        limit: u32,
    ) -> Result<Vec<Board>> {
        Ok(self.store.read().await?.list_boards(guild_id, after, limit).await?)
    }

    /// Returns the active clients with where they stand, the longest streak first, then by id.
    ///
    /// # Errors
    /// The store's.
    pub async fn streaks(&self) -> Result<Vec<(ClientProfile, Standing)>> {
        let mut streaks = Vec::new();
        let mut after = None;
        loop {
            let mut tx = self.store.read().await?;
            let page = tx.list_clients(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.user_id);
            let ids: Vec<UserId> = page.iter().map(|client| client.user_id).collect();
            let standings = tx.standings(ids).await?.into_iter();
            let mut standings: BTreeMap<UserId, Standing> =
                standings.map(|standing| (standing.user_id, standing)).collect();
            let active = page.into_iter().filter(|client| client.status == Status::Active);
            streaks.extend(active.map(|client| {
                let standing = standings.remove(&client.user_id);
                let standing = standing.unwrap_or_else(|| Standing::clean(client.user_id));
                (client, standing)
            }));
        }
        streaks
            .sort_by_key(|(client, standing)| (std::cmp::Reverse(standing.streak), client.user_id));
        Ok(streaks)
    }
}
