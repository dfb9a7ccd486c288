//! What the practice remembers by name, and what imported exercise names were said to mean.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{error::Result, row::Table, tx::Tx, value::values};
use crate::{Slug, record::Exercise};

const SETTINGS: Table = Table { name: "settings", key: &["key"] };
const ALIASES: Table = Table { name: "exercise_aliases", key: &["alias"] };

impl Tx {
    /// Returns the value of a setting.
    pub async fn setting(&mut self, key: &str) -> Result<Option<String>> {
        let sql = "SELECT key, value FROM settings WHERE key = $1";
        let row = self.fetch_optional(&SETTINGS, sql, &values![key]).await?;
        row.map(|row| Ok(row.text("value")?.to_owned())).transpose()
    }

    /// Returns the value of a setting, which nobody else changes until this transaction ends.
    pub async fn setting_locked(&mut self, key: &str) -> Result<Option<String>> {
        let lock = self.locking("FOR UPDATE");
        let sql = format!("SELECT key, value FROM settings WHERE key = $1 {lock}");
        let row = self.fetch_optional(&SETTINGS, AssertSqlSafe(sql), &values![key]).await?;
        row.map(|row| Ok(row.text("value")?.to_owned())).transpose()
    }

    /// Sets a setting.
    pub async fn put_setting(&mut self, key: &str, value: &str, now: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO settings (key, value, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            &values![key, value, now],
        )
        .await?;
        Ok(())
    }

    /// Returns every remembered exercise name with what it means, by name.
    pub async fn exercise_aliases(&mut self) -> Result<Vec<(String, Slug<Exercise>)>> {
        let sql = "SELECT alias, exercise_id FROM exercise_aliases ORDER BY alias";
        let rows = self.fetch(&ALIASES, sql, &[]).await?;
        self.read_all(&rows, |row| Ok((row.text("alias")?.to_owned(), row.parsed("exercise_id")?)))
    }

    /// Remembers what an exercise name means.
    pub async fn save_exercise_alias(
        &mut self,
        alias: &str,
        exercise_id: &Slug<Exercise>,
        now: Timestamp,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO exercise_aliases (alias, exercise_id, updated_at) VALUES ($1, $2, $3) \
             ON CONFLICT (alias) DO UPDATE SET exercise_id = excluded.exercise_id, \
             updated_at = excluded.updated_at",
            &values![alias, exercise_id.as_str(), now],
        )
        .await?;
        Ok(())
    }
}
