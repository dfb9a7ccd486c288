//! The calls, as each side is asked, and what the answers tell.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use prost::Message as _;
use prost::bytes::Bytes;
use regiment_proto::v1;
use serde_json::{Value, json};

use crate::company::{Company, MEALS, Served};
use crate::practice::user;
use crate::process::Process;
use crate::request::{Grpc, Http};

/// Steps from client to client, so that neighbors are not asked for one after the other.
const STRIDE: u64 = 7_919;

const PAGE: i32 = 50;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    ListClients,
    GetClient,
    ListCards,
    LogMeal,
}

/// A server that is measured.
pub(super) struct Target {
    pub(super) name: String,
    pub(super) process: Process,
    to: To,
}

/// How a server is asked.
#[derive(Clone)]
struct To {
    address: String,
    speaks: Speaks,
    asker: Arc<Asker>,
}

#[derive(Clone, Copy)]
enum Speaks {
    Grpc,
    Http,
}

/// Who asks, and about whom.
struct Asker {
    coach: String,
    bot: String,
    date: String,
    clients: u64,
}

/// One connection to a server.
pub(super) struct Connection {
    to: To,
    on: On,
}

enum On {
    Grpc(Grpc),
    Http(Http),
}

impl Call {
    pub(super) const ALL: [Self; 4] =
        [Self::ListClients, Self::GetClient, Self::ListCards, Self::LogMeal];
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ListClients => "list 50 clients",
            Self::GetClient => "get a client",
            Self::ListCards => "list 50 open cards",
            Self::LogMeal => "log a meal",
        })
    }
}

impl Target {
    /// The real server.
    pub(super) fn ours(company: &Company, clients: u64, served: Served) -> Self {
        Self::new("The Regiment".to_owned(), Speaks::Grpc, company, clients, served)
    }

    /// The peer.
    pub(super) fn peer(company: &Company, clients: u64, served: Served, workers: u64) -> Self {
        Self::new(format!("FastAPI, {workers} workers"), Speaks::Http, company, clients, served)
    }

    fn new(name: String, speaks: Speaks, company: &Company, clients: u64, served: Served) -> Self {
        let Company { date, coach, bot, .. } = company;
        let (coach, bot, date) = (coach.clone(), bot.clone(), date.to_string());
        let asker = Arc::new(Asker { coach, bot, date, clients });
        let Served { process, address, start: _ } = served;
        Self { name, process, to: To { address, speaks, asker } }
    }

    pub(super) async fn connect(&self) -> Result<Connection> {
        let to = self.to.clone();
        let on = match to.speaks {
            Speaks::Grpc => On::Grpc(Grpc::connect(&to.address).await?),
            Speaks::Http => On::Http(Http::connect(&to.address).await?),
        };
        Ok(Connection { to, on })
    }

    /// Returns what an answer says that every server must say alike.
    pub(super) fn told(&self, call: Call, answer: &[u8]) -> Result<Vec<String>> {
        match self.to.speaks {
            Speaks::Grpc => told_by_grpc(call, answer),
            Speaks::Http => told_by_http(call, answer),
        }
    }
}

impl Connection {
    /// Makes the `n`th call of a run, and returns the answer as it came.
    pub(super) async fn ask(&mut self, call: Call, n: u64) -> Result<Bytes> {
        let asker = &self.to.asker;
        match &mut self.on {
            On::Grpc(grpc) => asker.ask_grpc(grpc, call, n).await,
            On::Http(http) => {
                let request = asker.http(&self.to.address, call, n);
                Ok(Bytes::copy_from_slice(http.ask(request.as_bytes()).await?))
            }
        }
    }
}

impl Asker {
    async fn ask_grpc(&self, grpc: &mut Grpc, call: Call, n: u64) -> Result<Bytes> {
        match call {
            Call::ListClients => {
                let asked = v1::ListClientsRequest { page_size: PAGE, ..Default::default() };
                grpc.ask("/regiment.v1.ClientService/ListClients", &self.coach, None, &asked).await
            }
            Call::GetClient => {
                let name = format!("clients/{}", user(n * STRIDE % self.clients));
                let asked = v1::GetClientRequest { name };
                grpc.ask("/regiment.v1.ClientService/GetClient", &self.coach, None, &asked).await
            }
            Call::ListCards => {
                let asked = v1::ListJobCardsRequest { page_size: PAGE, ..Default::default() };
                let path = "/regiment.v1.JobCardService/ListJobCards";
                grpc.ask(path, &self.coach, None, &asked).await
            }
            Call::LogMeal => {
                let (user_id, meal_id) = self.meal(n);
                let asked = v1::LogMealRequest {
                    client: format!("clients/{user_id}"),
                    date: self.date.clone(),
                    meal_id: meal_id.to_owned(),
                    status: v1::LogStatus::Completed.into(),
                    request_id: format!("bench-{n}"),
                    ..Default::default()
                };
                let path = "/regiment.v1.LogService/LogMeal";
                grpc.ask(path, &self.bot, Some(&user_id), &asked).await
            }
        }
    }

    fn http(&self, address: &str, call: Call, n: u64) -> String {
        let head = |verb: &str, path: &str, token: &str| {
            format!(
                "{verb} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n"
            )
        };
        match call {
            Call::ListClients => {
                head("GET", &format!("/v1/clients?page_size={PAGE}"), &self.coach) + "\r\n"
            }
            Call::GetClient => {
                let user_id = user(n * STRIDE % self.clients);
                head("GET", &format!("/v1/clients/{user_id}"), &self.coach) + "\r\n"
            }
            Call::ListCards => {
                head("GET", &format!("/v1/jobCards?page_size={PAGE}"), &self.coach) + "\r\n"
            }
            Call::LogMeal => {
                let (user_id, meal_id) = self.meal(n);
                let request_id = format!("bench-{n}");
                let asked = json!({
                    "date": self.date,
                    "meal_id": meal_id,
                    "status": "completed",
                    "request_id": request_id,
                });
                let body = asked.to_string();
                let length = body.len();
                let head = head("POST", &format!("/v1/clients/{user_id}/meals"), &self.bot);
                format!(
                    "{head}regiment-acting-user: {user_id}\r\ncontent-type: application/json\r\n\
                     content-length: {length}\r\n\r\n{body}"
                )
            }
        }
    }

    /// Returns whose meal the `n`th call logs: everybody's first, then everybody's second.
    fn meal(&self, n: u64) -> (String, &'static str) {
        let which = usize::try_from(n / self.clients).unwrap_or_default() % MEALS.len();
        (user(n * STRIDE % self.clients).to_string(), MEALS[which])
    }
}

fn told_by_grpc(call: Call, answer: &[u8]) -> Result<Vec<String>> {
    Ok(match call {
        Call::ListClients => {
            let page = v1::ListClientsResponse::decode(answer)?;
            page.clients.into_iter().map(|client| client.name + " " + &client.email).collect()
        }
        Call::GetClient => {
            let client = v1::GetClientResponse::decode(answer)?.client;
            client.into_iter().map(|client| client.name + " " + &client.email).collect()
        }
        Call::ListCards => {
            let page = v1::ListJobCardsResponse::decode(answer)?;
            let told = |card: v1::JobCard| {
                let earlier = card.earlier.map(|earlier| earlier.name).unwrap_or_default();
                format!("{} {} {earlier}", card.name, card.display_name)
            };
            page.job_cards.into_iter().map(told).collect()
        }
        Call::LogMeal => {
            let log = v1::LogMealResponse::decode(answer)?.log;
            log.into_iter().map(|log| format!("{} {}", log.name, log.revision)).collect()
        }
    })
}

fn told_by_http(call: Call, answer: &[u8]) -> Result<Vec<String>> {
    let answer: Value = serde_json::from_slice(answer)?;
    let client =
        |client: &Value| Some(format!("{} {}", text(client, "name")?, text(client, "email")?));
    let card = |card: &Value| {
        let earlier = text(&card["earlier"], "name").unwrap_or_default();
        Some(format!("{} {} {earlier}", text(card, "name")?, text(card, "display_name")?))
    };
    let told: Option<Vec<String>> = match call {
        Call::ListClients => {
            answer["clients"].as_array().into_iter().flatten().map(client).collect()
        }
        Call::GetClient => client(&answer).map(|told| vec![told]),
        Call::ListCards => answer["job_cards"].as_array().into_iter().flatten().map(card).collect(),
        Call::LogMeal => {
            let log = &answer["log"];
            text(log, "name").map(|name| vec![format!("{name} {}", log["revision"])])
        }
    };
    told.with_context(|| format!("the peer's answer has another shape: {answer}"))
}

fn text<'a>(of: &'a Value, field: &str) -> Option<&'a str> {
    of[field].as_str()
}
