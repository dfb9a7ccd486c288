//! The API `regiment.v1` over gRPC, with health and reflection, on one port.

mod auth;
mod clients;
mod convert;
mod logs;
mod once;
mod page;
mod profile;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use regiment_core::regiment::Regiment;
use regiment_proto::FILE_DESCRIPTOR_SET;
use regiment_proto::v1::client_service_server::ClientServiceServer;
use regiment_proto::v1::log_service_server::LogServiceServer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

pub use auth::Auth;

use crate::failure::Usage;
use crate::secret::Secret;

/// Who holds the one API token there is, in the audit trail.
const OPERATOR: &str = "operator";

/// How long open calls may take to end once the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// The largest request and answer, in bytes.
const MAX_REQUEST: usize = 1 << 20;
const MAX_ANSWER: usize = 4 << 20;

/// Refuses to be reached from other machines by callers who show no token.
pub fn check_exposure(listen: SocketAddr, token: Option<&Secret>) -> Result<(), Usage> {
    if listen.ip().is_loopback() || token.is_some() {
        return Ok(());
    }
    Err(Usage(format!(
        "serve.listen {listen} can be reached from other machines: set REGIMENT_API_TOKEN, or listen on loopback \
         such as 127.0.0.1:8080"
    )))
}

/// Waits until `stop` turns true, or nobody is left who could turn it.
pub async fn told(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Answers the API on `listener` until `stop` is done; calls that are open then have 10 seconds to end.
pub async fn serve(
    regiment: Arc<Regiment>,
    listener: TcpListener,
    auth: Auth,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<ClientServiceServer<clients::Clients>>().await;
    health.set_serving::<LogServiceServer<logs::Logs>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let clients = ClientServiceServer::new(clients::Clients::new(regiment.clone()))
        .max_decoding_message_size(MAX_REQUEST)
        .max_encoding_message_size(MAX_ANSWER);
    let logs = LogServiceServer::new(logs::Logs::new(regiment))
        .max_decoding_message_size(MAX_REQUEST)
        .max_encoding_message_size(MAX_ANSWER);

    let (stopping, mut stopped) = watch::channel(());
    let drained = async move {
        stop.await;
        health.set_not_serving::<ClientServiceServer<clients::Clients>>().await;
        health.set_not_serving::<LogServiceServer<logs::Logs>>().await;
        drop(stopping);
    };
    let server = Server::builder()
        .layer(auth)
        .add_service(health_service)
        .add_service(reflection)
        .add_service(clients)
        .add_service(logs)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), drained);
    // A call that never ends must not keep the process alive.
    let overdue = async move {
        let _ = stopped.changed().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended?,
        () = overdue => tracing::warn!(outcome = "cut_off", "calls were still open after 10 seconds"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_let_in_with_a_token_alone() {
        let everywhere = "0.0.0.0:8080".parse().unwrap();
        let error = check_exposure(everywhere, None).unwrap_err().to_string();
        assert!(error.contains("0.0.0.0:8080") && error.contains("REGIMENT_API_TOKEN"), "{error}");
        assert!(check_exposure(everywhere, Some(&Secret::new("t"))).is_ok());
        assert!(check_exposure("127.0.0.1:8080".parse().unwrap(), None).is_ok());
        assert!(check_exposure("[::1]:0".parse().unwrap(), None).is_ok());
    }
}
