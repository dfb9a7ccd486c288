//! The API `regiment.v1` over gRPC and gRPC-Web, with health and reflection, on one port.

pub mod auth;
mod bot;
mod calls;
mod cards;
mod changes;
mod clients;
mod convert;
mod dashboard;
mod deadline;
mod deliveries;
mod engines;
mod health;
mod history;
mod honors;
mod insight;
mod limit;
mod logs;
mod malformed;
mod meals;
mod once;
mod page;
mod profile;
mod sign_in;
mod site;
mod stop;
mod system;
mod tally;
mod templates;
mod web;
mod webhook;
mod zones;

use std::any::Any;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use prost::Message as _;
use prost_types::FileDescriptorSet;
use regiment_core::regiment::Regiment;
use regiment_proto::FILE_DESCRIPTOR_SET;
use regiment_proto::v1::auth_service_server::AuthServiceServer;
use regiment_proto::v1::bot_service_server::BotServiceServer;
use regiment_proto::v1::client_service_server::ClientServiceServer;
use regiment_proto::v1::delivery_service_server::DeliveryServiceServer;
use regiment_proto::v1::engine_service_server::EngineServiceServer;
use regiment_proto::v1::honors_service_server::HonorsServiceServer;
use regiment_proto::v1::insight_service_server::InsightServiceServer;
use regiment_proto::v1::job_card_service_server::JobCardServiceServer;
use regiment_proto::v1::log_service_server::LogServiceServer;
use regiment_proto::v1::system_service_server::SystemServiceServer;
use regiment_proto::v1::template_service_server::TemplateServiceServer;
use regiment_proto::v1::watch_service_server::WatchServiceServer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_web::GrpcWebLayer;
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;

use self::auth::Auth;
use self::calls::Calls;
use self::health::Health;
use self::limit::Limits;
use self::sign_in::SignIn;
use self::site::Site;
use self::web::Web;
use self::web::discord::Discord;
use self::webhook::Posts;
use crate::config::{Config, Role};
use crate::failure::Usage;
use crate::secret::Secret;
use crate::status;

/// How long open calls may take to end once the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// How often a silent connection is asked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

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

/// Answers the API on `listener` until `stop` is done. Streams end then, and calls that are open have 10 seconds to.
pub async fn serve(
    regiment: Arc<Regiment>,
    listener: TcpListener,
    config: Config,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let site = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let site = Arc::new(Site::new(&config, site));
    let limits = Arc::new(Limits::new(&config));
    let discord = Discord::new(&config, &site.at(web::CALLBACK))?.map(Arc::new);
    let auth = Auth::new(regiment.clone(), &config, site.clone(), limits.clone());
    let calls = Calls::default();
    let decides = config.serve.roles.contains(&Role::Scheduler);
    let posts = Posts::default();
    let watched =
        Health { regiment: regiment.clone(), calls: calls.clone(), decides, posts: posts.clone() };
    let stopping = CancellationToken::new();
    if let Some(to) = config.alert_webhook {
        let told = webhook::tell(regiment.clone(), to, posts, stopping.clone())?;
        tokio::spawn(told);
    }
    let counting = from_fn_with_state((calls, regiment.clone()), calls::count);
    let web = Web { regiment, site: site.clone(), limits: limits.clone(), discord };

    tokio::spawn(health::look_around(watched.clone(), stopping.clone()));
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    // The first of these layers is the innermost: a call passes them from below.
    let open = Routes::new(health_service)
        .add_service(reflection().build_v1()?)
        // What grpcio's clients still ask for.
        .add_service(reflection().build_v1alpha()?);
    let grpc = services(open, &web, &auth, &stopping)
        .into_axum_router()
        .reset_fallback()
        .layer(from_fn(malformed::refuse))
        .layer(from_fn_with_state(auth, auth::guard))
        .layer(from_fn(deadline::keep))
        .layer(from_fn_with_state(limits.clone(), limit::shed))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(counting)
        .layer(GrpcWebLayer::new());
    let all = web::routes(web)
        .merge(health::routes(watched))
        .merge(grpc)
        .fallback(dashboard::page)
        .layer(web::cors(&site))
        .layer(from_fn_with_state(site, web::harden));

    report(&reporter, ServingStatus::Serving).await;
    let stopped = stopping.clone();
    let told = async move {
        stop.await;
        report(&reporter, ServingStatus::NotServing).await;
        stopped.cancel();
    };
    let server = Server::builder()
        .accept_http1(true)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .add_routes(Routes::from(all))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), told);
    // A call that never ends must not keep the process alive.
    let overdue = async {
        stopping.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended?,
        () = overdue => tracing::warn!(outcome = "cut_off", "calls were still open after 10 seconds"),
        () = limits.tidy() => {}
    }
    Ok(())
}

/// Adds the services of the API.
fn services(routes: Routes, web: &Web, auth: &Auth, stopping: &CancellationToken) -> Routes {
    let regiment = &web.regiment;
    let deliveries = deliveries::Deliveries::new(regiment.clone(), stopping.clone());
    let watches = changes::Watches::begin(regiment.clone(), stopping.clone());
    // What tonic generates for each service has these limits, and no trait for them.
    macro_rules! limited {
        ($server:ident, $service:expr) => {
            $server::new($service)
                .max_decoding_message_size(MAX_REQUEST)
                .max_encoding_message_size(MAX_ANSWER)
        };
    }
    routes
        .add_service(limited!(AuthServiceServer, SignIn::new(web.clone(), auth.clone())))
        .add_service(limited!(BotServiceServer, bot::Bots::new(regiment.clone())))
        .add_service(limited!(ClientServiceServer, clients::Clients::new(regiment.clone())))
        .add_service(limited!(DeliveryServiceServer, deliveries))
        .add_service(limited!(EngineServiceServer, engines::Engines::new(regiment.clone())))
        .add_service(limited!(HonorsServiceServer, honors::Honors::new(regiment.clone())))
        .add_service(limited!(TemplateServiceServer, templates::Templates::new(regiment.clone())))
        .add_service(limited!(InsightServiceServer, insight::Insight::new(regiment.clone())))
        .add_service(limited!(JobCardServiceServer, cards::Cards::new(regiment.clone())))
        .add_service(limited!(LogServiceServer, logs::Logs::new(regiment.clone())))
        .add_service(limited!(SystemServiceServer, system::Systems::new(regiment.clone())))
        .add_service(limited!(WatchServiceServer, watches))
}

/// Answers a call that panicked. What it said may be personal, and is not repeated.
fn panicked(_said: Box<dyn Any + Send>) -> Response {
    tracing::error!(outcome = "panicked", "a call failed by a mistake of ours");
    status::broken().into_http()
}

/// Tells the health of every service of the API.
async fn report(health: &HealthReporter, status: ServingStatus) {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("the build wrote descriptors");
    for file in set.file.iter().filter(|file| file.package() == "regiment.v1") {
        for service in &file.service {
            let name = format!("{}.{}", file.package(), service.name());
            health.set_service_status(name, status).await;
        }
    }
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
