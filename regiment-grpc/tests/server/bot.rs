use jiff::SignedDuration;
use regiment_core::Clock as _;
use regiment_core::record::AlertKind;
use regiment_proto::v1::{
    Contact, DeleteDraftRequest, DiscordRequests, Draft, GetCommandHashRequest, GetContactRequest,
    GetDraftRequest, ListOwedEditsRequest, ListZonesRequest, OweEditRequest, OwedEdit,
    RaiseAlertRequest, ReportBotRequest, SaveCommandHashRequest, SaveContactRequest,
    SaveDraftRequest, SettleEditRequest, Severity, SubscribeRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

fn draft(body: &str) -> Draft {
    Draft {
        user_id: "42".to_owned(),
        form: "checkin".to_owned(),
        date: "2026-03-03".to_owned(),
        body: body.to_owned(),
        expire_time: None,
    }
}

fn which() -> GetDraftRequest {
    GetDraftRequest {
        user_id: "42".to_owned(),
        form: "checkin".to_owned(),
        date: "2026-03-03".to_owned(),
    }
}

#[tokio::test]
async fn a_draft_is_kept_for_48_hours_or_until_it_is_deleted() {
    let practice = Practice::open(SUNDAY).await;
    let save = |body: &str| SaveDraftRequest { draft: Some(draft(body)), ..Default::default() };
    practice.bot().save_draft(save("a")).await.unwrap();
    practice.bot().save_draft(save("b")).await.unwrap();
    let found = practice.bot().get_draft(which()).await.unwrap().into_inner().draft.unwrap();
    assert_eq!(found.body, "b");
    practice.clock.advance(SignedDuration::from_secs(48 * 3600 - 1));
    practice.bot().get_draft(which()).await.unwrap();
    practice.clock.advance(SignedDuration::from_secs(1));
    let gone = practice.bot().get_draft(which()).await.unwrap_err();
    check(&gone, Code::NotFound, "UNKNOWN_DRAFT", &[]);

    practice.bot().save_draft(save("c")).await.unwrap();
    let GetDraftRequest { user_id, form, date } = which();
    let delete = DeleteDraftRequest { user_id, form, date, request_id: "d1".to_owned() };
    practice.bot().delete_draft(delete.clone()).await.unwrap();
    practice.bot().delete_draft(delete).await.unwrap();
    practice.bot().get_draft(which()).await.unwrap_err();
}

#[tokio::test]
async fn a_bad_draft_is_refused_by_its_fields() {
    let practice = Practice::open(SUNDAY).await;
    for (bad, path) in [
        (Draft { user_id: "x".to_owned(), ..draft("a") }, "draft.user_id"),
        (Draft { form: "Check-in".to_owned(), ..draft("a") }, "draft.form"),
        (Draft { date: "3 March".to_owned(), ..draft("a") }, "draft.date"),
        (draft(""), "draft.body"),
        (draft(&"x".repeat(8_001)), "draft.body"),
    ] {
        let asked = SaveDraftRequest { draft: Some(bad), ..Default::default() };
        let refused = practice.bot().save_draft(asked).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    }
    let longest = SaveDraftRequest { draft: Some(draft(&"x".repeat(8_000))), ..Default::default() };
    practice.bot().save_draft(longest).await.unwrap();
}

#[tokio::test]
async fn a_contact_says_whether_and_since_when_direct_messages_are_closed() {
    let practice = Practice::open(SUNDAY).await;
    let asked = GetContactRequest { user_id: "42".to_owned() };
    let unknown = practice.bot().get_contact(asked.clone()).await.unwrap().into_inner();
    assert_eq!(unknown.contact, Some(Contact { user_id: "42".to_owned(), ..Default::default() }));
    let closed = Contact {
        user_id: "42".to_owned(),
        dm_channel_id: "55".to_owned(),
        is_dm_closed: true,
        dm_closed_time: None,
    };
    let save = |contact| SaveContactRequest { contact: Some(contact), ..Default::default() };
    practice.bot().save_contact(save(closed.clone())).await.unwrap();
    practice.clock.advance(SignedDuration::from_secs(60));
    let again = practice.bot().save_contact(save(closed.clone())).await.unwrap().into_inner();
    let again = again.contact.unwrap();
    assert_eq!(again.dm_closed_time.unwrap().seconds + 60, practice.clock.now().as_second());
    let open = Contact { is_dm_closed: false, ..closed };
    practice.bot().save_contact(save(open.clone())).await.unwrap();
    let found = practice.bot().get_contact(asked).await.unwrap().into_inner();
    assert_eq!(found.contact, Some(open));
    let bad = Contact { dm_channel_id: "general".to_owned(), ..Default::default() };
    let refused = practice.bot().save_contact(save(bad)).await.unwrap_err();
    let paths = ["contact.user_id", "contact.dm_channel_id"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);
}

#[tokio::test]
async fn the_hash_of_the_commands_is_kept_for_each_scope() {
    let practice = Practice::open(SUNDAY).await;
    let get = |scope: &str| GetCommandHashRequest { scope: scope.to_owned() };
    let empty = practice.bot().get_command_hash(get("global")).await.unwrap().into_inner();
    assert_eq!(empty.hash, "");
    let save = |scope: &str, hash: &str| SaveCommandHashRequest {
        scope: scope.to_owned(),
        hash: hash.to_owned(),
        request_id: String::new(),
    };
    practice.bot().save_command_hash(save("global", "abc")).await.unwrap();
    practice.bot().save_command_hash(save("1234", "def")).await.unwrap();
    let found = practice.bot().get_command_hash(get("global")).await.unwrap().into_inner();
    assert_eq!(found.hash, "abc");
    let refused = practice.bot().save_command_hash(save("a.b", "")).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["scope", "hash"]);
}

#[tokio::test]
async fn an_owed_answer_is_listed_until_it_is_settled_or_the_platform_takes_it_no_more() {
    let practice = Practice::open(SUNDAY).await;
    let now = practice.clock.now().as_second();
    let edit = |id: &str, after: i64| OwedEdit {
        interaction_id: id.to_owned(),
        user_id: "42".to_owned(),
        token: "credential".to_owned(),
        body: "{}".to_owned(),
        expire_time: Some(prost_types::Timestamp { seconds: now + after, nanos: 0 }),
    };
    let owe = |edit| OweEditRequest { edit: Some(edit), request_id: String::new() };
    for id in ["1", "2", "3"] {
        practice.bot().owe_edit(owe(edit(id, 840))).await.unwrap();
    }
    let mut asked = ListOwedEditsRequest { page_size: 2, ..Default::default() };
    let first = practice.bot().list_owed_edits(asked.clone()).await.unwrap().into_inner();
    asked.page_token = first.next_page_token;
    let rest = practice.bot().list_owed_edits(asked).await.unwrap().into_inner();
    assert_eq!(first.edits, [edit("1", 840), edit("2", 840)]);
    assert_eq!((rest.edits, rest.next_page_token), (vec![edit("3", 840)], String::new()));
    let settle = SettleEditRequest { interaction_id: "1".to_owned(), ..Default::default() };
    practice.bot().settle_edit(settle).await.unwrap();
    practice.clock.advance(SignedDuration::from_secs(840));
    let left = practice.bot().list_owed_edits(ListOwedEditsRequest::default()).await.unwrap();
    assert_eq!(left.into_inner().edits, []);
    for (bad, path) in [
        (OwedEdit { interaction_id: "x".to_owned(), ..edit("4", 900) }, "edit.interaction_id"),
        (edit("4", 840 + 3_601), "edit.expire_time"),
        (edit("4", 840), "edit.expire_time"),
        (OwedEdit { token: "two words".to_owned(), ..edit("4", 900) }, "edit.token"),
    ] {
        let refused = practice.bot().owe_edit(owe(bad)).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
        assert!(!refused.message().contains("two words"), "{}", refused.message());
    }
}

#[tokio::test]
async fn what_the_bot_met_is_an_alert() {
    let practice = Practice::open(SUNDAY).await;
    let raise = |severity: Severity, text: &str, client: &str, id: &str| RaiseAlertRequest {
        severity: severity.into(),
        text: text.to_owned(),
        client: client.to_owned(),
        request_id: id.to_owned(),
    };
    let first = raise(Severity::High, "an unknown interaction", "", "r1");
    practice.bot().raise_alert(first.clone()).await.unwrap();
    practice.bot().raise_alert(first).await.unwrap();
    practice.bot().raise_alert(raise(Severity::Low, "again", "", "r2")).await.unwrap();
    let mut tx = practice.regiment.store().read().await.unwrap();
    let alerts = tx.open_alerts(10).await.unwrap();
    drop(tx);
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].kind, alerts[0].count), (AlertKind::BotTrouble, 2));
    for (bad, path) in [
        (raise(Severity::Unspecified, "a", "", ""), "severity"),
        (raise(Severity::Low, "  ", "", ""), "text"),
        (raise(Severity::Low, &"x".repeat(301), "", ""), "text"),
        (raise(Severity::Low, "a", "people/1", ""), "client"),
    ] {
        let refused = practice.bot().raise_alert(bad).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    }
}

#[tokio::test]
async fn a_bot_that_has_subscribed_is_known_by_its_reports() {
    let practice = Practice::open(SUNDAY).await;
    let report = |count| ReportBotRequest {
        bot_id: "bot-1".to_owned(),
        version: "0.1.0".to_owned(),
        is_connected: true,
        requests: vec![DiscordRequests {
            route: "POST /channels/{channel}/messages".to_owned(),
            code: 200,
            count,
        }],
        ..Default::default()
    };
    let unknown = practice.bot().report_bot(report(1)).await.unwrap_err();
    check(&unknown, Code::NotFound, "UNKNOWN_BOT", &[]);
    let asked = SubscribeRequest { bot_id: "bot-1".to_owned(), max_in_hand: 1 };
    let _stream = practice.sender().subscribe(asked).await.unwrap();
    practice.bot().report_bot(report(7)).await.unwrap();
    let bots = practice.regiment.connected_bots().await.unwrap();
    assert_eq!((bots.len(), bots[0].report.requests[0].count), (1, 7));
    practice.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(practice.regiment.connected_bots().await.unwrap(), []);
    let refused = practice.bot().report_bot(report(-1)).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["requests.count"]);
}

#[tokio::test]
async fn zones_are_found_by_a_part_of_their_name() {
    let practice = Practice::open(SUNDAY).await;
    let mut asked =
        ListZonesRequest { query: "new".to_owned(), page_size: 1, ..Default::default() };
    let first = practice.bot().list_zones(asked.clone()).await.unwrap().into_inner();
    assert_eq!(first.zones.len(), 1);
    asked.page_token = first.next_page_token;
    asked.page_size = 100;
    let rest = practice.bot().list_zones(asked).await.unwrap().into_inner();
    assert_eq!(rest.next_page_token, "");
    let zones = [first.zones, rest.zones].concat();
    let names: Vec<_> = zones.iter().map(|zone| zone.name.as_str()).collect();
    assert!(names.is_sorted() && names.iter().all(|name| name.to_lowercase().contains("new")));
    let new_york = zones.iter().find(|zone| zone.name == "America/New_York").unwrap();
    assert_eq!(new_york.utc_offset, "-05");
}

#[tokio::test]
async fn only_the_bot_reads_what_it_remembers() {
    let practice = Practice::open(SUNDAY).await;
    let mut stranger =
        regiment_proto::v1::bot_service_client::BotServiceClient::new(practice.channel.clone());
    let asked = ListOwedEditsRequest::default();
    let refused = stranger.list_owed_edits(asked).await.unwrap_err();
    check(&refused, Code::Unauthenticated, "UNAUTHENTICATED", &[]);
}
