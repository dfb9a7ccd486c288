//! The bot process `regiment-bot`.

use std::process::ExitCode;

fn main() -> ExitCode {
    regiment_bot::run(std::env::args_os(), std::env::vars())
}
