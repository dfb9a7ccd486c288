//! The server's API, called for a person or for the bot itself.

use std::time::Duration;

use regiment_core::Secret;
use regiment_proto::v1::{
    bot_service_client::BotServiceClient, client_service_client::ClientServiceClient,
    delivery_service_client::DeliveryServiceClient, honors_service_client::HonorsServiceClient,
    job_card_service_client::JobCardServiceClient, log_service_client::LogServiceClient,
    template_service_client::TemplateServiceClient,
};
use thiserror::Error;
use tonic::{
    Code, Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, ClientTlsConfig, Endpoint},
};
use url::Url;

use crate::{config::Config, discord::Interaction};

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(2);

/// How often a silent connection is tried, and how long it may stay silent then.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(5);

/// How long it takes from a try of [`patiently`] to the next: at first, and at most.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The way to the server. Cloning it is cheap; the connection is made when it is needed, and made
/// anew when it breaks.
#[derive(Debug, Clone)]
pub struct Api {
    channel: Channel,
    token: MetadataValue<Ascii>,
}

/// Why the server can't be called at all.
#[derive(Debug, Error)]
pub enum ApiError {
    /// The address is none that can be called.
    #[error("REGIMENT_URL {0} can't be called")]
    Address(Url, #[source] tonic::transport::Error),
    /// The token can't stand in a header.
    #[error("REGIMENT_BOT_TOKEN holds a character that no token has")]
    Token,
}

/// What a call passes through.
pub(crate) type Called = InterceptedService<Channel, Caller>;

/// The services, called for somebody.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is the service of its name")]
pub struct Calls {
    pub bot: BotServiceClient<Called>,
    pub cards: JobCardServiceClient<Called>,
    pub clients: ClientServiceClient<Called>,
    pub deliveries: DeliveryServiceClient<Called>,
    pub honors: HonorsServiceClient<Called>,
    pub logs: LogServiceClient<Called>,
    pub templates: TemplateServiceClient<Called>,
}

/// Adds to a call who makes it, and until when an answer is of use.
#[derive(Debug, Clone)]
pub struct Caller {
    token: MetadataValue<Ascii>,
    /// The person for whom it is made, and his roles.
    person: Option<(MetadataValue<Ascii>, MetadataValue<Ascii>)>,
    deadline: Option<Duration>,
}

impl Api {
    /// Prepares the way to the server, which need not be there yet.
    ///
    /// # Errors
    /// [`ApiError`], where address or token can't be used.
    pub fn connect(config: &Config) -> Result<Self, ApiError> {
        let address = |error| ApiError::Address(config.server.clone(), error);
        let mut endpoint = Endpoint::from_shared(config.server.to_string()).map_err(address)?;
        if config.server.scheme() == "https" {
            endpoint =
                endpoint.tls_config(ClientTlsConfig::new().with_native_roots()).map_err(address)?;
        }
        let channel = endpoint
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(SILENCE)
            .keep_alive_while_idle(true)
            .connect_lazy();
        Ok(Self { channel, token: bearer(&config.bot_token)? })
    }

    /// Calls for the bot itself.
    pub fn own(&self) -> Calls {
        self.calls(None, Some(DEADLINE))
    }

    /// Calls for the person who asks.
    pub fn of(&self, interaction: &Interaction) -> Calls {
        let person = &interaction.person;
        let value = |text: &str| text.parse().expect("digits and commas stand in a header");
        let roles =
            person.roles.iter().filter(|role| role.bytes().all(|byte| byte.is_ascii_digit()));
        let roles = roles.map(String::as_str).collect::<Vec<_>>().join(",");
        self.calls(Some((value(person.user_id.as_str()), value(&roles))), Some(DEADLINE))
    }

    /// Returns the outbox, for a stream that has no end.
    pub fn stream(&self) -> DeliveryServiceClient<Called> {
        self.calls(None, None).deliveries
    }

    fn calls(
        &self,
        person: Option<(MetadataValue<Ascii>, MetadataValue<Ascii>)>,
        deadline: Option<Duration>,
    ) -> Calls {
        let caller = Caller { token: self.token.clone(), person, deadline };
        let service = InterceptedService::new(self.channel.clone(), caller);
        Calls {
            bot: BotServiceClient::new(service.clone()),
            cards: JobCardServiceClient::new(service.clone()),
            clients: ClientServiceClient::new(service.clone()),
            deliveries: DeliveryServiceClient::new(service.clone()),
            honors: HonorsServiceClient::new(service.clone()),
            logs: LogServiceClient::new(service.clone()),
            templates: TemplateServiceClient::new(service),
        }
    }
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(deadline) = self.deadline {
            request.set_timeout(deadline);
        }
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.token.clone());
        if let Some((user_id, roles)) = &self.person {
            metadata.insert("regiment-acting-user", user_id.clone());
            metadata.insert("regiment-acting-roles", roles.clone());
        }
        Ok(request)
    }
}

/// Makes a call again while the server is away, for as long as `patience`. The call has to bear a
/// `request_id`, or be harmless when it is repeated.
///
/// # Errors
/// The first answer that says more than that the server is away, or the last that says so.
pub async fn patiently<T, F>(patience: Duration, mut call: impl FnMut() -> F) -> Result<T, Status>
where
    F: Future<Output = Result<T, Status>>,
{
    let until = tokio::time::Instant::now() + patience;
    let mut pause = PAUSE;
    loop {
        let status = match call().await {
            Ok(answer) => return Ok(answer),
            Err(status) if !is_away(&status) => return Err(status),
            Err(status) => status,
        };
        if tokio::time::Instant::now() + pause > until {
            return Err(status);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Returns whether a call says nothing but that the server, or its database, is away.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other code is an answer")]
pub fn is_away(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable | Code::Cancelled | Code::DeadlineExceeded => true,
        // A connection that broke while it was used.
        Code::Unknown => std::error::Error::source(status).is_some(),
        _ => false,
    }
}

fn bearer(token: &Secret) -> Result<MetadataValue<Ascii>, ApiError> {
    let mut value: MetadataValue<Ascii> =
        format!("Bearer {}", token.expose()).parse().map_err(|_| ApiError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_call_is_repeated_while_the_server_is_away() {
        let mut tries = 0;
        let answered = patiently(Duration::from_secs(5), || {
            tries += 1;
            ready(if tries < 4 { Err(Status::unavailable("")) } else { Ok(tries) })
        });
        assert_eq!(answered.await.unwrap(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let began = tokio::time::Instant::now();
        let status =
            patiently(Duration::from_secs(5), || ready(Err::<(), _>(Status::unavailable("still"))));
        assert_eq!(status.await.unwrap_err().message(), "still");
        // 0.2, 0.4, 0.8, 1.6 seconds; with 2 more it would be exactly 5, which is in time.
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_not_asked_for_again() {
        let mut tries = 0;
        let status = patiently(Duration::from_secs(5), || {
            tries += 1;
            ready(Err::<(), _>(Status::invalid_argument("no")))
        });
        assert_eq!(status.await.unwrap_err().code(), Code::InvalidArgument);
        assert_eq!(tries, 1);
    }

    #[test]
    fn a_token_is_printed_nowhere() {
        let value = bearer(&Secret::new("hunter2")).unwrap();
        assert!(!format!("{value:?}").contains("hunter2"));
        assert!(matches!(bearer(&Secret::new("a\nb")), Err(ApiError::Token)));
    }
}
