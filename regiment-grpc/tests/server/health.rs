use regiment_proto::v1::GetStatusRequest;
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
