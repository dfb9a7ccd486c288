//! What a person does for himself through the bot, and what he reads about himself.

use prost_types::FieldMask;
use regiment_proto::v1;
use regiment_proto::v1::{
    ChoosePlanRequest, ClientStatus, EnlistRequest, ExcuseReason, ExcuseSpan, GetPlanRequest,
    GetSettingsRequest, GetTodayRequest, GetWeightTrendRequest, Goal, ListDaysRequest,
    ListExcuseRequestsRequest, ListLiftsRequest, ListLogsRequest, LogMealRequest, LogStatus,
    OrderKind, RequestExcuseRequest, Settings, Stream, UpdateSettingsRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

fn form() -> EnlistRequest {
    EnlistRequest {
        user_id: "42".to_owned(),
        display_name: "Ana".to_owned(),
        age: Some(34),
        height_cm: 180,
        weight_kg: 90.5,
        timezone_offset: "Europe/London".to_owned(),
        goal: Goal::Cut.into(),
        request_id: "i-1".to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_person_enlists_once_and_a_second_form_changes_nothing() {
    let practice = Practice::open(SUNDAY).await;
    let mut clients = practice.clients_of("42");
    let enlisted = clients.enlist(form()).await.unwrap().into_inner();
    assert_eq!((enlisted.name.as_str(), enlisted.was_known), ("clients/42", false));
    assert_eq!((enlisted.status(), enlisted.paused), (ClientStatus::Pending, true));
    assert_eq!(enlisted.start_date, "2026-03-03", "the Tuesday after");
    let replayed = clients.enlist(form()).await.unwrap().into_inner();
    assert_eq!(replayed, enlisted);

    let second = EnlistRequest { request_id: "i-2".to_owned(), weight_kg: 60.0, goal: 2, ..form() };
    let answered = clients.enlist(second).await.unwrap().into_inner();
    assert_eq!(answered, v1::EnlistResponse { was_known: true, ..enlisted });
    let asked = v1::GetClientRequest { name: "clients/42".to_owned() };
    let stored = practice.clients().get_client(asked).await.unwrap().into_inner().client.unwrap();
    assert_eq!((stored.display_name.as_str(), stored.age), ("Ana", Some(34)));
    assert_eq!((stored.weight_kg, stored.goal()), (90.5, Goal::Cut));
}

#[tokio::test]
async fn a_form_is_told_every_field_that_is_wrong_and_nothing_is_stored() {
    let practice = Practice::open(SUNDAY).await;
    let wrong = EnlistRequest {
        display_name: "n".repeat(101),
        email: "ana".to_owned(),
        age: Some(13),
        height_cm: 119,
        weight_kg: 300.5,
        timezone_offset: "Mars/Olympus".to_owned(),
        goal: 0,
        photo_url: "photo".to_owned(),
        ..form()
    };
    let refused = practice.clients_of("42").enlist(wrong).await.unwrap_err();
    let paths = [
        "display_name",
        "email",
        "age",
        "height_cm",
        "weight_kg",
        "timezone_offset",
        "goal",
        "photo_url",
    ];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
    let empty = EnlistRequest { height_cm: 0, weight_kg: 0.0, ..form() };
    let refused = practice.clients_of("42").enlist(empty).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["height_cm", "weight_kg"]);
    let unnamed = EnlistRequest { user_id: "ana".to_owned(), ..form() };
    let refused = practice.clients_of("42").enlist(unnamed).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["user_id"]);
    let all = v1::ListClientsRequest::default();
    assert!(practice.clients().list_clients(all).await.unwrap().into_inner().clients.is_empty());
}

#[tokio::test]
async fn a_client_asks_to_be_excused_once_and_the_coach_sees_it() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = |span: ExcuseSpan, request_id: &str| RequestExcuseRequest {
        name: "clients/42".to_owned(),
        span: Some(span),
        request_id: request_id.to_owned(),
    };
    let span = ExcuseSpan {
        from_date: "2026-03-10".to_owned(),
        until_date: "2026-03-11".to_owned(),
        streams: vec![Stream::Training.into()],
        item: String::new(),
        reason: ExcuseReason::Travel.into(),
    };
    let mut clients = practice.clients_of("42");
    let first = clients.request_excuse(asked(span.clone(), "i-1")).await.unwrap().into_inner();
    assert_eq!(first.excuse_request.as_ref().unwrap().span.as_ref(), Some(&span));
    for request_id in ["i-1", "i-2"] {
        let again = clients.request_excuse(asked(span.clone(), request_id)).await.unwrap();
        assert_eq!(again.into_inner(), first, "{request_id}");
    }
    let everybodys = ListExcuseRequestsRequest::default();
    let waiting = practice.clients().list_excuse_requests(everybodys).await.unwrap();
    assert_eq!(waiting.into_inner().excuse_requests, [first.excuse_request.unwrap()]);

    let backwards = ExcuseSpan { until_date: "2026-03-09".to_owned(), ..span };
    let refused = clients.request_excuse(asked(backwards, "i-3")).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["span.until_date"]);
    let nothing = asked(ExcuseSpan { streams: vec![9], ..Default::default() }, "i-4");
    let refused = clients.request_excuse(nothing).await.unwrap_err();
    let paths = ["span.from_date", "span.until_date", "span.streams", "span.reason"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
}

#[tokio::test]
async fn a_client_chooses_the_coming_cycle_until_the_deadline() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-06T10:00:00Z").await;
    let choose = |template: &str, request_id: &str| ChoosePlanRequest {
        name: "clients/42".to_owned(),
        cycle_start_date: "2026-03-10".to_owned(),
        meal_template_id: template.to_owned(),
        request_id: request_id.to_owned(),
    };
    let mut clients = practice.clients_of("42");
    clients.choose_plan(choose("template_a", "i-1")).await.unwrap();
    clients.choose_plan(choose("template_c", "i-2")).await.unwrap();
    clients.choose_plan(choose("template_a", "i-1")).await.unwrap();
    let unknown = clients.choose_plan(choose("template_z", "i-3")).await.unwrap_err();
    check(&unknown, Code::InvalidArgument, "INVALID_FIELD", &["meal_template_id"]);
    let nothing = ChoosePlanRequest { name: "clients/42".to_owned(), ..Default::default() };
    let refused = clients.choose_plan(nothing).await.unwrap_err();
    let paths = ["cycle_start_date", "meal_template_id"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
    let later = ChoosePlanRequest {
        cycle_start_date: "2026-03-17".to_owned(),
        ..choose("template_a", "i-4")
    };
    let refused = clients.choose_plan(later).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "NOT_ORDERED", &[]);

    practice.live_until("2026-03-06T21:00:00Z").await;
    let late = clients.choose_plan(choose("template_a", "i-5")).await.unwrap_err();
    check(&late, Code::FailedPrecondition, "CLOSED", &[]);
    let plan = GetPlanRequest { name: "clients/42".to_owned(), date: "2026-03-10".to_owned() };
    let plan = practice.clients().get_plan(plan).await.unwrap().into_inner().plan.unwrap();
    assert_eq!((plan.meal_template_id.as_str(), plan.choice.as_str()), ("template_c", "chosen"));
}

#[tokio::test]
async fn a_client_sets_his_zone_and_gives_and_withdraws_his_consent() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let mut clients = practice.clients_of("42");
    let asked = GetSettingsRequest { name: "clients/42".to_owned() };
    let before = clients.get_settings(asked.clone()).await.unwrap().into_inner().settings.unwrap();
    assert_eq!((before.timezone_offset.as_str(), before.alias.as_str()), ("UTC", ""));
    assert!(!before.public_callout_opt_in && !before.honors_opt_in);

    let update = |settings: Settings, mask: &[&str]| UpdateSettingsRequest {
        settings: Some(Settings { name: "clients/42".to_owned(), ..settings }),
        update_mask: Some(FieldMask { paths: mask.iter().map(ToString::to_string).collect() }),
        request_id: String::new(),
    };
    let agrees = Settings { honors_opt_in: true, ..Default::default() };
    let refused = clients.update_settings(update(agrees.clone(), &[])).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "ALIAS_NEEDED", &[]);
    let agrees = Settings { alias: "Iron Ana".to_owned(), ..agrees };
    let set = clients.update_settings(update(agrees, &[])).await.unwrap().into_inner();
    let set = set.settings.unwrap();
    assert_eq!((set.honors_opt_in, set.alias.as_str()), (true, "Iron Ana"));
    assert!(!set.public_callout_opt_in && set.timezone_offset == "UTC");

    let moves = Settings { timezone_offset: "Asia/Tokyo".to_owned(), ..Default::default() };
    let mask = ["timezone_offset", "honors_opt_in"];
    let set = clients.update_settings(update(moves, &mask)).await.unwrap().into_inner();
    let set = set.settings.unwrap();
    assert_eq!((set.timezone_offset.as_str(), set.honors_opt_in), ("Asia/Tokyo", false));
    assert_eq!(clients.get_settings(asked).await.unwrap().into_inner().settings, Some(set));

    let wrong = Settings {
        timezone_offset: "UTC+15".to_owned(),
        alias: "@everyone".to_owned(),
        ..Default::default()
    };
    let refused = clients.update_settings(update(wrong.clone(), &["macros"])).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["update_mask"]);
    let refused = clients.update_settings(update(wrong.clone(), &[])).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["settings.timezone_offset"]);
    let refused = clients.update_settings(update(wrong, &["alias"])).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["settings.alias"]);
    let stale = Settings { etag: before.etag, alias: "Late".to_owned(), ..Default::default() };
    let refused = clients.update_settings(update(stale, &[])).await.unwrap_err();
    check(&refused, Code::Aborted, "STALE_ETAG", &[]);
}

#[tokio::test]
async fn a_stranger_is_told_that_he_is_no_client() {
    let practice = Practice::open(SUNDAY).await;
    let name = || "clients/7".to_owned();
    let mut clients = practice.clients_of("7");
    let refused = clients.get_settings(GetSettingsRequest { name: name() }).await.unwrap_err();
    check(&refused, Code::NotFound, "UNKNOWN_CLIENT", &[]);
    let refused = clients.get_today(GetTodayRequest { name: name() }).await.unwrap_err();
    check(&refused, Code::NotFound, "UNKNOWN_CLIENT", &[]);
}

#[tokio::test]
async fn a_day_says_all_that_its_buttons_need() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-04T08:00:00Z").await;
    let asked = GetTodayRequest { name: "clients/42".to_owned() };
    let today = practice.clients_of("42").get_today(asked).await.unwrap().into_inner();
    for duty in &today.duties {
        let (order, has_item) = match duty.stream() {
            Stream::Meal => (OrderKind::Fuel, true),
            Stream::Cardio => (OrderKind::Fuel, false),
            Stream::Training => (OrderKind::Training, true),
            Stream::Checkin => (OrderKind::Checkin, false),
            Stream::Unspecified => panic!("{duty:?}"),
        };
        assert_eq!((duty.order(), !duty.item.is_empty()), (order, has_item), "{duty:?}");
        let is_lift = duty.stream() == Stream::Training;
        assert_eq!(!duty.exercise.is_empty(), is_lift, "{duty:?}");
        assert!(!is_lift || duty.exercise != duty.item, "{duty:?}");
        let is_cardio = duty.stream() == Stream::Cardio;
        assert_eq!(duty.assigned_minutes > 0, is_cardio, "{duty:?}");
    }
    let orders = [OrderKind::Checkin, OrderKind::Fuel, OrderKind::Training];
    for order in orders {
        assert!(today.duties.iter().any(|duty| duty.order() == order), "{order:?}");
    }
}

#[tokio::test]
async fn a_client_reads_his_days_without_what_coaches_wrote_for_each_other() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-04T23:00:00Z").await;
    let listed = || ListLogsRequest {
        client: "clients/42".to_owned(),
        streams: vec![Stream::Meal.into()],
        show_revisions: true,
        ..Default::default()
    };
    let meals = practice.logs().list_logs(listed()).await.unwrap().into_inner().logs;
    let overridden = LogMealRequest {
        client: "clients/42".to_owned(),
        date: meals[0].date.clone(),
        meal_id: meals[0].item.clone(),
        status: LogStatus::Completed.into(),
        override_reason: "he lies, but let it pass".to_owned(),
        ..Default::default()
    };
    practice.logs().log_meal(overridden).await.unwrap();

    let mut logs = practice.logs_of("42");
    let seen = logs.list_logs(listed()).await.unwrap().into_inner().logs;
    let coachs = practice.logs().list_logs(listed()).await.unwrap().into_inner().logs;
    assert_eq!(coachs.iter().filter(|log| !log.override_reason.is_empty()).count(), 1);
    assert!(seen.iter().all(|log| log.override_reason.is_empty()));
    assert_eq!(seen.len(), coachs.len());

    let client = || "clients/42".to_owned();
    let asked = ListDaysRequest { client: client(), ..Default::default() };
    let days = logs.list_days(asked.clone()).await.unwrap().into_inner();
    assert_eq!(days, practice.logs().list_days(asked).await.unwrap().into_inner());
    assert_eq!(days.days.len(), 2);
    let asked = ListLiftsRequest { client: client(), ..Default::default() };
    assert!(logs.list_lifts(asked).await.unwrap().into_inner().lifts.is_empty());
    let asked = GetWeightTrendRequest { client: client(), days: 7 };
    let trend = logs.get_weight_trend(asked).await.unwrap().into_inner();
    assert_eq!((trend.points.len(), trend.trend), (7, None));
}

#[tokio::test]
async fn a_client_is_not_told_why_an_infraction_was_voided() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-07T23:00:00Z").await;
    let asked = v1::GetStandingRequest { name: "clients/42".to_owned() };
    let standing = practice.clients().get_standing(asked.clone()).await.unwrap().into_inner();
    let event = standing.standing.unwrap().infractions[0].clone();
    let void = v1::VoidInfractionRequest {
        name: "clients/42".to_owned(),
        kind: event.kind,
        date: event.date,
        reason: "the kitchen burned".to_owned(),
        request_id: String::new(),
    };
    practice.clients().void_infraction(void).await.unwrap();
    for (mut clients, told) in
        [(practice.clients(), "the kitchen burned"), (practice.clients_of("42"), "")]
    {
        let seen = clients.get_standing(asked.clone()).await.unwrap().into_inner();
        let events = seen.standing.unwrap().infractions;
        let voided = events.iter().find(|event| event.voided_at.is_some()).unwrap();
        assert_eq!(voided.void_reason, told);
    }
}
