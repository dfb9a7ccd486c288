//! How a process is watched from outside, and that what watches it asks for figures that it has.

use std::collections::BTreeSet;
use std::path::Path;

use regiment_core::store::{BotReport, RequestCount};
use regiment_proto::v1::GetStatusRequest;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

/// Asks for a page as a probe does: over HTTP/1.1 and without a token.
async fn page(practice: &Practice, path: &str) -> (u16, String) {
    let host = practice.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("the server listens");
    let asked = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it is answered");
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    (status, answer)
}

#[tokio::test]
async fn a_process_is_alive_and_ready_while_it_decides() {
    let practice = Practice::open(SUNDAY).await;
    assert_eq!(page(&practice, "/livez").await.0, 200);
    practice.regiment.note_tick().await.unwrap();
    for (waited, status) in [(15, 200), (1, 503)] {
        practice.clock.advance(jiff::SignedDuration::from_secs(waited));
        let (found, answer) = page(&practice, "/readyz").await;
        assert_eq!(found, status, "{answer}");
    }
    practice.regiment.note_tick().await.unwrap();
    assert_eq!(page(&practice, "/readyz").await.0, 200);
    assert_eq!(page(&practice, "/livez").await.0, 200);
}

#[tokio::test]
async fn the_metrics_tell_how_the_practice_stands_and_name_nobody() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("4242424242").await;
    practice.regiment.note_tick().await.unwrap();
    practice.clock.advance(jiff::SignedDuration::from_secs(30));
    practice.system().get_status(GetStatusRequest {}).await.unwrap();
    practice.system().get_status(GetStatusRequest {}).await.unwrap();
    let (status, text) = page(&practice, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "regiment_outbox_pending{priority=\"1_order\"} 1\n",
        "regiment_outbox_oldest_seconds 30\n",
        "regiment_scheduler_last_tick_timestamp_seconds 1772366400\n",
        "regiment_alerts_open{severity=\"critical\"} 0\n",
        "rpc_server_call_duration_seconds_count{rpc_method=\"regiment.v1.SystemService/GetStatus\",\
         rpc_response_status_code=\"OK\"} 2\n",
        "regiment_build_info{version=",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!text.contains("4242424242"), "{text}");
}

#[tokio::test]
async fn what_has_fired_is_counted_by_kind_and_outcome() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-03T07:00:00Z").await;
    let (_, text) = page(&practice, "/metrics").await;
    for line in [
        "regiment_scheduler_runs_total{kind=\"checkin_drop\",outcome=\"done\"} 1\n",
        "regiment_scheduler_runs_total{kind=\"checkin_drop\",outcome=\"skipped_not_started\"} 1\n",
        // Hour by hour, the test sees 05:30 at 06:00.
        "regiment_scheduler_fire_lag_seconds_bucket{kind=\"checkin_drop\",le=\"900\"} 0\n",
        "regiment_scheduler_fire_lag_seconds_bucket{kind=\"checkin_drop\",le=\"3600\"} 2\n",
        "regiment_scheduler_fire_lag_seconds_sum{kind=\"checkin_drop\"} 3600\n",
        "regiment_db_tx_retries_total{reason=\"contended\"} 0\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

/// The names of figures that an expression asks for.
fn asked_for(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_figure = |word: &&str| word.starts_with("regiment_") || word.starts_with("rpc_server_");
    words.filter(is_figure).map(str::to_owned).collect()
}

fn beside(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The expressions of the alert rules, each rule of which is whole.
fn rules() -> Vec<String> {
    let text = beside("alerts.rules.yaml");
    let body = text.split_once("    rules:\n").expect("a group of rules").1;
    let mut expressions = Vec::new();
    let mut names = BTreeSet::new();
    for rule in body.split("      - alert: ").skip(1) {
        let mut lines = rule.lines();
        let name = lines.next().expect("a name").to_owned();
        let mut value = |before: &str| {
            let line = lines.next().unwrap_or_default();
            let found = line.strip_prefix(before);
            found.unwrap_or_else(|| panic!("{name}: {line:?} is not {before:?}")).to_owned()
        };
        let expression = value("        expr: ");
        let wait = value("        for: ");
        assert!(wait.ends_with(['m', 'h']), "{name}: {wait}");
        value("        labels:");
        let severity = value("          severity: ");
        severity.parse::<regiment_core::record::Severity>().expect("a severity");
        value("        annotations:");
        assert!(value("          summary: ").ends_with('.'), "{name}");
        assert_eq!(lines.next(), None, "{name}");
        assert!(names.insert(name), "it is there twice");
        expressions.push(expression);
    }
    expressions
}

/// The expressions of the board.
fn board() -> Vec<String> {
    let board: Value = serde_json::from_str(&beside("grafana.json")).expect("the board is JSON");
    let panels = board["panels"].as_array().expect("panels");
    let of_panel = |panel: &Value| -> Vec<String> {
        let targets = panel["targets"].as_array().expect("targets");
        let expression =
            |target: &Value| target["expr"].as_str().expect("an expression").to_owned();
        targets.iter().map(expression).collect()
    };
    panels.iter().flat_map(of_panel).collect()
}

#[tokio::test]
async fn every_figure_that_the_rules_and_the_board_ask_for_is_there() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    practice.live_until("2026-03-03T07:00:00Z").await;
    practice.regiment.note_tick().await.unwrap();
    practice.regiment.begin_stream("bot-1").await.unwrap();
    let route = "POST /channels/{channel}/messages".to_owned();
    let requests = vec![RequestCount { route, code: 200, count: 1 }];
    let report = BotReport { is_connected: true, requests, ..BotReport::default() };
    practice.regiment.report_bot("bot-1", &report).await.unwrap();
    let (_, text) = page(&practice, "/metrics").await;
    let mut exported = BTreeSet::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').expect("a name and a type");
        exported.insert(name.to_owned());
        if kind == "histogram" {
            exported.extend(["bucket", "sum", "count"].map(|part| format!("{name}_{part}")));
        }
    }
    let expressions = [rules(), board()].concat();
    assert!(expressions.len() > 25, "{} expressions", expressions.len());
    for expression in expressions {
        let asked = asked_for(&expression);
        assert!(!asked.is_empty(), "{expression} asks for nothing");
        let missing: Vec<_> = asked.difference(&exported).collect();
        assert!(missing.is_empty(), "{expression} asks for {missing:?}");
        for (opens, closes) in [('(', ')'), ('{', '}'), ('[', ']')] {
            let n = |c| expression.matches(c).count();
            assert_eq!(n(opens), n(closes), "{expression}");
        }
    }
}
