//! How a client leaves, with everything about him, and without a trace.

use std::collections::BTreeMap;

use regiment_core::export::Archive;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use regiment_proto::v1::{
    ArchiveClientRequest, Client, ClientStatus, CreateClientRequest, EraseClientRequest,
    ExportClientRequest, ExportFormat, GetClientRequest, PauseClientRequest, ReopenClientRequest,
};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::errors::check;
use crate::practice::{Caller, Practice, recruit};

const SUNDAY: &str = "2026-03-01T12:00:00Z";

/// Puts the parts of an export together, by file.
async fn exported(
    mut as_caller: ClientServiceClient<InterceptedService<Channel, Caller>>,
    name: &str,
    format: ExportFormat,
) -> Result<BTreeMap<String, String>, Status> {
    let asked = ExportClientRequest { name: name.to_owned(), format: format.into() };
    let mut parts = as_caller.export_client(asked).await?.into_inner();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    while let Some(part) = parts.message().await? {
        assert!(part.content.len() <= 64 << 10);
        files.entry(part.file).or_default().extend(part.content);
    }
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ok(files.into_iter().map(|(file, bytes)| (file, text(bytes))).collect())
}

/// A practice with a client who has a week of records.
async fn with_a_week() -> Practice {
    let practice = Practice::open(SUNDAY).await;
    let client = Client {
        coaching_notes: "canary of the coach".to_owned(),
        email: "canary@example.org".to_owned(),
        ..recruit("42")
    };
    let asked = CreateClientRequest { client: Some(client), activate: true, ..Default::default() };
    practice.clients().create_client(asked).await.expect("a client");
    practice.enlist("7").await;
    practice.live_until("2026-03-09T12:00:00Z").await;
    practice
}

#[tokio::test]
async fn an_export_holds_everything_and_the_coachs_words_stay_with_the_coach() {
    let practice = with_a_week().await;
    let json = ExportFormat::Json;
    let files = exported(practice.clients(), "clients/42", json).await.unwrap();
    let archive: Archive = serde_json::from_str(&files["client.json"]).unwrap();
    assert_eq!(archive.client.user_id.as_str(), "42");
    assert!(archive.revisions.len() > 30 && !archive.infractions.is_empty());
    assert_eq!(archive.client.coaching_notes, "canary of the coach");

    let own = exported(practice.clients_of("42"), "clients/42", json).await.unwrap();
    assert!(!own["client.json"].contains("canary of the coach"));
    assert!(own["client.json"].contains("canary@example.org"));
    let sheets = exported(practice.clients(), "clients/42", ExportFormat::Csv).await.unwrap();
    assert!(sheets["meals.csv"].lines().count() > 15, "{:?}", sheets.keys());

    let refused = exported(practice.clients_of("7"), "clients/42", json).await.unwrap_err();
    check(&refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
    let nobody = exported(practice.clients(), "clients/8", json).await.unwrap_err();
    check(&nobody, Code::NotFound, "UNKNOWN_CLIENT", &[]);
}

#[tokio::test]
async fn an_erased_client_leaves_no_trace() {
    let practice = with_a_week().await;
    let erase = |request_id: &str| EraseClientRequest {
        name: "clients/42".to_owned(),
        request_id: request_id.to_owned(),
    };
    let refused = practice.clients_of("7").erase_client(erase("")).await.unwrap_err();
    check(&refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
    let pause = PauseClientRequest {
        name: "clients/42".to_owned(),
        reason: "he leaves".to_owned(),
        request_id: "p-1".to_owned(),
        ..Default::default()
    };
    practice.clients().pause_client(pause).await.unwrap();
    let erased = practice.clients_of("42").erase_client(erase("e-1")).await.unwrap().into_inner();
    assert!(erased.erased_rows > 60, "{erased:?}");

    let get = GetClientRequest { name: "clients/42".to_owned() };
    let gone = practice.clients().get_client(get).await.unwrap_err();
    check(&gone, Code::NotFound, "UNKNOWN_CLIENT", &[]);
    let again = practice.clients().erase_client(erase("")).await.unwrap_err();
    check(&again, Code::NotFound, "UNKNOWN_CLIENT", &[]);
    let mut tx = practice.regiment.store().read().await.unwrap();
    let kept = tx.answered("operator", "p-1", practice.regiment.now()).await.unwrap();
    assert_eq!(kept.unwrap().response, None, "the answer held the profile");
    assert_eq!(tx.verify_audit(None).await.unwrap().broken, None);
    drop(tx);
    practice.live_until("2026-03-10T12:00:00Z").await;
    practice.enlist("42").await;
}

#[tokio::test]
async fn who_was_let_go_can_be_reopened() {
    let practice = Practice::open(SUNDAY).await;
    let client = practice.enlist("42").await;
    let archive = |etag: &str| ArchiveClientRequest {
        name: "clients/42".to_owned(),
        reason: "he moved away".to_owned(),
        etag: etag.to_owned(),
        ..Default::default()
    };
    let refused = practice.clients().archive_client(archive("0")).await.unwrap_err();
    check(&refused, Code::Aborted, "STALE_ETAG", &[]);
    let left = practice.clients().archive_client(archive(&client.etag)).await.unwrap();
    assert_eq!(left.into_inner().client.unwrap().status(), ClientStatus::Archived);
    let refused = practice.clients().archive_client(archive("")).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "WRONG_STATUS", &[]);
    let reopen = ReopenClientRequest { name: "clients/42".to_owned(), ..Default::default() };
    practice.clients().reopen_client(reopen).await.unwrap();
    let form = regiment_core::engine::onboarding::Form {
        user_id: "42".to_owned(),
        height_cm: Some(180),
        weight_kg: Some(90.0),
        timezone_offset: "UTC".to_owned(),
        goal: "cut".to_owned(),
        ..Default::default()
    };
    let again = practice.regiment.enlist(&form).await.unwrap();
    assert!(matches!(again, regiment_core::regiment::Enlisted::Pending(_)), "{again:?}");
}
