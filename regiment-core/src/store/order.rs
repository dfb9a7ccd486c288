//! Orders, and the local dates that are closed.

use jiff::{Timestamp, civil::Date};

use super::{
    error::Result,
    row::{Row, Table},
    tx::Tx,
    value::{Value, values},
};
use crate::{
    UserId,
    record::{Order, OrderKind},
};

const ORDERS: Table = Table { name: "orders", key: &["user_id", "date", "kind"] };
const CLOSED: Table = Table { name: "closed_dates", key: &["user_id", "date"] };

impl Tx {
    /// Saves orders over those of the same client, date and kind, each of which comes once. When one
    /// was first delivered stays: the sender may have written it since the order was read.
    pub async fn save_orders(&mut self, orders: &[Order]) -> Result<()> {
        let mut rows = Vec::with_capacity(orders.len());
        for order in orders {
            rows.push(values![
                order.user_id,
                order.date,
                order.kind().as_str(),
                order.ordered_at,
                order.deadline,
                order.delivered_at,
                order.withdrawn_at,
                serde_json::to_string(order)?,
            ]);
        }
        self.insert(
            "INSERT INTO orders (user_id, date, kind, ordered_at, deadline_at, delivered_at, \
             withdrawn_at, body) VALUES",
            rows,
            "ON CONFLICT (user_id, date, kind) DO UPDATE SET ordered_at = excluded.ordered_at, \
             deadline_at = excluded.deadline_at, \
             delivered_at = COALESCE(orders.delivered_at, excluded.delivered_at), \
             withdrawn_at = excluded.withdrawn_at, body = excluded.body",
        )
        .await?;
        Ok(())
    }

    /// Remembers that an order reached the client; the first time counts.
    pub async fn order_delivered(
        &mut self,
        user_id: UserId,
        date: Date,
        kind: OrderKind,
        at: Timestamp,
    ) -> Result<()> {
        self.execute(
            "UPDATE orders SET delivered_at = $4 \
             WHERE user_id = $1 AND date = $2 AND kind = $3 AND delivered_at IS NULL",
            &values![user_id, date, kind.as_str(), at],
        )
        .await?;
        Ok(())
    }

    /// Returns the orders of some clients from a local date on, by client, date and kind.
    pub async fn orders_from(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
    ) -> Result<Vec<Order>> {
        let rows = self
            .fetch_in(
                &ORDERS,
                "SELECT user_id, date, kind, delivered_at, withdrawn_at, body FROM orders \
                 WHERE date >= $1 AND user_id IN ({keys})",
                &values![from],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut orders = self.read_all(&rows, order)?;
        orders.sort_unstable_by_key(|order| (order.user_id, order.date, order.kind()));
        Ok(orders)
    }

    /// Returns the last workout of each of some clients that took place: its order stands, or one of
    /// its top sets was logged before a pause withdrew it.
    pub async fn last_training_orders(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
    ) -> Result<Vec<Order>> {
        let rows = self
            .fetch_in(
                &ORDERS,
                "SELECT user_id, date, kind, delivered_at, withdrawn_at, body FROM orders o \
                 WHERE kind = 'training' AND user_id IN ({keys}) AND date = (SELECT l.date \
                 FROM orders l WHERE l.user_id = o.user_id AND l.kind = 'training' \
                 AND (l.withdrawn_at IS NULL OR EXISTS (SELECT 1 FROM logs t \
                 WHERE t.user_id = l.user_id AND t.date = l.date AND t.stream = 'training')) \
                 ORDER BY l.date DESC LIMIT 1)",
                &[],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        self.read_all(&rows, order)
    }

    /// Closes local dates; one that is closed stays as it is.
    pub async fn close_dates(&mut self, dates: &[(UserId, Date)], now: Timestamp) -> Result<()> {
        let rows = dates.iter().map(|(user_id, date)| values![*user_id, *date, now]);
        self.insert(
            "INSERT INTO closed_dates (user_id, date, closed_at) VALUES",
            rows.collect(),
            "ON CONFLICT (user_id, date) DO NOTHING",
        )
        .await?;
        Ok(())
    }

    /// Returns the closed dates of some clients from a local date on, by client and date.
    pub async fn closed_from(
        &mut self,
        user_ids: impl IntoIterator<Item = UserId>,
        from: Date,
    ) -> Result<Vec<(UserId, Date)>> {
        let rows = self
            .fetch_in(
                &CLOSED,
                "SELECT user_id, date FROM closed_dates WHERE date >= $1 AND user_id IN ({keys})",
                &values![from],
                user_ids.into_iter().map(Value::from),
            )
            .await?;
        let mut closed =
            self.read_all(&rows, |row| Ok((row.parsed("user_id")?, row.date("date")?)))?;
        closed.sort_unstable();
        Ok(closed)
    }
}

/// Reads an order. When it was delivered and withdrawn is the columns' word: they change alone.
fn order(row: &Row) -> Result<Order> {
    Ok(Order {
        delivered_at: row.optional_instant("delivered_at")?,
        withdrawn_at: row.optional_instant("withdrawn_at")?,
        ..row.json("body")?
    })
}
