//! The weekly boards, and what clients have achieved.

use jiff::{Timestamp, civil::Date};
use serde_json::Value as Json;

use super::{error::Result, row::Table, tx::Tx, value::values};
use crate::{UserId, record::Board};

const HONORS: Table = Table { name: "honors", key: &["guild_id", "date"] };
const ACHIEVEMENTS: Table =
    Table { name: "achievements", key: &["user_id", "kind", "item", "date"] };

/// Something a client achieved on a local date, once.
#[derive(Clone, Debug, PartialEq)]
pub struct Achievement {
    /// The client.
    pub user_id: UserId,
    /// What, as a fixed word: `personal_record`, `perfect_week`.
    pub kind: String,
    /// With what: an exercise's id, or empty.
    pub item: String,
    /// The local date.
    pub date: Date,
    /// When it was recognized.
    pub earned_at: Timestamp,
    /// The figures behind it.
    pub figures: Json,
}

impl Tx {
    /// Saves a week's board over the one of the same community and date.
    pub async fn save_board(&mut self, board: &Board, now: Timestamp) -> Result<()> {
        self.execute(
            "INSERT INTO honors (guild_id, date, ranked_at, body) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (guild_id, date) DO UPDATE SET ranked_at = excluded.ranked_at, \
             body = excluded.body",
            &values![&board.guild_id, board.date, now, serde_json::to_string(board)?],
        )
        .await?;
        Ok(())
    }

    /// Lists up to `limit` boards of a community, newest first.
    pub async fn boards(&mut self, guild_id: &str, limit: u32) -> Result<Vec<Board>> {
        let rows = self
            .fetch(
                &HONORS,
                "SELECT guild_id, date, body FROM honors WHERE guild_id = $1 \
                 ORDER BY date DESC LIMIT $2",
                &values![guild_id, limit],
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Lists up to `limit` boards after one of a date and community, newest first, then by community;
    /// an empty `guild_id` means every community's.
    pub async fn list_boards(
        &mut self,
        guild_id: &str,
        after: Option<&(Date, String)>,
        limit: u32,
    ) -> Result<Vec<Board>> {
        let first = (Date::MAX, String::new());
        let (date, guild) = after.unwrap_or(&first);
        let rows = self
            .fetch(
                &HONORS,
                "SELECT guild_id, date, body FROM honors WHERE ($1 = '' OR guild_id = $1) \
                 AND (date < $2 OR (date = $2 AND guild_id > $3)) \
                 ORDER BY date DESC, guild_id LIMIT $4",
                &values![guild_id, *date, guild, limit],
            )
            .await?;
        self.read_all(&rows, |row| row.json("body"))
    }

    /// Saves achievements; one that is known is left alone. Returns how many were new.
    pub async fn save_achievements(&mut self, earned: &[Achievement]) -> Result<u64> {
        let rows = earned.iter().map(|earned| {
            values![
                earned.user_id,
                &earned.kind,
                &earned.item,
                earned.date,
                earned.earned_at,
                earned.figures.to_string(),
            ]
        });
        self.insert(
            "INSERT INTO achievements (user_id, kind, item, date, earned_at, body) VALUES",
            rows.collect(),
            "ON CONFLICT (user_id, kind, item, date) DO NOTHING",
        )
        .await
    }

    /// Returns what a client has achieved, oldest first.
    pub async fn achievements(&mut self, user_id: UserId) -> Result<Vec<Achievement>> {
        let rows = self
            .fetch(
                &ACHIEVEMENTS,
                "SELECT user_id, kind, item, date, earned_at, body FROM achievements \
                 WHERE user_id = $1 ORDER BY earned_at, kind, item",
                &values![user_id],
            )
            .await?;
        self.read_all(&rows, |row| {
            Ok(Achievement {
                user_id: row.parsed("user_id")?,
                kind: row.text("kind")?.to_owned(),
                item: row.text("item")?.to_owned(),
                date: row.date("date")?,
                earned_at: row.instant("earned_at")?,
                figures: row.json("body")?,
            })
        })
    }

    /// Takes a client off every board; the other places keep their ranks.
    pub(super) async fn leave_boards(&mut self, user_id: UserId, now: Timestamp) -> Result<()> {
        let rows = self
            .fetch(
                &HONORS,
                "SELECT guild_id, date, body FROM honors WHERE body LIKE $1",
                &values![format!("%\"{user_id}\"%")],
            )
            .await?;
        let boards: Vec<Board> = self.read_all(&rows, |row| row.json("body"))?;
        for mut board in boards {
            board.forget(user_id);
            self.save_board(&board, now).await?;
        }
        Ok(())
    }
}
