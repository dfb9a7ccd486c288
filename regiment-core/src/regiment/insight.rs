//! The practice as a whole, over time.

use jiff::civil::Date;

use super::{Regiment, Result};
use crate::{
    UserId,
    store::{CohortMark, WeeklyFlags},
};

impl Regiment {
    /// Returns what all clients together did of what was asked between two local dates, by date and
    /// stream.
    ///
    /// # Errors
    /// The store's.
    pub async fn cohort_marks(&self, from: Date, until: Date) -> Result<Vec<CohortMark>> {
        Ok(self.store.read().await?.cohort_marks(from, until).await?)
    }

    /// Returns the flags of the weekly cards of the Sundays between two dates, by date.
    ///
    /// # Errors
    /// The store's.
    pub async fn weekly_flags(&self, from: Date, until: Date) -> Result<Vec<WeeklyFlags>> {
        Ok(self.store.read().await?.weekly_flags(from, until).await?)
    }

    /// Returns the last local date of a client whose closing is committed.
    ///
    /// # Errors
    /// The store's.
    pub async fn last_closed(&self, user_id: UserId) -> Result<Option<Date>> {
        let closed = self.store.read().await?.closed_from([user_id], Date::MIN).await?;
        Ok(closed.into_iter().map(|(_, date)| date).max())
    }
}
