use std::io;
use std::sync::{Arc, Mutex};

use regiment_core::clock::ManualClock;
use serde_json::Value;
use tracing_subscriber::EnvFilter;

use super::json_lines;
use crate::secret::Secret;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns what `body` logs at level info, line by line.
fn lines(body: impl FnOnce()) -> Vec<Value> {
    let captured = Captured::default();
    let writer = captured.clone();
    let clock = ManualClock::at("2026-11-22T17:49:00Z".parse().unwrap());
    let subscriber = json_lines(EnvFilter::new("info"), clock, move || writer.clone());
    tracing::subscriber::with_default(subscriber, body);
    let bytes = captured.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_bears_time_level_target_message_and_fields() {
    let lines = lines(|| tracing::warn!(engine = "meal", outcome = "skipped", n = 3, "no drop"));
    assert_eq!(
        lines,
        [serde_json::json!({
            "timestamp": "2026-11-22T17:49:00Z",
            "level": "WARN",
            "target": "regiment_grpc::logging::tests",
            "message": "no drop",
            "engine": "meal",
            "outcome": "skipped",
            "n": 3,
        })]
    );
}

#[test]
fn lines_below_the_filter_are_not_written() {
    assert!(lines(|| tracing::debug!("too quiet")).is_empty());
}

#[test]
fn spans_share_a_trace_and_add_their_fields() {
    let lines = lines(|| {
        let run = tracing::info_span!("run", client_id = "s-1", outcome = tracing::field::Empty);
        run.in_scope(|| {
            tracing::info_span!("engine", engine = "cardio").in_scope(|| tracing::info!("inner"));
            run.record("outcome", "fired");
            tracing::info!("outer");
        });
        tracing::info_span!("run").in_scope(|| tracing::info!("another"));
    });
    let [inner, outer, another] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&inner["client_id"], &inner["engine"]), (&"s-1".into(), &"cardio".into()));
    assert_eq!(inner["trace_id"], outer["trace_id"]);
    assert_ne!(inner["span_id"], outer["span_id"]);
    assert_ne!(outer["trace_id"], another["trace_id"]);
    assert_eq!(outer["outcome"], "fired");
    assert!(outer.get("engine").is_none());
    assert_eq!(inner["trace_id"].as_str().unwrap().len(), 32);
    assert_eq!(inner["span_id"].as_str().unwrap().len(), 16);
}

#[test]
fn a_callers_trace_goes_on() {
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let lines = lines(|| {
        tracing::info_span!("call", traceparent = parent).in_scope(|| tracing::info!("x"));
        tracing::info_span!("call", traceparent = "nonsense").in_scope(|| tracing::info!("y"));
    });
    assert_eq!(lines[0]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_ne!(lines[1]["trace_id"], lines[0]["trace_id"]);
    assert!(lines.iter().all(|line| line.get("traceparent").is_none()));
}

#[test]
fn no_field_can_pass_for_a_part_of_the_line() {
    let lines = lines(|| tracing::info!(level = "none", "x"));
    assert_eq!((&lines[0]["level"], &lines[0]["level_"]), (&"INFO".into(), &"none".into()));
}

#[test]
fn a_secret_is_redacted_by_its_type() {
    let token = Secret::new("t0ken");
    let lines = lines(|| tracing::info!(?token, "signed in with {token:?}"));
    assert_eq!(lines[0]["token"], "[redacted]");
    assert_eq!(lines[0]["message"], "signed in with [redacted]");
}
