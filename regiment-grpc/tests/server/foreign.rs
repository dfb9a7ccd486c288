//! Clients that share no code with the server.

use std::process::Command;

use crate::practice::{Practice, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn a_python_client_learns_the_api_by_reflection_and_understands_its_answers() {
    let Some(python) = std::env::var_os("REGIMENT_TEST_ORACLE_PYTHON") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no Python: see scripts/oracle-venv");
        eprintln!("not run: no Python of scripts/oracle-venv");
        return;
    };
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let address = practice.address.trim_start_matches("http://").to_owned();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/client.py");
    let ran = tokio::task::spawn_blocking(move || {
        Command::new(python).args([script, &address, TOKEN]).output()
    });
    let output = ran.await.expect("it is waited for").expect("Python starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let seen = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        seen.lines().collect::<Vec<_>>(),
        ["reflection", "unary calls", "errors", "a stream", "deadlines"]
    );
}
