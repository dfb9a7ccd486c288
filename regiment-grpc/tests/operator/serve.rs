use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

#[test]
fn a_server_migrates_serves_logs_in_json_and_stops_when_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_regiment"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_clear()
        .env("REGIMENT_API_TOKEN", "hunter2")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(|line| line.unwrap())
        .inspect(|line| assert!(!line.contains("hunter2"), "{line}"))
        .map(|line| serde_json::from_str::<Value>(&line).unwrap());
    let serving = lines.find(|line| line["message"] == "serving").expect("it says where");
    let address = serving["address"].as_str().unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok(), "{address}");

    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(lines.any(|line| line["message"] == "stopping"));
    assert!(server.wait().unwrap().success());
    assert!(folder.path().join("regiment.db").is_file());
}
