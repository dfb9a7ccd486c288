//! What the coach sees of his clients at a glance, and what he forgives.

use regiment_core::record::{ExcuseReason, Stream};
use regiment_core::regiment::Span;
use regiment_core::testing::{date, user};
use regiment_proto::v1;
use regiment_proto::v1::{
    ClientView, DecideExcuseRequestRequest, ExcuseClientRequest, ExcuseDecision, ExcuseSpan, Gate,
    GetPlanRequest, InfractionKind, LiftRefeedBlockRequest, ListClientsRequest,
    ListExcuseRequestsRequest, Macros, PlanRefeedRequest, RaiseFlagRequest, RecompilePlanRequest,
    Severity, VoidInfractionRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

async fn raise(practice: &Practice, user_id: &str, severity: Severity) {
    let asked = RaiseFlagRequest {
        client: format!("clients/{user_id}"),
        flag: "sleep".to_owned(),
        severity: severity.into(),
        ..Default::default()
    };
    practice.cards().raise_flag(asked).await.expect("a flag");
}

#[tokio::test]
async fn those_who_need_the_coach_most_come_first() {
    let practice = Practice::open(SUNDAY).await;
    for user_id in ["1", "2", "3", "4"] {
        practice.enlist(user_id).await;
    }
    raise(&practice, "2", Severity::Low).await;
    raise(&practice, "4", Severity::Critical).await;
    let mut asked =
        ListClientsRequest { page_size: 1, order_by: "need".to_owned(), ..Default::default() };
    let mut listed = Vec::new();
    loop {
        let page = practice.clients().list_clients(asked.clone()).await.unwrap().into_inner();
        listed.extend(page.clients.into_iter().map(|client| client.user_id));
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, ["4", "2", "1", "3"]);
    let flagged = ListClientsRequest { flags: vec!["manual".to_owned()], ..Default::default() };
    let page = practice.clients().list_clients(flagged).await.unwrap().into_inner();
    let listed: Vec<_> = page.clients.iter().map(|client| client.user_id.as_str()).collect();
    assert_eq!(listed, ["2", "4"]);

    let asked = ListClientsRequest {
        flags: vec!["boredom".to_owned()],
        order_by: "name".to_owned(),
        view: 9,
        ..Default::default()
    };
    let refused = practice.clients().list_clients(asked).await.unwrap_err();
    let paths = ["flags", "order_by", "view"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
}

#[tokio::test]
async fn a_summary_shows_the_day_the_weeks_and_the_flags() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("1").await;
    practice.live_until("2026-03-06T08:00:00Z").await;
    let asked = ListClientsRequest { view: ClientView::Summary.into(), ..Default::default() };
    let page = practice.clients().list_clients(asked).await.unwrap().into_inner();
    let seen = page.clients[0].summary.clone().unwrap();
    assert_eq!((seen.date.as_str(), seen.gate()), ("2026-03-06", Gate::Open));
    assert!(seen.duties.len() > 4, "{:?}", seen.duties);
    assert_eq!(seen.next_trigger, "plan_prompt");
    assert_eq!(seen.days.len(), 28);
    let silent = seen.days.iter().find(|day| day.date == "2026-03-05").unwrap();
    assert!(silent.assigned >= 5 && silent.done.abs() < 1e-12, "{silent:?}");
    assert_eq!(seen.days[0].assigned, 0, "before he started");
    assert!(seen.events_7_days >= 3 && seen.open_cards >= 1, "{seen:?}");
    assert!(seen.flags.contains(&"non_responding_client".to_owned()), "{:?}", seen.flags);
    assert!(seen.need >= 0.0);
    assert_eq!((seen.weight_kg, &seen.weight_trend, seen.lapse_risk), (None, &None, None));

    let plain = ListClientsRequest::default();
    let page = practice.clients().list_clients(plain).await.unwrap().into_inner();
    assert_eq!(page.clients[0].summary, None);
}

#[tokio::test]
async fn an_excuse_takes_the_days_misses_off_the_standing() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-07T23:00:00Z").await;
    let span = |reason: v1::ExcuseReason| ExcuseSpan {
        from_date: "2026-03-03".to_owned(),
        until_date: "2026-03-07".to_owned(),
        reason: reason.into(),
        ..Default::default()
    };
    let asked = |span: ExcuseSpan| ExcuseClientRequest {
        name: "clients/42".to_owned(),
        span: Some(span),
        ..Default::default()
    };
    let nothing = asked(ExcuseSpan { streams: vec![9], ..Default::default() });
    let refused = practice.clients().excuse_client(nothing).await.unwrap_err();
    let paths = ["span.from_date", "span.until_date", "span.streams", "span.reason"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
    let ill = asked(span(v1::ExcuseReason::Illness));
    let excused = practice.clients().excuse_client(ill).await.unwrap().into_inner();
    assert_eq!(excused.standing.unwrap().events_7_days, 0);
}

#[tokio::test]
async fn a_request_to_be_excused_waits_for_the_coach() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let span = Span {
        from: date("2026-03-10"),
        until: date("2026-03-11"),
        streams: vec![Stream::Training],
        item: None,
        reason: ExcuseReason::Travel,
    };
    practice.regiment.ask_excuse(user("42"), span).await.unwrap();
    let everybodys = ListExcuseRequestsRequest::default();
    let waiting = practice.clients().list_excuse_requests(everybodys.clone()).await.unwrap();
    let [request] = &waiting.into_inner().excuse_requests[..] else { panic!("one waits") };
    assert_eq!(request.span.as_ref().unwrap().reason(), v1::ExcuseReason::Travel);

    let asked = DecideExcuseRequestRequest {
        name: request.name.clone(),
        decision: ExcuseDecision::Grant.into(),
        request_id: "d-1".to_owned(),
        ..Default::default()
    };
    practice.clients().decide_excuse_request(asked.clone()).await.unwrap();
    practice.clients().decide_excuse_request(asked.clone()).await.unwrap();
    let waiting = practice.clients().list_excuse_requests(everybodys).await.unwrap().into_inner();
    assert!(waiting.excuse_requests.is_empty());
    let again = DecideExcuseRequestRequest { request_id: String::new(), ..asked };
    let refused = practice.clients().decide_excuse_request(again).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "NOTHING_ASKED", &[]);
}

#[tokio::test]
async fn a_voided_infraction_counts_no_more_and_the_block_is_lifted() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-07T23:00:00Z").await;
    let standing = |standing: Option<v1::Standing>| standing.unwrap();
    let lift = LiftRefeedBlockRequest { name: "clients/42".to_owned(), ..Default::default() };
    let before = practice.clients().lift_refeed_block(lift).await.unwrap().into_inner();
    let before = standing(before.standing);
    assert_eq!(before.refeed_blocked_since, "");
    let event = before.infractions.iter().find(|event| event.kind() == InfractionKind::Meals);
    let asked = VoidInfractionRequest {
        name: "clients/42".to_owned(),
        kind: InfractionKind::Meals.into(),
        date: event.unwrap().date.clone(),
        reason: String::new(),
        ..Default::default()
    };
    let refused = practice.clients().void_infraction(asked.clone()).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "REASON_NEEDED", &[]);
    let asked = VoidInfractionRequest { reason: "the kitchen burned".to_owned(), ..asked };
    let after = practice.clients().void_infraction(asked).await.unwrap().into_inner();
    let after = standing(after.standing);
    assert_eq!(after.events_7_days, before.events_7_days - 1);
}

#[tokio::test]
async fn a_cycle_is_shown_compiled_again_and_given_a_refeed() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-03T08:00:00Z").await;
    let get = GetPlanRequest { name: "clients/42".to_owned(), ..Default::default() };
    let plan = practice.clients().get_plan(get.clone()).await.unwrap().into_inner().plan.unwrap();
    assert_eq!((plan.cycle_start_date.as_str(), plan.days.len()), ("2026-03-03", 7));
    assert_eq!(plan.macros, Some(Macros { protein: 180, carbs: 200, fats: 60 }));
    let held = plan.days[0].totals.unwrap();
    assert!((held.protein - 180).abs() <= 9 && (held.carbs - 200).abs() <= 10, "{held:?}");

    let refeed = |date: &str, carbs: i32| PlanRefeedRequest {
        name: "clients/42".to_owned(),
        date: date.to_owned(),
        macros: Some(Macros { protein: 180, carbs, fats: 60 }),
        ..Default::default()
    };
    let refused = practice.clients().plan_refeed(refeed("2026-03-03", 400)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["date"]);
    let refused = practice.clients().plan_refeed(refeed("2026-03-06", 200)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["macros"]);
    let refused = practice.clients().plan_refeed(refeed("2026-04-06", 400)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["date"]);
    let fed = practice.clients().plan_refeed(refeed("2026-03-06", 400)).await.unwrap();
    let fed = fed.into_inner().plan.unwrap();
    assert!(fed.days[3].totals.unwrap().carbs > 350, "{:?}", fed.days[3].totals);

    let recompile = |start: &str| RecompilePlanRequest {
        name: "clients/42".to_owned(),
        cycle_start_date: start.to_owned(),
        ..Default::default()
    };
    let refused = practice.clients().recompile_plan(recompile("2026-02-24")).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["cycle_start_date"]);
    let again = practice.clients().recompile_plan(recompile("2026-03-03")).await.unwrap();
    let again = again.into_inner().plan.unwrap();
    assert_eq!((again.choice.as_str(), again.days.len()), ("coach", 7));
    let later = GetPlanRequest { date: "2026-05-01".to_owned(), ..get };
    assert_eq!(practice.clients().get_plan(later).await.unwrap().into_inner().plan, None);
}
