//! What a server exports to an OpenTelemetry collector, which is a small HTTP server here.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::HeaderMap;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

type Came = (HeaderMap, Value);

async fn take(State(came): State<UnboundedSender<Came>>, headers: HeaderMap, body: String) {
    let body = serde_json::from_str(&body).expect("it is JSON");
    came.send((headers, body)).expect("the test waits for it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_span_of_a_call_reaches_the_collector_under_the_ids_of_its_log_line() {
    let (sender, mut came) = unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route("/v1/traces", post(take)).with_state(sender);
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let folder = tempfile::tempdir().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_regiment"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_clear()
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
        .env("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hunter2")
        .env("OTEL_SERVICE_NAME", "practice")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(|line| line.unwrap())
        .inspect(|line| assert!(!line.contains("hunter2"), "{line}"))
        .map(|line| serde_json::from_str::<Value>(&line).unwrap());
    let serving = lines.find(|line| line["message"] == "serving").expect("it says where");
    let address = serving["address"].as_str().unwrap();

    let path = "regiment.v1.SystemService/GetStatus";
    let [trace, caller] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
    reqwest::Client::new()
        .post(format!("http://{address}/{path}"))
        .header("content-type", "application/grpc-web+proto")
        .header("traceparent", format!("00-{trace}-{caller}-01"))
        .body(vec![0; 5])
        .send()
        .await
        .unwrap();
    let refused = lines.find(|line| line["message"] == "a call was refused").expect("it says so");
    assert_eq!(refused["trace_id"], trace);

    let (headers, body) = tokio::time::timeout(Duration::from_secs(30), came.recv())
        .await
        .expect("the span comes")
        .unwrap();
    assert_eq!(headers["x-key"], "hunter2");
    let exported = &body["resourceSpans"][0];
    let service = &exported["resource"]["attributes"][0];
    assert_eq!(
        (&service["key"], &service["value"]["stringValue"]),
        (&"service.name".into(), &"practice".into())
    );
    let [span] = exported["scopeSpans"][0]["spans"].as_array().unwrap().as_slice() else {
        panic!("{body}");
    };
    assert_eq!(
        (&span["name"], &span["traceId"], &span["parentSpanId"]),
        (&path.into(), &trace.into(), &caller.into())
    );
    assert_eq!(span["spanId"], refused["span_id"]);
    let code = serde_json::json!({
        "key": "rpc.response.status_code",
        "value": {"stringValue": "UNAUTHENTICATED"},
    });
    assert!(span["attributes"].as_array().unwrap().contains(&code), "{span}");

    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(lines.any(|line| line["message"] == "stopping"));
    assert!(server.wait().unwrap().success());
}
