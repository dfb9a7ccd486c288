//! Exports spans that have ended to an OpenTelemetry collector: OTLP over HTTP, as JSON.
//!
//! The spans and their ids are those of the log lines. Calls never wait for the collector: what it does not take in
//! time is dropped, and said so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Telemetry;

/// How often what has ended is sent.
const EVERY: Duration = Duration::from_secs(1);

/// How many spans wait at most, and how many are sent at once.
const WAITING: usize = 8192;
const AT_ONCE: usize = 512;

/// How long the collector may take, and how often it is asked to take the same.
const PATIENCE: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 3;

/// The span of a call of the API. What it holds is exported under the names of OpenTelemetry's conventions.
const CALL: &str = "call";

/// Codes with which a call failed by the server's own fault, as the conventions count them.
const FAULTS: [&str; 6] =
    ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"];

/// A span that has ended.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) trace_id: u128,
    pub(super) span_id: u64,
    pub(super) parent_id: Option<u64>,
    pub(super) name: &'static str,
    pub(super) fields: Map<String, Value>,
    pub(super) began_at: Timestamp,
    pub(super) ended_at: Timestamp,
}

/// Takes spans that have ended.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    waiting: mpsc::Sender<Done>,
    dropped: Arc<AtomicU64>,
}

/// The export, before it begins.
#[derive(Debug)]
pub struct Traces {
    http: reqwest::Client,
    to: Telemetry,
    waiting: mpsc::Receiver<Done>,
    dropped: Arc<AtomicU64>,
}

/// The export at work.
#[derive(Debug)]
pub struct Exporting {
    stop: CancellationToken,
    work: JoinHandle<()>,
}

/// Prepares the export to a collector.
pub(super) fn export(to: &Telemetry) -> anyhow::Result<(Queue, Traces)> {
    let http = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let (sender, waiting) = mpsc::channel(WAITING);
    let dropped = Arc::new(AtomicU64::new(0));
    let queue = Queue { waiting: sender, dropped: dropped.clone() };
    Ok((queue, Traces { http, to: to.clone(), waiting, dropped }))
}

impl Queue {
    pub(super) fn push(&self, span: Done) {
        if self.waiting.try_send(span).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Traces {
    /// Begins to export, in the background.
    pub fn begin(self) -> Exporting {
        let stop = CancellationToken::new();
        let work = tokio::spawn(self.run(stop.clone()));
        Exporting { stop, work }
    }

    async fn run(mut self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
            self.send_all(ATTEMPTS).await;
        }
        self.send_all(1).await;
    }

    /// Sends what waits, and says what could not be sent.
    async fn send_all(&mut self, attempts: u32) {
        while !self.waiting.is_empty() {
            let spans: Vec<Done> =
                std::iter::from_fn(|| self.waiting.try_recv().ok()).take(AT_ONCE).collect();
            if let Err(error) = self.send(&spans, attempts).await {
                self.dropped
                    .fetch_add(u64::try_from(spans.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(engine = "traces", outcome = "failed", error, "no spans are taken");
                break;
            }
        }
        let spans = self.dropped.swap(0, Ordering::Relaxed);
        if spans > 0 {
            tracing::warn!(engine = "traces", outcome = "dropped", spans, "spans are not exported");
        }
    }

    async fn send(&self, spans: &[Done], attempts: u32) -> Result<(), reqwest::Error> {
        let body = request(&self.to.service_name, spans);
        let mut attempt = 1;
        loop {
            let mut request = self.http.post(self.to.endpoint.clone()).json(&body);
            for (name, value) in &self.to.headers {
                request = request.header(name, value.expose());
            }
            let sent = request.send().await.and_then(reqwest::Response::error_for_status);
            match sent {
                Err(_) if attempt < attempts => tokio::time::sleep(EVERY * attempt).await,
                // An address may hold a password.
                sent => return sent.map(drop).map_err(reqwest::Error::without_url),
            }
            attempt += 1;
        }
    }
}

impl Exporting {
    /// Sends what has ended, and ends.
    pub async fn finish(self) {
        self.stop.cancel();
        // A panic of its own is in the log, and spans are no reason to fail.
        let _ = self.work.await;
    }
}

/// Writes an `ExportTraceServiceRequest`.
fn request(service_name: &str, spans: &[Done]) -> Value {
    let attribute =
        |(key, value): (&str, &str)| json!({"key": key, "value": {"stringValue": value}});
    let version = env!("CARGO_PKG_VERSION");
    let resource = [("service.name", service_name), ("service.version", version)].map(attribute);
    json!({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{
            "scope": {"name": "regiment", "version": version},
            "spans": spans.iter().map(span).collect::<Vec<_>>(),
        }],
    }]})
}

fn span(ended: &Done) -> Value {
    let Done { trace_id, span_id, parent_id, name, fields, began_at, ended_at } = ended;
    let is_call = *name == CALL;
    let text = |field: &str| fields.get(field).and_then(Value::as_str).filter(|_| is_call);
    let name = text("method").map_or(*name, |path| path.trim_start_matches('/'));
    let failed = text("code").is_some_and(|code| FAULTS.contains(&code));
    let mut attributes: Vec<Value> = fields
        .iter()
        .map(|(field, value)| match field.as_str() {
            "method" if is_call => attribute("rpc.method", &name.into()),
            "code" if is_call => attribute("rpc.response.status_code", value),
            field => attribute(field, value),
        })
        .collect();
    if is_call {
        attributes.push(attribute("rpc.system.name", &"grpc".into()));
    }
    json!({
        "traceId": format!("{trace_id:032x}"),
        "spanId": format!("{span_id:016x}"),
        "parentSpanId": parent_id.map(|id| format!("{id:016x}")).unwrap_or_default(),
        "name": name,
        // 1 is internal, 2 is what a server does for a caller.
        "kind": if is_call { 2 } else { 1 },
        "startTimeUnixNano": began_at.as_nanosecond().to_string(),
        "endTimeUnixNano": ended_at.as_nanosecond().to_string(),
        "attributes": attributes,
        // 0 says nothing, 2 is a failure.
        "status": {"code": if failed { 2 } else { 0 }},
    })
}

fn attribute(key: &str, value: &Value) -> Value {
    let value = match value {
        Value::Bool(truth) => json!({"boolValue": truth}),
        Value::Number(number) => match number.as_i64() {
            Some(number) => json!({"intValue": number.to_string()}),
            None => json!({"doubleValue": number}),
        },
        Value::String(text) => json!({"stringValue": text}),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            json!({"stringValue": value.to_string()})
        }
    };
    json!({"key": key, "value": value})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(name: &'static str, fields: Value) -> Done {
        let Value::Object(fields) = fields else { panic!("{fields} are no fields") };
        let at = |text: &str| text.parse().expect("an instant");
        Done {
            trace_id: 0x4bf9,
            span_id: 7,
            parent_id: None,
            name,
            fields,
            began_at: at("2026-03-01T12:00:00Z"),
            ended_at: at("2026-03-01T12:00:00.0005Z"),
        }
    }

    #[test]
    fn a_span_is_written_as_otlp_has_it() {
        let fields = json!({"engine": "meal", "n": -3, "late": true, "share": 0.5});
        let request = request("regiment", &[ended("turn", fields)]);
        assert_eq!(
            request["resourceSpans"][0]["resource"]["attributes"][0],
            json!({"key": "service.name", "value": {"stringValue": "regiment"}})
        );
        assert_eq!(
            request["resourceSpans"][0]["scopeSpans"][0]["spans"],
            json!([{
                "traceId": "00000000000000000000000000004bf9",
                "spanId": "0000000000000007",
                "parentSpanId": "",
                "name": "turn",
                "kind": 1,
                "startTimeUnixNano": "1772366400000000000",
                "endTimeUnixNano": "1772366400000500000",
                "attributes": [
                    {"key": "engine", "value": {"stringValue": "meal"}},
                    {"key": "late", "value": {"boolValue": true}},
                    {"key": "n", "value": {"intValue": "-3"}},
                    {"key": "share", "value": {"doubleValue": 0.5}},
                ],
                "status": {"code": 0},
            }])
        );
    }

    #[test]
    fn a_call_bears_the_names_of_the_conventions_and_fails_by_our_fault_alone() {
        for (code, status) in [("OK", 0), ("NOT_FOUND", 0), ("INTERNAL", 2), ("UNAVAILABLE", 2)] {
            let call = span(&ended("call", json!({"code": code, "method": "/regiment.v1.A/B"})));
            assert_eq!((&call["name"], &call["kind"]), (&"regiment.v1.A/B".into(), &2.into()));
            assert_eq!(call["status"]["code"], status, "{code}");
            let keys: Vec<&str> = call["attributes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|attribute| attribute["key"].as_str().unwrap())
                .collect();
            assert_eq!(keys, ["rpc.response.status_code", "rpc.method", "rpc.system.name"]);
        }
    }

    #[tokio::test]
    async fn what_does_not_fit_is_dropped_and_nobody_waits() {
        let to = Telemetry {
            endpoint: "http://127.0.0.1:9/v1/traces".parse().unwrap(),
            headers: Vec::new(),
            service_name: "regiment".to_owned(),
        };
        let (queue, mut traces) = export(&to).unwrap();
        for _ in 0..WAITING + 3 {
            queue.push(ended("turn", json!({})));
        }
        assert_eq!(traces.dropped.load(Ordering::Relaxed), 3);
        // Nobody listens: what was taken out is given up, the rest waits for the next time.
        traces.send_all(1).await;
        assert_eq!(traces.waiting.len(), WAITING - AT_ONCE);
        assert_eq!(traces.dropped.load(Ordering::Relaxed), 0, "it was said");
    }
}
