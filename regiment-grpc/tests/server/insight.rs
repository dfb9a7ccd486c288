//! How far the flag engine can be trusted, and how the practice as a whole does.

use regiment_proto::v1::{
    GetBacktestRequest, GetCohortAdherenceRequest, GetFlagHistoryRequest, GetLapseRiskRequest,
    GetModelReportRequest, LogCardioRequest, RunScanRequest, Stream,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

#[tokio::test]
async fn a_risk_says_why_it_is_not_known_yet() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = GetLapseRiskRequest { client: "clients/42".to_owned() };
    let told = practice.insight().get_lapse_risk(asked.clone()).await.unwrap().into_inner();
    assert_eq!((told.as_of.as_str(), told.probability), ("", None));
    assert_eq!(told.abstained, "no date is closed yet");
    practice.live_until("2026-03-06T12:00:00Z").await;
    let told = practice.insight().get_lapse_risk(asked).await.unwrap().into_inner();
    assert_eq!((told.as_of.as_str(), told.probability), ("2026-03-05", None));
    assert!(!told.abstained.is_empty() && !told.model_version.is_empty(), "{told:?}");
}

#[tokio::test]
async fn a_backtest_sets_two_policies_side_by_side() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-16T12:00:00Z").await;
    let asked = GetBacktestRequest {
        from_date: "2026-03-03".to_owned(),
        to_date: "2026-03-15".to_owned(),
        policy_toml: "[flags]\nsoft_compliance_meals = 100\n".to_owned(),
    };
    let told = practice.insight().get_backtest(asked.clone()).await.unwrap().into_inner();
    let (standing, other) = (told.standing.unwrap(), told.other.unwrap());
    assert_eq!((standing.scans, other.scans), (2, 2));
    let fires = |of: &regiment_proto::v1::Backtest| {
        of.flags.iter().any(|flag| flag.flag == "soft_compliance" && flag.fired > 0)
    };
    assert!(fires(&standing) && !fires(&other), "{standing:?} {other:?}");
    let wrong = GetBacktestRequest {
        from_date: "2026-03-20".to_owned(),
        policy_toml: "nonsense = 1".to_owned(),
        ..asked
    };
    let refused = practice.insight().get_backtest(wrong).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["to_date", "policy_toml"]);
}

#[tokio::test]
async fn a_model_report_tells_how_it_was_made_and_what_is_not_known() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-09T12:00:00Z").await;
    let asked = GetModelReportRequest::default();
    let told = practice.insight().get_model_report(asked).await.unwrap().into_inner();
    assert!(!told.model_version.is_empty() && !told.trained_until.is_empty());
    let held_out = told.held_out.unwrap();
    assert!(held_out.auroc > 0.5 && held_out.n > 100, "{held_out:?}");
    assert_eq!(told.model, None, "nobody was at risk yet");
    assert!(!told.drift.is_empty());
    let asked = GetModelReportRequest { weeks: 27 };
    let refused = practice.insight().get_model_report(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["weeks"]);
}

#[tokio::test]
async fn a_practice_without_a_scanner_says_so() {
    let practice = Practice::open(SUNDAY).await;
    let refused = practice.insight().run_scan(RunScanRequest::default()).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "NO_SCANNER", &[]);
}

#[tokio::test]
async fn what_everybody_did_is_told_date_by_date() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.enlist("43").await;
    practice.live_until("2026-03-03T08:00:00Z").await;
    let half =
        LogCardioRequest { client: "clients/42".to_owned(), minutes: 15, ..Default::default() };
    practice.logs_of("42").log_cardio(half).await.unwrap();
    practice.live_until("2026-03-05T08:00:00Z").await;
    let asked = |from: &str, to: &str| GetCohortAdherenceRequest {
        from_date: from.to_owned(),
        to_date: to.to_owned(),
    };
    let told = practice.insight().get_cohort_adherence(asked("2026-03-01", "2026-03-04")).await;
    let days = told.unwrap().into_inner().days;
    let dates: Vec<&str> = days.iter().map(|day| day.date.as_str()).collect();
    assert_eq!(dates, ["2026-03-03", "2026-03-04"]);
    let cardio = days[0].streams.iter().find(|of| of.stream() == Stream::Cardio).unwrap();
    assert_eq!((cardio.assigned, cardio.done), (2, 0.5));
    let checkins = days[1].streams.iter().find(|of| of.stream() == Stream::Checkin).unwrap();
    assert_eq!((checkins.assigned, checkins.done), (2, 0.0));

    let backwards = asked("2026-03-05", "2026-03-04");
    let refused = practice.insight().get_cohort_adherence(backwards).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["to_date"]);
    let longest = asked("2025-03-04", "2026-03-04");
    practice.insight().get_cohort_adherence(longest).await.unwrap();
    let too_long = asked("2025-03-03", "2026-03-04");
    let refused = practice.insight().get_cohort_adherence(too_long).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["to_date"]);
}

#[tokio::test]
async fn a_span_of_flags_is_checked_and_empty_without_a_scan() {
    let practice = Practice::open(SUNDAY).await;
    let asked = GetFlagHistoryRequest {
        from_date: "2026-01-01".to_owned(),
        to_date: "2026-03-01".to_owned(),
    };
    let told = practice.insight().get_flag_history(asked.clone()).await.unwrap().into_inner();
    assert_eq!(told.weeks, []);
    let wrong = GetFlagHistoryRequest { from_date: "today".to_owned(), to_date: String::new() };
    let refused = practice.insight().get_flag_history(wrong).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["from_date", "to_date"]);
}
