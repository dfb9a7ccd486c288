//! Watches the dashboard that is embedded in the binary, and insists on it where a release does.

use std::path::Path;
use std::{env, process};

const BUILT: &str = "../dashboard/dist";

fn main() {
    println!("cargo:rerun-if-env-changed=REGIMENT_REQUIRE_DASHBOARD");
    // A path that is not there would build the crate again every time.
    let watched = if Path::new(BUILT).exists() { BUILT } else { "../dashboard" };
    println!("cargo:rerun-if-changed={watched}");

    let required = env::var("REGIMENT_REQUIRE_DASHBOARD").is_ok_and(|value| value == "1");
    if required && !Path::new(BUILT).join("index.html").exists() {
        eprintln!("there is no {BUILT}/index.html: run scripts/dashboard first");
        process::exit(1);
    }
}
