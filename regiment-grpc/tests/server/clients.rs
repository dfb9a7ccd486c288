use prost_types::FieldMask;
use regiment_proto::v1::{
    ActivateClientRequest, Client, ClientStatus, CreateClientRequest, Gate, GetClientRequest,
    GetStandingRequest, GetTodayRequest, Goal, ListClientsRequest, PauseClientRequest,
    ResumeClientRequest, UpdateClientRequest,
};
use tonic::Code;

use crate::practice::{Practice, recruit};

const SUNDAY: &str = "2026-03-01T12:00:00Z";

#[tokio::test]
async fn a_client_is_created_pending_then_activated_for_the_next_tuesday() {
    let practice = Practice::open(SUNDAY).await;
    let asked = CreateClientRequest { client: Some(recruit("42")), ..Default::default() };
    let created = practice.clients().create_client(asked).await.unwrap().into_inner();
    let created = created.client.unwrap();
    assert_eq!((created.name.as_str(), created.status()), ("clients/42", ClientStatus::Pending));
    assert!(created.paused && !created.subject.is_empty());

    let asked = ActivateClientRequest { name: "clients/42".to_owned(), ..Default::default() };
    let active = practice.clients().activate_client(asked).await.unwrap().into_inner();
    let active = active.client.unwrap();
    assert_eq!((active.status(), active.paused), (ClientStatus::Active, false));
    assert_eq!(active.start_date, "2026-03-03");

    let asked = GetClientRequest { name: "clients/42".to_owned() };
    let read = practice.clients().get_client(asked).await.unwrap().into_inner();
    assert_eq!(read.client.unwrap(), active);
}

#[tokio::test]
async fn one_call_creates_a_client_under_orders() {
    let practice = Practice::open(SUNDAY).await;
    let client = practice.enlist("42").await;
    assert_eq!(client.status(), ClientStatus::Active);
    assert_eq!(client.macros, recruit("42").macros);
    assert_eq!(client.meal_template_id, "template_b");
}

#[tokio::test]
async fn an_update_writes_the_masked_fields_alone() {
    let practice = Practice::open(SUNDAY).await;
    let before = practice.enlist("42").await;
    let asked = UpdateClientRequest {
        client: Some(Client {
            name: before.name.clone(),
            etag: before.etag.clone(),
            goal: Goal::Bulk.into(),
            height_cm: 150,
            cardio_minutes: Some(45),
            ..Client::default()
        }),
        update_mask: Some(FieldMask { paths: vec!["goal".into(), "cardio_minutes".into()] }),
        ..Default::default()
    };
    let after = practice.clients().update_client(asked).await.unwrap().into_inner();
    let after = after.client.unwrap();
    assert_eq!((after.goal(), after.cardio_minutes), (Goal::Bulk, Some(45)));
    assert_eq!(after.height_cm, before.height_cm);
    assert_ne!(after.etag, before.etag);
}

#[tokio::test]
async fn a_pause_shuts_the_gate_until_it_is_ended() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-03T08:00:00Z").await;
    let today = GetTodayRequest { name: "clients/42".to_owned() };
    let open = practice.clients().get_today(today.clone()).await.unwrap().into_inner();
    assert_eq!((open.gate(), open.date.as_str()), (Gate::Open, "2026-03-03"));
    assert!(open.duties.len() > 4, "{open:?}");

    let asked = PauseClientRequest {
        name: "clients/42".to_owned(),
        reason: "travel".to_owned(),
        ..Default::default()
    };
    practice.clients().pause_client(asked.clone()).await.unwrap();
    let shut = practice.clients().get_today(today.clone()).await.unwrap().into_inner();
    assert_eq!((shut.gate(), shut.duties.len()), (Gate::Paused, 0));
    let twice = practice.clients().pause_client(asked).await.unwrap_err();
    assert_eq!(twice.code(), Code::FailedPrecondition);

    let asked = ResumeClientRequest {
        name: "clients/42".to_owned(),
        reason: "back".to_owned(),
        ..Default::default()
    };
    practice.clients().resume_client(asked).await.unwrap();
    let open = practice.clients().get_today(today).await.unwrap().into_inner();
    assert_eq!(open.gate(), Gate::Open);
}

#[tokio::test]
async fn pages_follow_each_other_and_hold_everybody_once() {
    let practice = Practice::open(SUNDAY).await;
    let ids = ["11", "12", "13", "14", "21"];
    for id in ids {
        practice.enlist(id).await;
    }
    let mut asked = ListClientsRequest { page_size: 2, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page = practice.clients().list_clients(asked.clone()).await.unwrap().into_inner();
        seen.extend(page.clients.into_iter().map(|client| client.user_id));
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    assert_eq!(seen, ids);

    let first = ListClientsRequest { page_size: 1, ..Default::default() };
    let token = practice.clients().list_clients(first).await.unwrap().into_inner();
    let other = ListClientsRequest {
        page_token: token.next_page_token,
        query: "1".to_owned(),
        ..Default::default()
    };
    let refused = practice.clients().list_clients(other).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_list_is_searched_by_id_name_state_and_goal() {
    let practice = Practice::open(SUNDAY).await;
    for id in ["11", "12", "21"] {
        practice.enlist(id).await;
    }
    let pending = CreateClientRequest {
        client: Some(Client { goal: Goal::Bulk.into(), ..recruit("31") }),
        ..Default::default()
    };
    practice.clients().create_client(pending).await.unwrap();
    let list = async |asked: ListClientsRequest| -> Vec<String> {
        let page = practice.clients().list_clients(asked).await.unwrap().into_inner();
        page.clients.into_iter().map(|client| client.user_id).collect()
    };
    let query = |text: &str| ListClientsRequest { query: text.to_owned(), ..Default::default() };
    assert_eq!(list(query("1")).await, ["11", "12", "21", "31"], "every name holds a 1");
    assert_eq!(list(query("21")).await, ["21"]);
    assert_eq!(list(query("PERSON 12")).await, ["12"]);
    let statuses = vec![ClientStatus::Pending.into()];
    assert_eq!(list(ListClientsRequest { statuses, ..Default::default() }).await, ["31"]);
    let goals = vec![Goal::Cut.into()];
    assert_eq!(list(ListClientsRequest { goals, ..Default::default() }).await, ["11", "12", "21"]);
}

#[tokio::test]
async fn silence_shows_in_the_standing() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-07T23:00:00Z").await;
    let asked = GetStandingRequest { name: "clients/42".to_owned() };
    let standing = practice.clients().get_standing(asked).await.unwrap().into_inner();
    let standing = standing.standing.unwrap();
    assert!(standing.events_7_days >= 3, "{standing:?}");
    assert_eq!(standing.warning_dates.len(), 1, "{standing:?}");
    assert_eq!(standing.streak, 0);
}
