use regiment_proto::v1::{
    ApplyPolicyRequest, GetPolicyRequest, ListPolicyVersionsRequest, ListRunsRequest,
    ListScheduleRequest, PreviewPolicyRequest, TriggerEngineRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";
const EARLIER: &str = "[times]\ncheckin_drop = \"04:45\"\n";

fn trigger(trigger: &str, date: &str, repeat: bool) -> TriggerEngineRequest {
    TriggerEngineRequest {
        client: "clients/42".to_owned(),
        trigger: trigger.to_owned(),
        date: date.to_owned(),
        repeat,
        request_id: String::new(),
    }
}

fn apply(toml: &str, etag: &str) -> ApplyPolicyRequest {
    let (toml, etag) = (toml.to_owned(), etag.to_owned());
    ApplyPolicyRequest { toml, etag, request_id: String::new() }
}

#[tokio::test]
async fn a_due_occurrence_is_performed_once_and_sent_again_only_when_asked() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-03T05:29:59Z").await;
    let early = practice.engines().trigger_engine(trigger("checkin_drop", "", false)).await;
    check(&early.unwrap_err(), Code::FailedPrecondition, "NOT_DUE", &[]);
    practice.clock.set("2026-03-03T05:30:00Z".parse().unwrap());
    let asked = TriggerEngineRequest {
        request_id: "run-1".to_owned(),
        ..trigger("checkin_drop", "2026-03-03", false)
    };
    let ran = practice.engines().trigger_engine(asked.clone()).await.unwrap().into_inner();
    assert_eq!((ran.outcome.as_str(), ran.messages), ("done", 1));
    assert_eq!(practice.engines().trigger_engine(asked).await.unwrap().into_inner(), ran);
    let again = trigger("checkin_drop", "2026-03-03", false);
    let again = practice.engines().trigger_engine(again).await.unwrap_err();
    check(&again, Code::FailedPrecondition, "HAS_RUN", &[]);
    let repeated = trigger("checkin_drop", "", true);
    let repeated = practice.engines().trigger_engine(repeated).await.unwrap().into_inner();
    assert_eq!((repeated.outcome.as_str(), repeated.messages), ("done", 1));

    let wrong = practice.engines().trigger_engine(trigger("lunch", "3 March", false)).await;
    let paths = ["trigger", "date"];
    check(&wrong.unwrap_err(), Code::InvalidArgument, "INVALID_FIELD", &paths);
    let closing = practice.engines().trigger_engine(trigger("day_close", "", true)).await;
    check(&closing.unwrap_err(), Code::InvalidArgument, "INVALID_FIELD", &["trigger"]);
}

#[tokio::test]
async fn a_policy_is_previewed_applied_over_the_one_that_was_read_and_kept() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let asked = PreviewPolicyRequest { toml: EARLIER.to_owned() };
    let preview = practice.engines().preview_policy(asked).await.unwrap().into_inner();
    let [change] = &preview.changes[..] else { panic!("{:?}", preview.changes) };
    assert_eq!(change.setting, "times.checkin_drop");
    assert_eq!(
        (change.old_json.as_str(), change.new_json.as_str()),
        ("\"05:30:00\"", "\"04:45:00\"")
    );
    let [moved] = &preview.moved_triggers[..] else { panic!("{:?}", preview.moved_triggers) };
    assert_eq!((moved.trigger.as_str(), moved.clients), ("checkin_drop", 1));

    let before = practice.engines().get_policy(GetPolicyRequest::default()).await.unwrap();
    let before = before.into_inner().policy.unwrap();
    assert_eq!((before.version, &before.etag), (1, &preview.etag), "a preview changes nothing");
    let applied = practice.engines().apply_policy(apply(EARLIER, &before.etag)).await.unwrap();
    let applied = applied.into_inner().policy.unwrap();
    assert_eq!(applied.version, 2);
    let stale = practice.engines().apply_policy(apply(EARLIER, &before.etag)).await.unwrap_err();
    check(&stale, Code::Aborted, "STALE_ETAG", &[]);

    let first = GetPolicyRequest { name: before.name.clone() };
    let first = practice.engines().get_policy(first).await.unwrap().into_inner().policy.unwrap();
    assert_eq!(first, before);
    let mut listing = ListPolicyVersionsRequest { page_size: 1, ..Default::default() };
    let newest = practice.engines().list_policy_versions(listing.clone()).await.unwrap();
    let newest = newest.into_inner();
    listing.page_token = newest.next_page_token;
    let oldest = practice.engines().list_policy_versions(listing).await.unwrap().into_inner();
    let [newest, oldest] = [&newest.versions[0], &oldest.versions[0]];
    assert_eq!((newest.version, newest.applied_by.as_str()), (2, "admin"));
    assert_eq!((oldest.version, oldest.applied_by.as_str()), (1, "system"));
    let missing = GetPolicyRequest { name: "policyVersions/9".to_owned() };
    let missing = practice.engines().get_policy(missing).await.unwrap_err();
    check(&missing, Code::NotFound, "UNKNOWN_POLICY", &[]);
}

#[tokio::test]
async fn a_policy_out_of_range_is_refused_with_its_setting_and_changes_nothing() {
    let practice = Practice::open(SUNDAY).await;
    for (toml, named) in [
        ("[delivery]\nlease_seconds = 9", "delivery.lease_seconds"),
        ("[times]\nbreakfast = \"06:00\"", "breakfast"),
        ("no toml", "toml"),
    ] {
        let refused = practice.engines().apply_policy(apply(toml, "")).await.unwrap_err();
        check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["toml"]);
        assert!(refused.message().contains(named), "{}", refused.message());
    }
    assert_eq!(practice.regiment.policy().0, 1);
}

#[tokio::test]
async fn the_schedule_says_what_comes_and_the_ledger_what_was() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-03T08:00:00Z").await;
    let of_client = ListScheduleRequest { client: "clients/42".to_owned(), ..Default::default() };
    let next = practice.engines().list_schedule(of_client).await.unwrap().into_inner().occurrences;
    assert_eq!(next.len(), 8);
    assert_eq!((next[0].trigger.as_str(), next[0].date.as_str()), ("checkin_close", "2026-03-03"));
    assert!(next.is_sorted_by_key(|next| next.due_time.map(|at| at.seconds)));
    let of_all = practice.engines().list_schedule(ListScheduleRequest::default()).await.unwrap();
    let kinds = of_all.into_inner().occurrences;
    assert!(kinds.iter().any(|next| next.trigger == "retention"), "{kinds:?}");

    let mut asked =
        ListRunsRequest { client: "clients/42".to_owned(), page_size: 2, ..Default::default() };
    let mut runs = Vec::new();
    loop {
        let page = practice.engines().list_runs(asked.clone()).await.unwrap().into_inner();
        runs.extend(page.runs);
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
    }
    let on_tuesday: Vec<_> = runs
        .iter()
        .filter(|run| run.occurrence == "2026-03-03")
        .map(|run| (run.trigger.as_str(), run.outcome.as_str()))
        .collect();
    assert_eq!(
        on_tuesday,
        [("training_drop", "nothing_due"), ("checkin_drop", "done"), ("meal_drop", "done")]
    );
    let all = ListRunsRequest { page_size: 1000, ..Default::default() };
    let all = practice.engines().list_runs(all).await.unwrap().into_inner().runs;
    assert!(all.iter().any(|run| run.client.is_empty() && run.trigger == "infraction_scan"));
}

#[tokio::test]
async fn only_an_admin_reaches_the_engines() {
    let practice = Practice::open(SUNDAY).await;
    let refused = practice.engines_of_the_bot().get_policy(GetPolicyRequest::default()).await;
    check(&refused.unwrap_err(), Code::PermissionDenied, "PERMISSION_DENIED", &[]);
}
