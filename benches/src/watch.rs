//! Many dashboards that watch one server: what they cost, and how soon the last of them hears of a change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use regiment_proto::v1;
use regiment_proto::v1::watch_service_client::WatchServiceClient;
use tokio::task::JoinSet;
use tonic::Request;
use tonic::transport::Endpoint;

use crate::Options;
use crate::company::{Company, Roles, Served};
use crate::practice::user;
use crate::request::Grpc;

/// How long the last hint may take to arrive.
const LAST: Duration = Duration::from_secs(3);

/// What became of each change, by the name of what changed.
#[derive(Default)]
struct Heard(Mutex<HashMap<String, Change>>);

/// When a change was made, how many heard of it, and when the last did.
type Change = (Instant, usize, Option<Instant>);

/// What a server cost during a while.
struct Cost {
    resident_mib: f64,
    /// Of one processor.
    share: f64,
}

/// Opens the streams, lets them rest, and then changes profiles at a rate.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let watchers = usize::try_from(options.number("watchers", 500)?)?;
    let rate = u32::try_from(options.number("rate", 10)?)?;
    let seconds = options.number("seconds", 20)?;
    let n_changes = u64::from(rate) * seconds;
    let clients = options.number("clients", 10_000)?;
    ensure!(n_changes <= clients, "each change is of another client");
    let during = Duration::from_secs(seconds);
    let company = Company::open(options.text("database", "sqlite"), clients).await?;
    let served = company.serve(Roles::All).await?;

    tell("nobody watches", &cost(&served, during).await?);
    let heard = Arc::new(Heard::default());
    let _watching = watch(&served, &company, watchers, &heard).await?;
    tell(&format!("{watchers} watch"), &cost(&served, during).await?);
    let changing = change(&served, &company, rate, n_changes, &heard);
    let (cost, changed) = tokio::join!(cost(&served, during), changing);
    changed?;
    tell(&format!("{watchers} watch, {rate} changes a second"), &cost?);

    tokio::time::sleep(LAST).await;
    let took = heard.by_all(watchers)?;
    let of = |percent: usize| took[(took.len() * percent).div_ceil(100).max(1) - 1].as_millis();
    println!(
        "from asking for a change to the last watcher's hint, {n_changes} changes: p50 {} ms, p99 {} ms, longest {} ms",
        of(50),
        of(99),
        of(100),
    );
    Ok(())
}

impl Heard {
    fn note_change(&self, name: String) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(name, (Instant::now(), 0, None));
    }

    fn note_hint(&self, name: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, n, last)) = all.get_mut(name) {
            *n += 1;
            *last = Some(Instant::now());
        }
    }

    /// Returns how long each change took to reach everybody, the soonest first.
    fn by_all(&self, watchers: usize) -> Result<Vec<Duration>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let missed = all.values().filter(|(_, n, _)| *n < watchers).count();
        ensure!(missed == 0, "{missed} changes of {} did not reach everybody", all.len());
        let took =
            all.values().filter_map(|(made, _, last)| Some(last.as_ref()?.duration_since(*made)));
        let mut took: Vec<Duration> = took.collect();
        took.sort_unstable();
        Ok(took)
    }
}

/// Opens one stream after the other, each on a connection of its own, until all are heard to be open.
async fn watch(
    served: &Served,
    company: &Company,
    watchers: usize,
    heard: &Arc<Heard>,
) -> Result<JoinSet<()>> {
    let mut watching = JoinSet::new();
    for _ in 0..watchers {
        let endpoint = Endpoint::from_shared(format!("http://{}", served.address))?;
        let mut client = WatchServiceClient::new(endpoint.connect().await?);
        let mut asked = Request::new(v1::WatchRequest::default());
        asked.metadata_mut().insert("authorization", format!("Bearer {}", company.coach).parse()?);
        let mut stream = client.watch(asked).await?.into_inner();
        stream.message().await?.context("a stream that ends at once")?;
        let heard = heard.clone();
        watching.spawn(async move {
            // A stream that breaks leaves changes that did not reach everybody.
            while let Ok(Some(hints)) = stream.message().await {
                for change in hints.changes {
                    heard.note_hint(&change.name);
                }
            }
        });
    }
    Ok(watching)
}

/// Writes a note on the profile of one client after the other.
async fn change(
    served: &Served,
    company: &Company,
    rate: u32,
    n: u64,
    heard: &Heard,
) -> Result<()> {
    let mut connection = Grpc::connect(&served.address).await?;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    for number in 0..n {
        ticks.tick().await;
        let name = format!("clients/{}", user(number));
        let client = v1::Client {
            name: name.clone(),
            coaching_notes: "Asked for an earlier check-in.".to_owned(),
            ..v1::Client::default()
        };
        let paths = vec!["coaching_notes".to_owned()];
        let asked = v1::UpdateClientRequest {
            client: Some(client),
            update_mask: Some(prost_types::FieldMask { paths }),
            ..v1::UpdateClientRequest::default()
        };
        heard.note_change(name);
        let path = "/regiment.v1.ClientService/UpdateClient";
        connection.ask(path, &company.coach, None, &asked).await?;
    }
    Ok(())
}

async fn cost(served: &Served, during: Duration) -> Result<Cost> {
    let before = served.process.taken()?.there;
    tokio::time::sleep(during).await;
    let share = (served.process.taken()?.there - before) / during.as_secs_f64();
    Ok(Cost { resident_mib: served.process.resident_mib()?, share })
}

fn tell(what: &str, cost: &Cost) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{what:<44} {:>6.1} MiB resident, {:>5.1} % of one of {cores} processors",
        cost.resident_mib,
        cost.share * 100.0,
    );
}
