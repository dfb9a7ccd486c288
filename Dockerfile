# syntax=docker/dockerfile:1
# The server `regiment` and the bot `regiment-bot`, built from source and run as nobody on a read-only root.
#
#   docker build --tag regiment .
#   docker run --read-only --volume regiment:/data --env REGIMENT_API_TOKEN regiment
#   docker build --tag regiment-bot --target bot .
#   docker run --read-only --env-file .env regiment-bot

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package regiment-grpc --package regiment-bot \
    && install -D --target-directory /out target/release/regiment target/release/regiment-bot

FROM debian:bookworm-slim AS bot
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 regiment
COPY --from=build /out/regiment-bot /usr/local/bin/regiment-bot
USER 10001
ENV REGIMENT_LOG=json
STOPSIGNAL SIGTERM
ENTRYPOINT ["regiment-bot"]
CMD ["run"]

FROM debian:bookworm-slim AS server
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home regiment
COPY --from=build /out/regiment /usr/local/bin/regiment
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENV REGIMENT_SERVE__LISTEN=0.0.0.0:8080 \
    REGIMENT_LOG=json
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "http://127.0.0.1:8080/livez"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["regiment"]
CMD ["serve"]
