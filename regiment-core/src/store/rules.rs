//! The rules of the practice as the store keeps them: policies and templates, every version.

use jiff::Timestamp;
use serde::Serialize;

use super::{error::Result, row::Table, tx::Tx, value::values};
use crate::{
    Policy, Slug,
    record::{Actor, MealTemplate, TrainingTemplate},
};

const POLICIES: Table = Table { name: "policy_versions", key: &["version"] };
const MEALS: Table = Table { name: "meal_templates", key: &["template_id", "version"] };
const BLOCKS: Table = Table { name: "training_templates", key: &["template_id", "version"] };

/// A version of the policy, without what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyVersion {
    /// From 1.
    pub version: u32,
    /// When it came into force.
    pub applied_at: Timestamp,
    /// Who applied it.
    pub by: Actor,
}

impl Tx {
    /// Returns the policy in force and its version.
    pub async fn policy(&mut self) -> Result<Option<(u32, Policy)>> {
        let sql = "SELECT version, body FROM policy_versions ORDER BY version DESC LIMIT 1";
        let row = self.fetch_optional(&POLICIES, sql, &[]).await?;
        row.map(|row| Ok((row.count("version")?, row.json("body")?))).transpose()
    }

    /// Returns one version of the policy.
    pub async fn policy_version(&mut self, version: u32) -> Result<Option<Policy>> {
        let sql = "SELECT version, body FROM policy_versions WHERE version = $1";
        let row = self.fetch_optional(&POLICIES, sql, &values![version]).await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// Returns up to `limit` versions of the policy below one, the newest first.
    pub async fn policy_versions(
        &mut self,
        below: Option<u32>,
        limit: u32,
    ) -> Result<Vec<PolicyVersion>> {
        let rows = self
            .fetch(
                &POLICIES,
                "SELECT version, applied_at, actor FROM policy_versions WHERE version < $1 \
                 ORDER BY version DESC LIMIT $2",
                &values![below.unwrap_or(u32::MAX), limit],
            )
            .await?;
        self.read_all(&rows, |row| {
            Ok(PolicyVersion {
                version: row.count("version")?,
                applied_at: row.instant("applied_at")?,
                by: row.json("actor")?,
            })
        })
    }

    /// Saves a policy as the next version, and returns its number.
    ///
    /// Two who save at once get [`Conflict::Exists`](super::Conflict::Exists) for the later one.
    pub async fn save_policy(
        &mut self,
        policy: &Policy,
        by: &Actor,
        now: Timestamp,
    ) -> Result<u32> {
        let (last, _) = self.rule_versions().await?;
        let version = last + 1;
        self.execute(
            "INSERT INTO policy_versions (version, applied_at, actor, body) VALUES ($1, $2, $3, $4)",
            &values![version, now, serde_json::to_string(by)?, serde_json::to_string(policy)?],
        )
        .await?;
        Ok(version)
    }

    /// Returns the version of the policy, 0 where there is none, and how many versions of templates
    /// there are: whoever holds them in memory sees from it whether they changed.
    pub async fn rule_versions(&mut self) -> Result<(u32, u64)> {
        let row = self
            .fetch_optional(
                &POLICIES,
                "SELECT COALESCE((SELECT MAX(version) FROM policy_versions), 0) AS version, \
                 (SELECT COUNT(*) FROM meal_templates) + (SELECT COUNT(*) FROM training_templates) \
                 AS templates",
                &[],
            )
            .await?;
        match row {
            Some(row) => Ok((row.count("version")?, row.count("templates")?.into())),
            None => Ok((0, 0)),
        }
    }

    /// Returns the latest version of every template, with the number that
    /// [`rule_versions`](Tx::rule_versions) gives for them.
    pub async fn templates(&mut self) -> Result<(u64, Vec<MealTemplate>, Vec<TrainingTemplate>)> {
        let meals = self
            .fetch(
                &MEALS,
                "SELECT template_id, version, body FROM meal_templates t WHERE NOT EXISTS (\
                 SELECT 1 FROM meal_templates n WHERE n.template_id = t.template_id \
                 AND n.version > t.version) ORDER BY template_id",
                &[],
            )
            .await?;
        let blocks = self
            .fetch(
                &BLOCKS,
                "SELECT template_id, version, body FROM training_templates t WHERE NOT EXISTS (\
                 SELECT 1 FROM training_templates n WHERE n.template_id = t.template_id \
                 AND n.version > t.version) ORDER BY template_id",
                &[],
            )
            .await?;
        let meals = self.read_all(&meals, |row| row.json("body"))?;
        let blocks = self.read_all(&blocks, |row| row.json("body"))?;
        Ok((self.rule_versions().await?.1, meals, blocks))
    }

    /// Returns one stored version of a meal template.
    pub async fn meal_template(
        &mut self,
        id: &Slug<MealTemplate>,
        version: u32,
    ) -> Result<Option<MealTemplate>> {
        let sql = "SELECT template_id, version, body FROM meal_templates \
                   WHERE template_id = $1 AND version = $2";
        let row = self.fetch_optional(&MEALS, sql, &values![id.as_str(), version]).await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// Returns one stored version of a training template.
    pub async fn training_template(
        &mut self,
        id: &Slug<TrainingTemplate>,
        version: u32,
    ) -> Result<Option<TrainingTemplate>> {
        let sql = "SELECT template_id, version, body FROM training_templates \
                   WHERE template_id = $1 AND version = $2";
        let row = self.fetch_optional(&BLOCKS, sql, &values![id.as_str(), version]).await?;
        row.map(|row| row.json("body")).transpose()
    }

    /// Saves a meal template as the next version of its id, and returns the version.
    pub async fn save_meal_template(
        &mut self,
        template: &MealTemplate,
        by: &Actor,
        now: Timestamp,
    ) -> Result<u32> {
        let id = template.template_id.as_str();
        let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM meal_templates \
                   WHERE template_id = $1";
        let row = self.fetch_optional(&MEALS, sql, &values![id]).await?;
        let version = row.map_or(Ok(0), |row| row.count("version"))?.max(template.version) + 1;
        let body = MealTemplate { version, ..template.clone() };
        self.execute(
            "INSERT INTO meal_templates (template_id, version, created_at, actor, body) \
             VALUES ($1, $2, $3, $4, $5)",
            &row_of(id, version, now, by, &body)?,
        )
        .await?;
        Ok(version)
    }

    /// Saves a training template as the next version of its id, and returns the version.
    pub async fn save_training_template(
        &mut self,
        template: &TrainingTemplate,
        by: &Actor,
        now: Timestamp,
    ) -> Result<u32> {
        let id = template.template_id.as_str();
        let sql = "SELECT COALESCE(MAX(version), 0) AS version FROM training_templates \
                   WHERE template_id = $1";
        let row = self.fetch_optional(&BLOCKS, sql, &values![id]).await?;
        let version = row.map_or(Ok(0), |row| row.count("version"))?.max(template.version) + 1;
        let body = TrainingTemplate { version, ..template.clone() };
        self.execute(
            "INSERT INTO training_templates (template_id, version, created_at, actor, body) \
             VALUES ($1, $2, $3, $4, $5)",
            &row_of(id, version, now, by, &body)?,
        )
        .await?;
        Ok(version)
    }
}

fn row_of<T: Serialize>(
    id: &str,
    version: u32,
    now: Timestamp,
    by: &Actor,
    body: &T,
) -> Result<[super::value::Value; 5]> {
    Ok(values![id, version, now, serde_json::to_string(by)?, serde_json::to_string(body)?])
}
