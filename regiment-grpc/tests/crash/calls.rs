//! One call to the server, and what its end means to the caller.

use std::time::Duration;

use jiff::Timestamp;
use regiment_core::record::{DoneOrMissed, LogKey};
use regiment_proto::v1;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use regiment_proto::v1::log_service_client::LogServiceClient;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::history::{Answer, Says};
use crate::server::TOKEN;

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(15);

type Signed = fn(Request<()>) -> Result<Request<()>, Status>;

/// A request that can be made again as it is.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Meal(v1::LogMealRequest),
    TopSet(v1::LogTopSetRequest),
    Cardio(v1::LogCardioRequest),
    Checkin(v1::LogCheckinRequest),
    Pause(v1::PauseClientRequest),
    Resume(v1::ResumeClientRequest),
    Create(Box<v1::CreateClientRequest>),
}

impl Call {
    /// Builds the request that logs an item.
    pub(crate) fn log(
        client: &str,
        request_id: &str,
        key: &LogKey,
        entered_at: Timestamp,
        says: &Says,
        reason: &str,
    ) -> Self {
        let entered_at = Some(prost_types::Timestamp {
            seconds: entered_at.as_second(),
            nanos: entered_at.subsec_nanosecond(),
        });
        let (client, date) = (client.to_owned(), key.date.to_string());
        let (override_reason, request_id) = (reason.to_owned(), request_id.to_owned());
        match says {
            Says::Meal(status) => {
                let status = match status {
                    DoneOrMissed::Completed => v1::LogStatus::Completed,
                    DoneOrMissed::Missed => v1::LogStatus::Missed,
                };
                let (meal_id, status) = (key.item.clone(), status.into());
                Self::Meal(v1::LogMealRequest {
                    client,
                    date,
                    meal_id,
                    status,
                    entered_at,
                    override_reason,
                    request_id,
                })
            }
            Says::TopSet { weight_kg, reps } => Self::TopSet(v1::LogTopSetRequest {
                client,
                date,
                exercise_id: key.item.clone(),
                top_set: Some(v1::TopSet { weight_kg: *weight_kg, reps: (*reps).into() }),
                entered_at,
                override_reason,
                request_id,
            }),
            Says::Cardio(minutes) => Self::Cardio(v1::LogCardioRequest {
                client,
                date,
                minutes: (*minutes).into(),
                entered_at,
                override_reason,
                request_id,
            }),
            Says::Checkin { notes } => Self::Checkin(v1::LogCheckinRequest {
                client,
                date,
                report: Some(v1::CheckinReport {
                    weight_kg: 90.0,
                    mood: v1::Mood::Okay.into(),
                    soreness: v1::Level::Low.into(),
                    sleep: v1::Sleep::Sleep8h.into(),
                    stress: v1::Level::Medium.into(),
                    notes: notes.clone(),
                    weight_unconfirmed: false,
                }),
                entered_at,
                override_reason,
                request_id,
            }),
        }
    }
}

/// A caller's connections, one to each server. Each connects again whenever it has to.
pub(crate) struct Calls {
    servers: Vec<Connection>,
    /// The server that is asked next: another one where this one did not answer.
    at: usize,
}

/// A connection to one server.
struct Connection {
    clients: ClientServiceClient<InterceptedService<Channel, Signed>>,
    logs: LogServiceClient<InterceptedService<Channel, Signed>>,
}

impl Connection {
    fn new(port: u16) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}"));
        let channel = endpoint.expect("an address").timeout(PATIENCE).connect_lazy();
        let sign: Signed = sign;
        Self {
            clients: ClientServiceClient::with_interceptor(channel.clone(), sign),
            logs: LogServiceClient::with_interceptor(channel, sign),
        }
    }
}

impl Calls {
    /// Makes a caller's connections; callers begin with different servers.
    pub(crate) fn new(ports: &[u16], caller: u32) -> Self {
        let servers: Vec<_> = ports.iter().copied().map(Connection::new).collect();
        let at = usize::try_from(caller).expect("few callers") % servers.len();
        Self { servers, at }
    }

    /// Returns a client's day, if the server answers.
    pub(crate) async fn today(&mut self, name: &str) -> Option<v1::GetTodayResponse> {
        let asked = v1::GetTodayRequest { name: name.to_owned() };
        let answer = self.server().clients.get_today(asked).await;
        if answer.is_err() {
            self.turn();
        }
        Some(answer.ok()?.into_inner())
    }

    /// Makes a request once.
    pub(crate) async fn attempt(&mut self, call: &Call) -> Answer {
        // What is no override is the client's own: it is entered for him, as the bot does.
        macro_rules! entry {
            ($asked:expr) => {{
                let is_own = $asked.override_reason.is_empty();
                let acting_user = $asked.client.trim_start_matches("clients/").parse();
                let mut request = Request::new($asked);
                if is_own {
                    let acting_user = acting_user.expect("digits");
                    request.metadata_mut().insert("regiment-acting-user", acting_user);
                }
                request
            }};
        }
        let Connection { clients, logs } = self.server();
        let durability = match call.clone() {
            Call::Meal(asked) => {
                logs.log_meal(entry!(asked)).await.map(|a| a.into_inner().durability)
            }
            Call::TopSet(asked) => {
                logs.log_top_set(entry!(asked)).await.map(|a| a.into_inner().durability)
            }
            Call::Cardio(asked) => {
                logs.log_cardio(entry!(asked)).await.map(|a| a.into_inner().durability)
            }
            Call::Checkin(asked) => {
                logs.log_checkin(entry!(asked)).await.map(|a| a.into_inner().durability)
            }
            Call::Pause(asked) => clients.pause_client(asked).await.map(|_| COMMITTED),
            Call::Resume(asked) => clients.resume_client(asked).await.map(|_| COMMITTED),
            Call::Create(asked) => clients.create_client(*asked).await.map(|_| COMMITTED),
        };
        match durability {
            Ok(durability) if durability == i32::from(v1::Durability::Spooled) => Answer::Spooled,
            Ok(_) => Answer::Stored,
            Err(status) => {
                let refused = refusal(&status);
                if refused.is_none() {
                    self.turn();
                }
                refused.map_or(Answer::Unknown, Answer::Refused)
            }
        }
    }

    fn server(&mut self) -> &mut Connection {
        &mut self.servers[self.at]
    }

    /// Asks another server from now on, where there is one.
    fn turn(&mut self) {
        self.at = (self.at + 1) % self.servers.len();
    }
}

const COMMITTED: i32 = v1::Durability::Committed as i32;

/// Returns why a rule said no; `None` where nobody knows how it ended.
///
/// # Panics
/// When the server says that it failed: it never may, whatever is done to its database.
fn refusal(status: &Status) -> Option<String> {
    let refused = [
        Code::FailedPrecondition,
        Code::InvalidArgument,
        Code::NotFound,
        Code::AlreadyExists,
        Code::Unauthenticated,
    ];
    let reason = status.get_error_details().error_info().map(|info| info.reason.clone());
    assert_ne!(reason.as_deref(), Some("INTERNAL"), "see the last server's log");
    refused.contains(&status.code()).then(|| reason.unwrap_or_default())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature an interceptor has")]
fn sign(mut request: Request<()>) -> Result<Request<()>, Status> {
    let token = format!("Bearer {TOKEN}").parse().expect("ASCII");
    request.metadata_mut().insert("authorization", token);
    Ok(request)
}
