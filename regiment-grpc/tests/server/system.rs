use regiment_core::Clock as _;
use regiment_core::engine::conditions::{Process, of_process};
use regiment_core::record::Severity;
use regiment_core::store::Quarantined;
use regiment_proto::v1;
use regiment_proto::v1::{
    AcknowledgeAlertRequest, DiscardQuarantinedRecordRequest, GetStatusRequest, ListAlertsRequest,
    ListAuditEntriesRequest, ListQuarantinedRecordsRequest, ReleaseQuarantinedRecordRequest,
    SubscribeRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

#[tokio::test]
async fn the_status_shows_what_waits_and_who_is_connected() {
    let practice = Practice::open(SUNDAY).await;
    let quiet = practice.system().get_status(GetStatusRequest {}).await.unwrap().into_inner();
    assert_eq!(
        (quiet.has_bot, quiet.pending_deliveries.len(), quiet.policy_version),
        (false, 0, 1)
    );
    assert_eq!(quiet.scheduler_lag.unwrap().seconds, 0);
    practice.enlist("42").await;
    practice.regiment.note_tick().await.unwrap();
    let asked = SubscribeRequest { bot_id: "bot-1".to_owned(), max_in_hand: 1 };
    let _stream = practice.sender().subscribe(asked).await.unwrap();
    let severity = Severity::High;
    practice.regiment.raise_bot_trouble(severity, None, "an unknown interaction").await.unwrap();
    practice.clock.advance(jiff::SignedDuration::from_secs(50));
    let status = practice.system().get_status(GetStatusRequest {}).await.unwrap().into_inner();
    assert!(status.has_bot);
    assert_eq!(status.bots[0].bot_id, "bot-1");
    assert_eq!(status.oldest_due_age.unwrap().seconds, 50);
    let pending: i32 = status.pending_deliveries.iter().map(|pending| pending.count).sum();
    assert_eq!(pending, 2, "the welcome, and the alert for the coaches");
    let [open] = &status.open_alerts[..] else { panic!("{:?}", status.open_alerts) };
    assert_eq!((open.severity(), open.count), (v1::Severity::High, 1));
    assert_eq!(status.last_tick_time.unwrap().seconds + 50, practice.clock.now().as_second());
}

#[tokio::test]
async fn an_alert_is_listed_until_it_is_acknowledged() {
    let practice = Practice::open(SUNDAY).await;
    practice.regiment.raise_bot_trouble(Severity::Low, None, "once").await.unwrap();
    let list = |show_closed| ListAlertsRequest { show_closed, ..Default::default() };
    let open = practice.system().list_alerts(list(false)).await.unwrap().into_inner().alerts;
    assert_eq!((open.len(), open[0].kind.as_str()), (1, "bot_trouble"));
    let asked = AcknowledgeAlertRequest { name: open[0].name.clone(), request_id: "a".to_owned() };
    let closed = practice.system().acknowledge_alert(asked.clone()).await.unwrap().into_inner();
    assert_eq!(closed.alert.as_ref().unwrap().closed_by, "admin");
    let again = practice.system().acknowledge_alert(asked).await.unwrap().into_inner();
    assert_eq!(again, closed);
    let open = practice.system().list_alerts(list(false)).await.unwrap().into_inner().alerts;
    assert_eq!(open, []);
    let all = practice.system().list_alerts(list(true)).await.unwrap().into_inner().alerts;
    assert_eq!(all, [closed.alert.unwrap()]);

    let slow = Process { slow: 1, ..Process::default() };
    let found = of_process(&slow, practice.clock.now());
    practice.regiment.watch_over(found, &mut Vec::new()).await.unwrap();
    let lasting = practice.system().list_alerts(list(false)).await.unwrap().into_inner().alerts;
    let asked = AcknowledgeAlertRequest { name: lasting[0].name.clone(), ..Default::default() };
    let refused = practice.system().acknowledge_alert(asked).await.unwrap_err();
    check(&refused, Code::FailedPrecondition, "CONDITION_LASTS", &[]);
    let asked = AcknowledgeAlertRequest { name: "alerts/7".to_owned(), ..Default::default() };
    let refused = practice.system().acknowledge_alert(asked).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["name"]);
}

#[tokio::test]
async fn a_record_in_quarantine_is_listed_until_it_is_released_or_discarded() {
    let practice = Practice::open(SUNDAY).await;
    let broken = |record: &str| Quarantined {
        user_id: Some("42".parse().unwrap()),
        date: None,
        source: "file.json".to_owned(),
        line: Some(3),
        reason: "weight_kg is out of range".to_owned(),
        record: record.to_owned(),
        found_at: practice.clock.now(),
    };
    let mut tx = practice.regiment.store().begin().await.unwrap();
    tx.quarantine(&[broken("one"), broken("two")]).await.unwrap();
    tx.commit().await.unwrap();
    let mut asked = ListQuarantinedRecordsRequest { page_size: 1, ..Default::default() };
    let first = practice.system().list_quarantined_records(asked.clone()).await.unwrap();
    let first = first.into_inner();
    asked.page_token = first.next_page_token;
    let rest = practice.system().list_quarantined_records(asked).await.unwrap().into_inner();
    assert_eq!(rest.next_page_token, "");
    let [one, two] = [&first.records[0], &rest.records[0]];
    assert_eq!((one.client.as_str(), one.line), ("clients/42", 3));
    let release = ReleaseQuarantinedRecordRequest { name: one.name.clone(), ..Default::default() };
    practice.system().release_quarantined_record(release.clone()).await.unwrap();
    let again = practice.system().release_quarantined_record(release).await.unwrap_err();
    check(&again, Code::NotFound, "UNKNOWN_RECORD", &[]);
    let discard = DiscardQuarantinedRecordRequest { name: two.name.clone(), ..Default::default() };
    practice.system().discard_quarantined_record(discard).await.unwrap();
    let left = ListQuarantinedRecordsRequest::default();
    let left = practice.system().list_quarantined_records(left).await.unwrap().into_inner();
    assert_eq!(left.records, []);
    let wrong = DiscardQuarantinedRecordRequest { name: "x".to_owned(), ..Default::default() };
    let wrong = practice.system().discard_quarantined_record(wrong).await.unwrap_err();
    check(&wrong, Code::InvalidArgument, "INVALID_FIELD", &["name"]);
}

#[tokio::test]
async fn the_audit_trail_is_read_from_its_end_and_says_how_its_chain_stands() {
    let practice = Practice::open(SUNDAY).await;
    let list = async |asked| practice.system().list_audit_entries(asked).await;
    let all = ListAuditEntriesRequest::default;
    let nothing = list(all()).await.unwrap().into_inner();
    assert_eq!((nothing.entries.len(), nothing.chain), (0, Some(v1::AuditChain::default())));

    practice.enlist("42").await;
    practice.enlist("7").await;
    let first = ListAuditEntriesRequest { page_size: 3, ..all() };
    let page = list(first.clone()).await.unwrap().into_inner();
    let shown = |page: &v1::ListAuditEntriesResponse| {
        let entries = page.entries.iter();
        entries.map(|entry| (entry.sequence, entry.action.clone())).collect::<Vec<_>>()
    };
    let named = |sequence: i64, action: &str| (sequence, action.to_owned());
    assert_eq!(shown(&page), [named(4, "activated"), named(3, "created"), named(2, "activated")]);
    let newest = &page.entries[0];
    assert_eq!((newest.client.as_str(), newest.actor.as_str()), ("clients/7", "admin"));
    assert_eq!((newest.details.as_str(), newest.is_erased), ("by operator", false));
    let chain = page.chain.clone().unwrap();
    assert_eq!((chain.head_sequence, &chain.head_hash), (4, &newest.hash));
    let rest =
        ListAuditEntriesRequest { page_token: page.next_page_token.clone(), ..first.clone() };
    let rest = list(rest).await.unwrap().into_inner();
    assert_eq!((shown(&rest), rest.next_page_token.as_str()), (vec![named(1, "created")], ""));
    let other = ListAuditEntriesRequest {
        page_token: page.next_page_token,
        actor: "admin".to_owned(),
        ..first
    };
    let refused = list(other).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["page_token"]);

    let of = |subject: &str| ListAuditEntriesRequest { subject: subject.to_owned(), ..all() };
    let his = list(of("clients/42")).await.unwrap().into_inner();
    assert_eq!(shown(&his), [named(2, "activated"), named(1, "created")]);
    let subject = his.entries[0].subject.clone();
    assert!(!subject.contains("42"), "{subject} names the person");
    let refused = list(of("clients/ana")).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["subject"]);
    let coach = ListAuditEntriesRequest { actor: "coach".to_owned(), ..all() };
    assert_eq!(list(coach).await.unwrap().into_inner().entries, []);
    let later =
        Some(prost_types::Timestamp { seconds: practice.clock.now().as_second() + 1, nanos: 0 });
    let later = ListAuditEntriesRequest { start_time: later, ..all() };
    assert_eq!(list(later).await.unwrap().into_inner().entries, []);

    let erase = v1::EraseClientRequest { name: "clients/42".to_owned(), ..Default::default() };
    practice.clients().erase_client(erase).await.unwrap();
    assert_eq!(list(of("clients/42")).await.unwrap().into_inner().entries, []);
    let left = list(of(&subject)).await.unwrap().into_inner();
    let left: Vec<_> = left.entries.iter().map(|entry| (entry.sequence, entry.is_erased)).collect();
    assert_eq!(left, [(5, false), (2, true), (1, true)]);

    practice.live_until("2026-03-02T12:00:00Z").await;
    let chain = list(all()).await.unwrap().into_inner().chain.unwrap();
    assert_eq!((chain.verified_sequence, chain.fault.as_str()), (5, ""));
    assert_eq!(
        chain.verify_time.unwrap().seconds,
        "2026-03-02T03:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second()
    );
}
