//! The peer's process.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::company::{Company, Served, wait_until_ready};
use crate::process::{Process, free_address};

/// Starts `api_fastapi.py` on the company's database and waits until it answers.
pub(super) async fn serve(company: &Company, python: &str, workers: u64) -> Result<Served> {
    let address = free_address()?;
    let peers = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");
    let log = company.file("peer.log");
    let mut command = Command::new(python);
    command
        .args(["-m", "uvicorn", "api_fastapi:app", "--no-access-log", "--app-dir", peers])
        .args(["--workers", &workers.to_string(), "--port", &address.port().to_string()])
        .env("DATABASE_URL", &company.url)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let began = Instant::now();
    let needed = || format!("{python} needs what benches/peers/api_fastapi.requirements.txt names");
    let process = Process::start(&mut command, &log).with_context(needed)?;
    let address = address.to_string();
    wait_until_ready(&address, &log).await.with_context(needed)?;
    Ok(Served { process, address, start: began.elapsed() })
}
