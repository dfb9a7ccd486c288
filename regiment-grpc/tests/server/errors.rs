use prost_types::FieldMask;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use regiment_proto::v1::{
    Client, CreateClientRequest, GetClientRequest, ListClientsRequest, LogCheckinRequest,
    LogMealRequest, LogTopSetRequest, PauseClientRequest, UpdateClientRequest,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::practice::{Practice, recruit};

const SUNDAY: &str = "2026-03-01T12:00:00Z";

/// Asserts the code, the reason and the refused paths of a status.
#[track_caller]
pub(crate) fn check(status: &Status, code: Code, reason: &str, paths: &[&str]) {
    assert_eq!(status.code(), code, "{}", status.message());
    let details = status.get_error_details();
    let info = details.error_info().expect("every error has a reason");
    assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "regiment"));
    let violations = details.bad_request().map(|bad| bad.field_violations.clone());
    let found: Vec<_> = violations.into_iter().flatten().map(|bad| bad.field).collect();
    assert_eq!(found, paths, "{}", status.message());
}

#[tokio::test]
async fn every_bad_field_is_named_with_its_path() {
    let practice = Practice::open(SUNDAY).await;
    let client = Client {
        height_cm: 99,
        weight_kg: 29.0,
        timezone_offset: "Mars".to_owned(),
        ..recruit("x")
    };
    let asked = CreateClientRequest { client: Some(client), ..Default::default() };
    let refused = practice.clients().create_client(asked).await.unwrap_err();
    let paths =
        ["client.user_id", "client.timezone_offset", "client.height_cm", "client.weight_kg"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
    let nothing = practice.clients().list_clients(ListClientsRequest::default()).await.unwrap();
    assert!(nothing.into_inner().clients.is_empty(), "a refused client was stored");

    let asked = LogTopSetRequest {
        client: "clients/42".to_owned(),
        exercise_id: "no such".to_owned(),
        ..Default::default()
    };
    let refused = practice.logs_of("42").log_top_set(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["exercise_id", "top_set.reps"]);

    let asked = LogCheckinRequest { client: "clients/42".to_owned(), ..Default::default() };
    let refused = practice.logs_of("42").log_checkin(asked).await.unwrap_err();
    let paths =
        ["report.weight_kg", "report.mood", "report.soreness", "report.stress", "report.sleep"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);

    let asked = PauseClientRequest {
        name: "clients/42".to_owned(),
        until: "tomorrow".to_owned(),
        ..Default::default()
    };
    let refused = practice.clients().pause_client(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["until"]);
}

#[tokio::test]
async fn a_mask_that_names_no_field_is_refused() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = UpdateClientRequest {
        client: Some(Client { name: "clients/42".to_owned(), ..Default::default() }),
        update_mask: Some(FieldMask { paths: vec!["status".to_owned()] }),
        ..Default::default()
    };
    let refused = practice.clients().update_client(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["update_mask"]);
    assert!(refused.message().contains("status"), "{}", refused.message());
}

#[tokio::test]
async fn who_is_not_there_is_not_found() {
    let practice = Practice::open(SUNDAY).await;
    let asked = GetClientRequest { name: "clients/7".to_owned() };
    let refused = practice.clients().get_client(asked).await.unwrap_err();
    check(&refused, Code::NotFound, "UNKNOWN_CLIENT", &[]);
    let asked = GetClientRequest { name: "people/7".to_owned() };
    let refused = practice.clients().get_client(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["name"]);
}

#[tokio::test]
async fn a_second_client_with_the_same_id_is_refused() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = CreateClientRequest { client: Some(recruit("42")), ..Default::default() };
    let refused = practice.clients().create_client(asked).await.unwrap_err();
    check(&refused, Code::AlreadyExists, "EXISTS", &[]);
}

#[tokio::test]
async fn what_was_not_ordered_is_refused_with_a_reason() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = LogMealRequest {
        client: "clients/42".to_owned(),
        meal_id: "template_b_meal1".to_owned(),
        status: regiment_proto::v1::LogStatus::Completed.into(),
        ..Default::default()
    };
    let refused = practice.logs_of("42").log_meal(asked).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "NOT_ORDERED", &[]);
}

#[tokio::test]
async fn an_old_etag_changes_nothing() {
    let practice = Practice::open(SUNDAY).await;
    let client = practice.enlist("42").await;
    let asked = |etag: &str| PauseClientRequest {
        name: "clients/42".to_owned(),
        reason: "travel".to_owned(),
        etag: etag.to_owned(),
        ..Default::default()
    };
    let refused = practice.clients().pause_client(asked("0")).await.unwrap_err();
    check(&refused, Code::Aborted, "STALE_ETAG", &[]);
    practice.clients().pause_client(asked(&client.etag)).await.unwrap();
}

#[tokio::test]
async fn the_same_request_id_gets_the_first_answer() {
    let practice = Practice::open(SUNDAY).await;
    let asked = CreateClientRequest {
        client: Some(recruit("42")),
        request_id: "form-1".to_owned(),
        ..Default::default()
    };
    let first = practice.clients().create_client(asked.clone()).await.unwrap().into_inner();
    let again = practice.clients().create_client(asked.clone()).await.unwrap().into_inner();
    assert_eq!(first, again);
    let other = CreateClientRequest { client: Some(recruit("43")), ..asked };
    let refused = practice.clients().create_client(other).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["request_id"]);
}

#[tokio::test]
async fn a_caller_without_the_token_is_refused() {
    let practice = Practice::open(SUNDAY).await;
    let asked = GetClientRequest { name: "clients/42".to_owned() };
    let mut stranger = ClientServiceClient::new(practice.channel.clone());
    let refused = stranger.get_client(asked).await.unwrap_err();
    check(&refused, Code::Unauthenticated, "UNAUTHENTICATED", &[]);
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_carried_out_once() {
    let practice = Practice::open(SUNDAY).await;
    let client = practice.enlist("42").await;
    let asked = PauseClientRequest {
        name: "clients/42".to_owned(),
        reason: "travel".to_owned(),
        etag: client.etag,
        request_id: "pause-1".to_owned(),
        ..Default::default()
    };
    let first = practice.clients().pause_client(asked.clone()).await.unwrap().into_inner();
    // As a crash leaves it that comes after the commit, and before the answer is kept.
    let mut tx = practice.regiment.store().begin().await.unwrap();
    tx.tamper("UPDATE request_log SET response = ''").await.unwrap();
    tx.commit().await.unwrap();
    let again = practice.clients().pause_client(asked).await.unwrap().into_inner();
    assert_eq!(first, again);
    let mut tx = practice.regiment.store().read().await.unwrap();
    assert_eq!(tx.pauses("42".parse().unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_is_created_as_a_whole_or_not_at_all() {
    let practice = Practice::open(SUNDAY).await;
    // Without macros he can't come under orders.
    let incomplete = Client { macros: None, ..recruit("42") };
    let asked = |client: Client| CreateClientRequest {
        client: Some(client),
        activate: true,
        request_id: "form-1".to_owned(),
    };
    let refused = practice.clients().create_client(asked(incomplete)).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "INCOMPLETE", &[]);
    let name = GetClientRequest { name: "clients/42".to_owned() };
    let missing = practice.clients().get_client(name).await.unwrap_err();
    check(&missing, Code::NotFound, "UNKNOWN_CLIENT", &[]);
    // What was refused was not carried out, so its id is free.
    practice.clients().create_client(asked(recruit("42"))).await.unwrap();
}
