//! Pages of logs, and of the dates they are about.

use jiff::civil::Date;
use regiment_core::calendar::{days_before, days_between, local_date};
use regiment_core::record::Stream;
use regiment_core::regiment::{DayMarks, Error, Regiment};
use regiment_core::store::{LogsWanted, RevisionPlace, Revisions};
use regiment_proto::v1::{
    self, ListDaysRequest, ListDaysResponse, ListLogsRequest, ListLogsResponse,
};
use tonic::Status;

use crate::server::clients::day_summary;
use crate::server::convert::{self, Twin as _, saturating};
use crate::server::page;
use crate::status::{self, Violations};

/// Returns one page of logs.
pub(super) async fn list(
    regiment: &Regiment,
    mut filters: ListLogsRequest,
) -> Result<ListLogsResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let after: Option<RevisionPlace> = match page::after(&filters, &token)? {
        Some(last) => Some(serde_json::from_str(&last).map_err(|_| page::refused())?),
        None => None,
    };
    let user_id = convert::user_id("client", &filters.client)?;
    let mut violations = Violations::default();
    let from = violations.check("from_date", convert::date("from_date", &filters.from_date));
    let to = violations.check("to_date", convert::date("to_date", &filters.to_date));
    let mut streams: Vec<Stream> = filters
        .streams
        .iter()
        .filter_map(|&number| violations.check("streams", convert::stream(number)))
        .collect();
    violations.done()?;
    if streams.is_empty() {
        streams = Stream::ALL.to_vec();
    }
    let wanted = LogsWanted {
        user_id,
        streams,
        from: from.flatten().unwrap_or(Date::MIN),
        until: to.flatten().unwrap_or(Date::MAX),
        revisions: if filters.show_revisions { Revisions::All } else { Revisions::Effective },
    };
    let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
    let found = regiment.list_revisions(&wanted, after.as_ref(), limit).await;
    let mut found = found.map_err(|error| status::of(error, ""))?;
    let next_page_token = match found.get(size) {
        Some(_) => page::token(&filters, &page::place(&RevisionPlace::of(&found[size - 1]))?),
        None => String::new(),
    };
    found.truncate(size);
    let logs = found.into_iter().map(convert::revision).collect();
    Ok(ListLogsResponse { logs, next_page_token })
}

/// Returns one page of a client's local dates.
pub(super) async fn days(
    regiment: &Regiment,
    mut filters: ListDaysRequest,
) -> Result<ListDaysResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let after: Option<Date> = match page::after(&filters, &token)? {
        Some(last) => Some(last.parse().map_err(|_| page::refused())?),
        None => None,
    };
    let user_id = convert::user_id("client", &filters.client)?;
    let mut violations = Violations::default();
    let from = violations.check("from_date", convert::date("from_date", &filters.from_date));
    let to = violations.check("to_date", convert::date("to_date", &filters.to_date));
    violations.done()?;
    let client = regiment.client(user_id).await.map_err(|error| status::of(error, ""))?;
    let client = client.ok_or_else(|| status::of(Error::UnknownClient, ""))?;
    let today = local_date(&client.timezone_offset, regiment.now());
    let from = from.flatten().unwrap_or(client.start_date);
    let to = to.flatten().unwrap_or(today).min(today);
    let newest = after.map_or(to, |last| days_before(last, 1));
    if newest < from {
        return Ok(ListDaysResponse::default());
    }
    let shown = usize::try_from(days_between(from, newest) + 1).map_or(size, |n| n.min(size));
    let shown = i64::try_from(shown).unwrap_or(1);
    let oldest = days_before(newest, shown - 1);
    let days = regiment.days(user_id, oldest, newest).await;
    let days = days.map_err(|error| status::of(error, ""))?;
    let next_page_token =
        if oldest > from { page::token(&filters, &oldest.to_string()) } else { String::new() };
    Ok(ListDaysResponse { days: days.iter().rev().map(day).collect(), next_page_token })
}

fn day(day: &DayMarks) -> v1::Day {
    let asked = Stream::ALL.iter().zip(&day.marks).filter(|(_, mark)| mark.assigned > 0);
    let streams = asked.map(|(stream, mark)| v1::StreamSummary {
        stream: v1::Stream::from_record(*stream).into(),
        assigned: saturating(mark.assigned),
        done: mark.done,
    });
    v1::Day { summary: Some(day_summary(day)), streams: streams.collect() }
}
