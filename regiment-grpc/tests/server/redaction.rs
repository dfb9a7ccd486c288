//! A week with canaries in every personal field and in the token: none of them is in what was logged, at any level,
//! nor in the spans that were exported.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;

use crate::practice::{Practice, TOKEN, recruit};
use regiment_core::SystemClock;
use regiment_grpc::config::Telemetry;
use regiment_grpc::logging;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use regiment_proto::v1::{
    CheckinReport, Client, CreateClientRequest, GetClientRequest, Level, LogCheckinRequest,
    LogTopSetRequest, Mood, Sleep, TopSet,
};
use tokio::net::TcpListener;

const NAME: &str = "Canaria Serinus";
const EMAIL: &str = "canaria@example.org";
const NOTE: &str = "my canary sang all night";
const COACHING: &str = "coaches canaries softly";
const USER_ID: &str = "80351110224678912";
const WEIGHT: f64 = 83.7;
const REFUSED_WEIGHT: f64 = 383.7;
const LOAD: f64 = 77.25;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Listens as a collector of spans does, and keeps what comes.
async fn collector() -> (Arc<Mutex<String>>, Telemetry) {
    async fn take(State(spans): State<Arc<Mutex<String>>>, body: String) {
        spans.lock().expect("no writer panics").push_str(&(body + "\n"));
    }
    let spans = Arc::new(Mutex::new(String::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let routes = Router::new().route("/v1/traces", post(take)).with_state(spans.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let to = Telemetry {
        endpoint: format!("http://{address}/v1/traces").parse().expect("an address"),
        headers: Vec::new(),
        service_name: "regiment".to_owned(),
    };
    (spans, to)
}

fn checkin(weight_kg: f64) -> LogCheckinRequest {
    LogCheckinRequest {
        client: format!("clients/{USER_ID}"),
        report: Some(CheckinReport {
            weight_kg,
            mood: Mood::Bad.into(),
            soreness: Level::High.into(),
            sleep: Sleep::Sleep4h.into(),
            stress: Level::High.into(),
            notes: NOTE.to_owned(),
            weight_unconfirmed: false,
        }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_week_of_canaries_leaves_none_in_the_log() {
    let captured = Captured::default();
    let writer = captured.clone();
    let filter = logging::filter("trace").unwrap();
    let (spans, to) = collector().await;
    let logged = logging::json_lines_and_traces(filter, SystemClock, move || writer.clone(), &to);
    let (subscriber, traces) = logged.unwrap();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let exporting = traces.begin();

    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let client = Client {
        display_name: NAME.to_owned(),
        email: EMAIL.to_owned(),
        weight_kg: WEIGHT,
        coaching_notes: COACHING.to_owned(),
        ..recruit(USER_ID)
    };
    let asked = CreateClientRequest { client: Some(client), activate: true, ..Default::default() };
    practice.clients().create_client(asked).await.unwrap();
    for day in 3..=9 {
        practice.live_until(&format!("2026-03-{day:02}T08:00:00Z")).await;
        practice.logs_of(USER_ID).log_checkin(checkin(WEIGHT)).await.unwrap();
        practice.logs_of(USER_ID).log_checkin(checkin(REFUSED_WEIGHT)).await.unwrap_err();
        let set = LogTopSetRequest {
            client: format!("clients/{USER_ID}"),
            exercise_id: "ex_none_000".to_owned(),
            top_set: Some(TopSet { weight_kg: LOAD, reps: 5 }),
            ..Default::default()
        };
        practice.logs_of(USER_ID).log_top_set(set).await.unwrap_err();
    }
    let unsigned = GetClientRequest { name: format!("clients/{USER_ID}") };
    let mut stranger = ClientServiceClient::new(practice.channel.clone());
    stranger.get_client(unsigned).await.unwrap_err();
    practice.live_until("2026-03-10T23:00:00Z").await;

    exporting.finish().await;
    let spans = spans.lock().unwrap().clone();
    assert!(spans.matches("regiment.v1.LogService/LogCheckin").count() >= 14, "hardly any span");
    let bytes = captured.0.lock().unwrap().clone();
    let log = format!("{}{spans}", String::from_utf8(bytes).unwrap());
    let n_lines = log.lines().count();
    assert!(n_lines > 100, "hardly anything was logged: {n_lines} lines");
    assert!(log.contains("a call was refused"), "the lines of the server are not among them");
    for canary in [NAME, EMAIL, NOTE, COACHING, USER_ID, TOKEN] {
        let line = log.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary} was logged");
    }
    for canary in [WEIGHT, REFUSED_WEIGHT, LOAD] {
        let line = log.lines().find(|line| holds_number(line, &canary.to_string()));
        assert_eq!(line, None, "{canary} was logged");
    }
}

/// Returns whether a line holds a number that is not a part of a longer one, such as an elapsed time.
fn holds_number(line: &str, number: &str) -> bool {
    let is_part = |found: Option<char>| found.is_some_and(|found| found.is_ascii_digit());
    line.match_indices(number).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + number.len()..]);
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}
