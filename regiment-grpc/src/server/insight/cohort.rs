//! The practice as a whole, over time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use regiment_core::record::Severity;
use regiment_core::regiment::Regiment;
use regiment_core::store::{CohortMark, WeeklyFlags};
use regiment_proto::v1;
use regiment_proto::v1::{
    GetCohortAdherenceRequest, GetCohortAdherenceResponse, GetFlagHistoryRequest,
    GetFlagHistoryResponse,
};
use tonic::Status;

use super::{failed, span};
use crate::server::convert::{Twin as _, saturating};
use crate::status::Violations;

/// Returns what all clients together did, date by date.
pub(super) async fn adherence(
    regiment: &Regiment,
    asked: GetCohortAdherenceRequest,
) -> Result<GetCohortAdherenceResponse, Status> {
    let mut violations = Violations::default();
    let span = span(&asked.from_date, &asked.to_date, &mut violations);
    violations.done()?;
    let (from, to) = span.expect("neither was refused");
    let mut days: BTreeMap<Date, Vec<v1::StreamSummary>> = BTreeMap::new();
    for mark in regiment.cohort_marks(from, to).await.map_err(failed)? {
        let CohortMark { date, stream, assigned, done } = mark;
        days.entry(date).or_default().push(v1::StreamSummary {
            stream: v1::Stream::from_record(stream).into(),
            assigned: saturating(assigned),
            done,
        });
    }
    let day = |(date, streams): (Date, _)| v1::CohortDay { date: date.to_string(), streams };
    Ok(GetCohortAdherenceResponse { days: days.into_iter().map(day).collect() })
}

/// Returns what the weekly scans raised, Sunday by Sunday.
pub(super) async fn flags(
    regiment: &Regiment,
    asked: GetFlagHistoryRequest,
) -> Result<GetFlagHistoryResponse, Status> {
    let mut violations = Violations::default();
    let span = span(&asked.from_date, &asked.to_date, &mut violations);
    violations.done()?;
    let (from, to) = span.expect("neither was refused");
    let mut weeks: BTreeMap<Date, Vec<WeeklyFlags>> = BTreeMap::new();
    for card in regiment.weekly_flags(from, to).await.map_err(failed)? {
        weeks.entry(card.sunday).or_default().push(card);
    }
    Ok(GetFlagHistoryResponse { weeks: weeks.into_iter().map(week).collect() })
}

fn week((sunday, cards): (Date, Vec<WeeklyFlags>)) -> v1::FlagWeek {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let flagged: Vec<&WeeklyFlags> = cards.iter().filter(|card| !card.flags.is_empty()).collect();
    let severities = Severity::ALL.iter().rev().filter_map(|severity| {
        let of_it = flagged.iter().filter(|card| card.severity == *severity).count();
        let severity = v1::Severity::from_record(*severity).into();
        (of_it > 0).then_some(v1::SeverityCount { severity, cards: count(of_it) })
    });
    let mut flags: BTreeMap<&str, usize> = BTreeMap::new();
    for card in &flagged {
        let mut names: Vec<&str> = card.flags.iter().map(|name| name.flag.as_str()).collect();
        names.dedup();
        for name in names {
            *flags.entry(name).or_default() += 1;
        }
    }
    let flags =
        flags.into_iter().map(|(flag, n)| v1::FlagCount { flag: flag.to_owned(), cards: count(n) });
    v1::FlagWeek {
        date: sunday.to_string(),
        scanned: count(cards.len()),
        flagged: count(flagged.len()),
        severities: severities.collect(),
        flags: flags.collect(),
    }
}

#[cfg(test)]
mod tests {
    use regiment_core::record::Flag::{LiftPlateau, SoftCompliance};
    use regiment_core::record::FlagName;
    use regiment_core::testing::date;

    use super::*;

    #[test]
    fn a_card_counts_once_for_each_of_its_flags() {
        let sunday = date("2026-03-08");
        let card = |severity, flags| WeeklyFlags { sunday, severity, flags };
        let about = |exercise: &str| FlagName::about(LiftPlateau, exercise);
        let told = week((
            sunday,
            vec![
                card(Severity::High, vec![about("ex_1"), about("ex_2"), SoftCompliance.into()]),
                card(Severity::Medium, vec![about("ex_1")]),
                card(Severity::Low, Vec::new()),
            ],
        ));
        assert_eq!((told.date.as_str(), told.scanned, told.flagged), ("2026-03-08", 3, 2));
        let flags: Vec<_> = told.flags.iter().map(|of| (of.flag.as_str(), of.cards)).collect();
        assert_eq!(flags, [("lift_plateau", 2), ("soft_compliance", 1)]);
        let severities: Vec<_> =
            told.severities.iter().map(|of| (of.severity(), of.cards)).collect();
        assert_eq!(severities, [(v1::Severity::High, 1), (v1::Severity::Medium, 1)]);
    }
}
