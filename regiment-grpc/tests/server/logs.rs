use regiment_proto::v1::log::Report;
use regiment_proto::v1::{
    CheckinReport, Durability, Duty, DutyState, GetTodayRequest, GetWeightTrendRequest, Level,
    ListDaysRequest, ListLiftsRequest, ListLogsRequest, Log, LogCardioRequest, LogCheckinRequest,
    LogMealRequest, LogStatus, LogTopSetRequest, Mood, Sleep, Stream, TopSet,
};
use tonic::Code;

use crate::practice::Practice;

/// A practice on a training day, after the drops, with one client.
async fn on_a_training_day() -> Practice {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    practice.enlist("42").await;
    practice.live_until("2026-03-04T08:00:00Z").await;
    practice
}

async fn duties(practice: &Practice, stream: Stream) -> Vec<Duty> {
    let asked = GetTodayRequest { name: "clients/42".to_owned() };
    let today = practice.clients().get_today(asked).await.expect("a day").into_inner();
    today.duties.into_iter().filter(|duty| duty.stream() == stream).collect()
}

fn meal(id: &str, status: LogStatus) -> LogMealRequest {
    LogMealRequest {
        client: "clients/42".to_owned(),
        meal_id: id.to_owned(),
        status: status.into(),
        ..Default::default()
    }
}

fn checkin(weight_kg: f64) -> LogCheckinRequest {
    LogCheckinRequest {
        client: "clients/42".to_owned(),
        report: Some(CheckinReport {
            weight_kg,
            mood: Mood::Great.into(),
            soreness: Level::Low.into(),
            sleep: Sleep::Sleep8h.into(),
            stress: Level::Medium.into(),
            notes: "slept well".to_owned(),
            weight_unconfirmed: false,
        }),
        ..Default::default()
    }
}

async fn list(practice: &Practice, asked: ListLogsRequest) -> Vec<Log> {
    let asked = ListLogsRequest { client: "clients/42".to_owned(), ..asked };
    practice.logs().list_logs(asked).await.expect("logs").into_inner().logs
}

#[tokio::test]
async fn every_stream_is_logged_and_the_day_shows_it() {
    let practice = on_a_training_day().await;
    let eaten = duties(&practice, Stream::Meal).await[0].clone();
    let lifted = duties(&practice, Stream::Training).await[0].clone();
    assert_eq!(eaten.state(), DutyState::Open);

    let logged =
        practice.logs_of("42").log_meal(meal(&eaten.item, LogStatus::Completed)).await.unwrap();
    assert_eq!(logged.into_inner().durability(), Durability::Committed);
    let set = LogTopSetRequest {
        client: "clients/42".to_owned(),
        exercise_id: lifted.item.clone(),
        top_set: Some(TopSet { weight_kg: 82.5, reps: 5 }),
        ..Default::default()
    };
    let log = practice.logs_of("42").log_top_set(set).await.unwrap().into_inner().log.unwrap();
    assert_eq!(log.report, Some(Report::TopSet(TopSet { weight_kg: 82.5, reps: 5 })));
    let cardio =
        LogCardioRequest { client: "clients/42".to_owned(), minutes: 10, ..Default::default() };
    let log = practice.logs_of("42").log_cardio(cardio).await.unwrap().into_inner().log.unwrap();
    assert_eq!(log.status(), LogStatus::Underperformed);
    let stored = practice.logs_of("42").log_checkin(checkin(89.9)).await.unwrap().into_inner();
    assert!(!stored.confirm_weight);

    assert_eq!(duties(&practice, Stream::Meal).await[0].state(), DutyState::Completed);
    assert_eq!(duties(&practice, Stream::Training).await[0].state(), DutyState::Completed);
    assert_eq!(duties(&practice, Stream::Cardio).await[0].state(), DutyState::Underperformed);
    assert_eq!(duties(&practice, Stream::Checkin).await[0].state(), DutyState::Completed);
}

#[tokio::test]
async fn a_second_answer_is_a_revision_and_counts() {
    let practice = on_a_training_day().await;
    let item = duties(&practice, Stream::Meal).await[0].item.clone();
    practice.logs_of("42").log_meal(meal(&item, LogStatus::Completed)).await.unwrap();
    practice.logs_of("42").log_meal(meal(&item, LogStatus::Missed)).await.unwrap();
    let asked = ListLogsRequest {
        streams: vec![Stream::Meal.into()],
        from_date: "2026-03-04".to_owned(),
        ..Default::default()
    };
    let effective = list(&practice, asked.clone()).await;
    assert_eq!(effective.len(), 1);
    assert_eq!((effective[0].status(), effective[0].revision), (LogStatus::Missed, 2));
    let all = list(&practice, ListLogsRequest { show_revisions: true, ..asked }).await;
    assert_eq!(all.iter().map(|log| log.revision).collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn after_the_deadline_a_client_is_refused_and_a_coach_needs_a_reason() {
    let practice = on_a_training_day().await;
    let item = duties(&practice, Stream::Meal).await[0].item.clone();
    practice.live_until("2026-03-04T22:30:00Z").await;
    let late =
        LogMealRequest { date: "2026-03-04".to_owned(), ..meal(&item, LogStatus::Completed) };
    let refused = practice.logs_of("42").log_meal(late.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert!(refused.message().contains("22:00"), "{}", refused.message());

    let override_reason = "his phone was dead".to_owned();
    let overridden = LogMealRequest { override_reason: override_reason.clone(), ..late };
    let log = practice.logs().log_meal(overridden).await.unwrap().into_inner().log.unwrap();
    assert_eq!((log.status(), log.override_reason), (LogStatus::Completed, override_reason));
    assert_eq!(log.revision, 2, "the automatic miss was the first");
}

#[tokio::test]
async fn an_odd_weight_waits_for_its_confirmation() {
    let practice = on_a_training_day().await;
    for day in 4..=7 {
        practice.live_until(&format!("2026-03-0{day}T08:00:00Z")).await;
        practice.logs_of("42").log_checkin(checkin(90.0)).await.unwrap();
    }
    practice.live_until("2026-03-08T08:00:00Z").await;
    let stored = practice.logs_of("42").log_checkin(checkin(99.0)).await.unwrap().into_inner();
    assert!(stored.confirm_weight);
    let unconfirmed = async || match list(&practice, ListLogsRequest::default()).await[0].report {
        Some(Report::Checkin(ref report)) => report.weight_unconfirmed,
        ref other => panic!("{other:?}"),
    };
    assert!(unconfirmed().await);
    let asked = regiment_proto::v1::ConfirmWeightRequest {
        client: "clients/42".to_owned(),
        ..Default::default()
    };
    practice.logs_of("42").confirm_weight(asked).await.unwrap();
    assert!(!unconfirmed().await);
}

#[tokio::test]
async fn logs_are_listed_by_page_newest_first() {
    let practice = on_a_training_day().await;
    practice.live_until("2026-03-06T23:00:00Z").await;
    let all = list(&practice, ListLogsRequest { page_size: 1000, ..Default::default() }).await;
    assert!(all.len() > 12, "{} logs", all.len());
    assert!(all.is_sorted_by(|a, b| a.date >= b.date));
    let mut asked =
        ListLogsRequest { client: "clients/42".to_owned(), page_size: 5, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page = practice.logs().list_logs(asked.clone()).await.unwrap().into_inner();
        seen.extend(page.logs);
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn every_date_is_listed_with_what_was_done_of_it() {
    let practice = on_a_training_day().await;
    practice.logs_of("42").log_checkin(checkin(89.5)).await.unwrap();
    practice.live_until("2026-03-05T23:00:00Z").await;
    let mut asked =
        ListDaysRequest { client: "clients/42".to_owned(), page_size: 2, ..Default::default() };
    let mut days = Vec::new();
    loop {
        let page = practice.logs().list_days(asked.clone()).await.unwrap().into_inner();
        days.extend(page.days);
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            break;
        }
    }
    let summaries: Vec<_> = days.iter().map(|day| day.summary.clone().unwrap()).collect();
    let dates: Vec<_> = summaries.iter().map(|day| day.date.as_str()).collect();
    assert_eq!(dates, ["2026-03-05", "2026-03-04", "2026-03-03"]);
    assert!(summaries[0].assigned >= 5 && summaries[0].checkin.is_none());
    assert!((summaries[0].done).abs() < 1e-12);
    let checkin = summaries[1].checkin.unwrap();
    assert_eq!((checkin.weight_kg, checkin.mood()), (Some(89.5), Mood::Great));
    let of_checkins = days[1].streams.iter().find(|of| of.stream() == Stream::Checkin).unwrap();
    assert_eq!(of_checkins.assigned, 1);
    assert!((of_checkins.done - 1.0).abs() < 1e-12);
    assert_eq!(days[1].streams.len(), 4, "it was a training day");
}

#[tokio::test]
async fn a_lift_is_listed_with_its_record() {
    let practice = on_a_training_day().await;
    let lifted = duties(&practice, Stream::Training).await[0].clone();
    let set = |weight_kg, reps| LogTopSetRequest {
        client: "clients/42".to_owned(),
        exercise_id: lifted.item.clone(),
        top_set: Some(TopSet { weight_kg, reps }),
        ..Default::default()
    };
    practice.logs_of("42").log_top_set(set(100.0, 6)).await.unwrap();
    let asked = ListLiftsRequest { client: "clients/42".to_owned(), ..Default::default() };
    let lifts = practice.logs().list_lifts(asked).await.unwrap().into_inner().lifts;
    let [lift] = &lifts[..] else { panic!("{lifts:?}") };
    assert_eq!(lift.exercise_id, lifted.item);
    assert!(!lift.exercise.is_empty() && lift.exercise != lift.exercise_id);
    let best = lift.best.clone().unwrap();
    assert_eq!((best.date.as_str(), best.e1rm_kg), ("2026-03-04", Some(120.0)));
    assert_eq!((&lift.sets[..], lift.trend), (&[best][..], None));
}

#[tokio::test]
async fn a_weight_trend_says_what_it_lacks_until_it_has_enough() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    practice.enlist("42").await;
    let asked = GetWeightTrendRequest { client: "clients/42".to_owned(), days: 28 };
    for day in 3..=20 {
        practice.live_until(&format!("2026-03-{day:02}T08:00:00Z")).await;
        let loses = 90.0 - f64::from(day) / 10.0;
        practice.logs_of("42").log_checkin(checkin((loses * 10.0).round() / 10.0)).await.unwrap();
        if day == 10 {
            let told = practice.logs().get_weight_trend(asked.clone()).await.unwrap().into_inner();
            assert_eq!(told.trend, None);
            assert_eq!(told.missing, "8 weigh-ins, and 10 are needed");
        }
    }
    let told = practice.logs().get_weight_trend(asked.clone()).await.unwrap().into_inner();
    let trend = told.trend.unwrap();
    assert_eq!(trend.weigh_ins, 18);
    assert!((trend.kg_per_week + 0.7).abs() < 0.15, "{trend:?}");
    assert!(
        trend.kg_per_week_low < trend.kg_per_week && trend.kg_per_week < trend.kg_per_week_high
    );
    assert_eq!(told.points.len(), 28);
    let last = told.points.last().unwrap();
    assert_eq!((last.date.as_str(), last.weight_kg), ("2026-03-20", Some(88.0)));
    let level = last.level_kg.unwrap();
    assert!(last.level_kg_low.unwrap() < level && level < last.level_kg_high.unwrap());
    assert_eq!(told.points[0].level_kg, None);

    let refused = practice
        .logs()
        .get_weight_trend(GetWeightTrendRequest { days: 366, ..asked })
        .await
        .unwrap_err();
    crate::errors::check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["days"]);
}
