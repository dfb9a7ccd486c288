use regiment_core::Clock as _;
use regiment_core::engine::conditions::{Process, of_process};
use regiment_core::record::Severity;
use regiment_core::store::Quarantined;
use regiment_proto::v1;
use regiment_proto::v1::{
    AcknowledgeAlertRequest, DiscardQuarantinedRecordRequest, GetStatusRequest, ListAlertsRequest,
    ListQuarantinedRecordsRequest, ReleaseQuarantinedRecordRequest, SubscribeRequest,
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
