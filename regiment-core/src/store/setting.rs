//! What the practice remembers by name.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{error::Result, row::Table, tx::Tx, value::values};

const SETTINGS: Table = Table { name: "settings", key: &["key"] };

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
}
