//! The server process `regiment` and its operator commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    regiment_grpc::run(std::env::args_os(), std::env::vars())
}
