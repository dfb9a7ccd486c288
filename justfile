# The recipes that CI runs, one by one; `scripts/test` runs them all and installs what they need.

default:
    @just --list

# Formats the code.
fmt:
    cargo fmt --all

# Clippy and rustdoc; a warning is an error.
lint:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# The engines without store, sockets or clock.
pure:
    cargo check --locked --package regiment-core --no-default-features

# Tests that need no PostgreSQL server.
test:
    cargo build --locked --package regiment-bot
    cargo test --locked --workspace

# The same on both databases.
test-postgres:
    eval "$(scripts/postgres-for-tests start)" && cargo build --locked --package regiment-bot && cargo test --locked --workspace

# The demo, built for speed of building.
demo *ARGUMENTS:
    scripts/demo {{ARGUMENTS}}

# The server on a local SQLite file.
run *ARGUMENTS:
    cargo run --locked --package regiment-grpc --bin regiment -- serve {{ARGUMENTS}}

# Benchmarks.
bench:
    cargo bench --locked --package regiment-benches

# Dependencies: vulnerabilities, licenses, and who may use what.
deny:
    cargo deny check
