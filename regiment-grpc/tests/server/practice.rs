//! A practice in memory with its server on loopback, under a clock that the test moves.

use std::sync::Arc;

use jiff::SignedDuration;
use regiment_core::regiment::{Inbox, Regiment};
use regiment_core::store::{Spool, Store};
use regiment_core::{Clock as _, ManualClock};
use regiment_grpc::config::Config;
use regiment_grpc::secret::Secret;
use regiment_grpc::server;
use regiment_proto::v1;
use regiment_proto::v1::bot_service_client::BotServiceClient;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use regiment_proto::v1::delivery_service_client::DeliveryServiceClient;
use regiment_proto::v1::engine_service_client::EngineServiceClient;
use regiment_proto::v1::honors_service_client::HonorsServiceClient;
use regiment_proto::v1::insight_service_client::InsightServiceClient;
use regiment_proto::v1::job_card_service_client::JobCardServiceClient;
use regiment_proto::v1::log_service_client::LogServiceClient;
use regiment_proto::v1::system_service_client::SystemServiceClient;
use regiment_proto::v1::template_service_client::TemplateServiceClient;
use regiment_proto::v1::watch_service_client::WatchServiceClient;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// The token that the server knows.
pub(crate) const TOKEN: &str = "a token for tests";

/// Adds to each call what shows who makes it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    token: String,
    /// The person for whom the call is made.
    acting_user: Option<String>,
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("authorization", format!("Bearer {}", self.token).parse().expect("ASCII"));
        if let Some(user_id) = &self.acting_user {
            metadata.insert("regiment-acting-user", user_id.parse().expect("digits"));
        }
        Ok(request)
    }
}

/// A practice and its server; it stops when this is dropped.
pub(crate) struct Practice {
    pub(crate) regiment: Arc<Regiment>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) channel: Channel,
    /// Where the server is: `http://…`.
    pub(crate) address: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Practice {
    /// Opens a practice at an instant.
    pub(crate) async fn open(at: &str) -> Self {
        Self::open_with(at, |_| {}).await
    }

    /// Opens a practice whose server is configured otherwise.
    pub(crate) async fn open_with(at: &str, change: impl FnOnce(&mut Config)) -> Self {
        let store = Store::open("sqlite::memory:").await.expect("a store in memory");
        Self::over(store, None, at, change).await
    }

    /// Opens a practice over a store, with a spool where there is one.
    pub(crate) async fn over(
        store: Store,
        spool: Option<Spool>,
        at: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let clock = Arc::new(ManualClock::at(at.parse().expect("an instant")));
        store.migrate_up(clock.now()).await.expect("migrations apply");
        let regiment = Regiment::open(store, clock.clone()).await.expect("a practice");
        let regiment = match spool {
            Some(spool) => regiment.with_spool(spool),
            None => regiment,
        };
        let regiment = Arc::new(regiment);

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let mut config = Config { api_token: Some(Secret::new(TOKEN)), ..Config::default() };
        change(&mut config);
        let serving = server::serve(regiment.clone(), listener, config, server::told(stopped));
        let serving = tokio::spawn(serving);
        let address = format!("http://{address}");
        let endpoint = Channel::from_shared(address.clone()).expect("an address");
        let channel = endpoint.connect().await.expect("the server answers");
        Self { regiment, clock, channel, address, stop, serving }
    }

    /// Tells the server to stop, and waits until it has.
    pub(crate) async fn stop(&mut self) {
        self.stop.send_replace(true);
        let ended = (&mut self.serving).await.expect("the server does not panic");
        ended.expect("the server stops");
    }

    pub(crate) fn clients(&self) -> ClientServiceClient<InterceptedService<Channel, Caller>> {
        ClientServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    /// Calls for a client, as the bot does.
    pub(crate) fn clients_of(
        &self,
        user_id: &str,
    ) -> ClientServiceClient<InterceptedService<Channel, Caller>> {
        let caller = Caller { acting_user: Some(user_id.to_owned()), ..operator() };
        ClientServiceClient::with_interceptor(self.channel.clone(), caller)
    }

    pub(crate) fn cards(&self) -> JobCardServiceClient<InterceptedService<Channel, Caller>> {
        JobCardServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn templates(&self) -> TemplateServiceClient<InterceptedService<Channel, Caller>> {
        TemplateServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn insight(&self) -> InsightServiceClient<InterceptedService<Channel, Caller>> {
        InsightServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn honors(&self) -> HonorsServiceClient<InterceptedService<Channel, Caller>> {
        HonorsServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn logs(&self) -> LogServiceClient<InterceptedService<Channel, Caller>> {
        LogServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    /// Calls for a client, as the bot does.
    pub(crate) fn logs_of(
        &self,
        user_id: &str,
    ) -> LogServiceClient<InterceptedService<Channel, Caller>> {
        let caller = Caller { acting_user: Some(user_id.to_owned()), ..operator() };
        LogServiceClient::with_interceptor(self.channel.clone(), caller)
    }

    pub(crate) fn deliveries(&self) -> DeliveryServiceClient<InterceptedService<Channel, Caller>> {
        DeliveryServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    /// Sends what is in the outbox, as the bot does.
    pub(crate) fn sender(&self) -> DeliveryServiceClient<InterceptedService<Channel, Caller>> {
        DeliveryServiceClient::with_interceptor(self.channel.clone(), bot())
    }

    pub(crate) fn engines(&self) -> EngineServiceClient<InterceptedService<Channel, Caller>> {
        EngineServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn engines_of_the_bot(
        &self,
    ) -> EngineServiceClient<InterceptedService<Channel, Caller>> {
        EngineServiceClient::with_interceptor(self.channel.clone(), bot())
    }

    pub(crate) fn system(&self) -> SystemServiceClient<InterceptedService<Channel, Caller>> {
        SystemServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn watches(&self) -> WatchServiceClient<InterceptedService<Channel, Caller>> {
        WatchServiceClient::with_interceptor(self.channel.clone(), operator())
    }

    pub(crate) fn bot(&self) -> BotServiceClient<InterceptedService<Channel, Caller>> {
        BotServiceClient::with_interceptor(self.channel.clone(), bot())
    }

    /// Moves the clock to an instant, hour by hour, and lets everything due happen.
    pub(crate) async fn live_until(&self, at: &str) {
        let until = at.parse().expect("an instant");
        let inbox = Inbox::default();
        loop {
            self.regiment.tick().await.expect("what is due is decided");
            self.regiment.deliver(&inbox).await.expect("messages leave");
            let now = self.clock.now();
            if now >= until {
                break;
            }
            self.clock.set((now + SignedDuration::from_hours(1)).min(until));
        }
    }

    /// Creates an active client in UTC who starts on Tuesday, 3 March 2026.
    pub(crate) async fn enlist(&self, user_id: &str) -> v1::Client {
        let asked = v1::CreateClientRequest {
            client: Some(recruit(user_id)),
            activate: true,
            ..v1::CreateClientRequest::default()
        };
        let created = self.clients().create_client(asked).await.expect("the client is created");
        created.into_inner().client.expect("a client")
    }
}

/// A client as a coach would enter him.
pub(crate) fn recruit(user_id: &str) -> v1::Client {
    v1::Client {
        user_id: user_id.to_owned(),
        display_name: format!("Person {user_id}"),
        goal: v1::Goal::Cut.into(),
        timezone_offset: "UTC".to_owned(),
        height_cm: 180,
        weight_kg: 90.0,
        age: Some(34),
        meal_template_id: "template_b".to_owned(),
        training_template_id: "steel_block_a".to_owned(),
        macros: Some(v1::Macros { protein: 180, carbs: 200, fats: 60 }),
        ..v1::Client::default()
    }
}

fn operator() -> Caller {
    Caller { token: TOKEN.to_owned(), acting_user: None }
}

fn bot() -> Caller {
    Caller { acting_user: Some("1".to_owned()), ..operator() }
}
