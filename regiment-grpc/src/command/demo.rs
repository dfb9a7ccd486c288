//! `regiment demo`: a company of clients lives on the real engines, and goes on living while it is served.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use regiment_core::regiment::{Account, Inbox, Regiment};
use regiment_core::simulate::Company;
use regiment_core::store::Role;
use regiment_core::{Clock as _, SystemClock};
use regiment_proto::v1::ListClientsRequest;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use tokio::sync::watch;
use tonic::Request;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::serve::{Signals, bind, finish};
use crate::cli::DemoArgs;
use crate::company::Simulated;
use crate::config::Config;
use crate::scheduler;
use crate::secret::Secret;
use crate::server;
use crate::terminal::print;

/// How often the simulated people look whether it is time to do something.
const GLANCE: Duration = Duration::from_secs(1);

pub(crate) async fn run(args: &DemoArgs) -> anyhow::Result<()> {
    // A port that is taken is better known before the simulation than after.
    let listener = if args.no_serve { None } else { Some(bind(args.listen).await?) };
    let until = last_full_hour(SystemClock.now());
    let begins = until - SignedDuration::from_hours(7 * 24 * i64::from(args.weeks));
    let simulated = Simulated::live(args.seed, args.clients, begins, until).await?;
    print(&format!("{} to {}\n\n{}", begins, simulated.until, simulated.summary().await?))?;
    let Some(listener) = listener else { return Ok(()) };

    let address = listener.local_addr()?;
    let token = mint()?;
    let regiment = Arc::new(simulated.on_the_system_clock().await?);
    let (stop, stopped) = watch::channel(false);
    let config = Config { api_token: Some(token.clone()), ..Config::default() };
    let serving = server::serve(regiment.clone(), listener, config, server::told(stopped.clone()));
    let serving = tokio::spawn(serving);
    let signals = Signals::listen()?;
    let admin = Account { user_id: None, name: "demo".to_owned(), role: Role::Admin };
    let link = regiment.one_time_link(admin).await?;
    print(&format!(
        "\nserving on http://{address}\nsign in    http://{address}/auth/link?token={link} (once, within the hour)\n\
         token      {token}\ntry        grpcurl -plaintext -H 'authorization: Bearer \
         {token}' {address} regiment.v1.ClientService/ListClients\nstop       Ctrl-C\n",
        link = link.secret,
        token = token.expose(),
    ))?;

    let inbox = Arc::new(Inbox::default());
    let mut company = simulated.company;
    let work = async {
        tokio::join!(
            scheduler::run(&regiment, &inbox, stopped.clone()),
            go_on(&mut company, &regiment, &inbox, stopped.clone()),
        );
        serving.await?
    };
    if args.check {
        let asked = async {
            check(&format!("http://{address}"), &token, args.clients).await?;
            stop.send_replace(true);
            anyhow::Ok(())
        };
        let (asked, ended) = tokio::join!(asked, work);
        asked.context("the demo does not answer")?;
        ended?;
        print("the demo answered its own health and API\n")?;
        return Ok(());
    }
    finish(Box::pin(work), signals, &stop).await
}

/// Lets the simulated people go on living until `stop` turns true.
async fn go_on(
    company: &mut Company,
    regiment: &Regiment,
    inbox: &Inbox,
    stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        if let Err(error) = company.follow(regiment, inbox).await {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(engine = "simulate", outcome = "failed", error, "the company stumbled");
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            () = server::told(stop.clone()) => {}
        }
    }
}

/// Asks a server for its health and its clients, as a stranger would.
async fn check(url: &str, token: &Secret, n_clients: u32) -> anyhow::Result<()> {
    let channel = Endpoint::from_shared(url.to_owned())?.connect().await?;
    let asked = HealthCheckRequest { service: "regiment.v1.ClientService".to_owned() };
    let health = HealthClient::new(channel.clone()).check(asked).await?.into_inner();
    ensure!(health.status() == ServingStatus::Serving, "its health is {:?}", health.status());
    let mut asked = Request::new(ListClientsRequest { page_size: 1000, ..Default::default() });
    asked.metadata_mut().insert("authorization", format!("Bearer {}", token.expose()).parse()?);
    let listed = ClientServiceClient::new(channel).list_clients(asked).await?.into_inner();
    let wanted = usize::try_from(n_clients)?.min(1000);
    ensure!(
        listed.clients.len() == wanted,
        "it lists {} clients of {wanted}",
        listed.clients.len()
    );
    Ok(())
}

fn last_full_hour(now: Timestamp) -> Timestamp {
    let past = SignedDuration::from_secs(now.as_second().rem_euclid(3600))
        + SignedDuration::from_nanos(now.subsec_nanosecond().into());
    now - past
}

/// Mints a token that nobody can guess, for as long as the demo runs.
fn mint() -> anyhow::Result<Secret> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    let digits = bytes.iter().map(|byte| char::from(b'a' + byte % 26));
    Ok(Secret::new(digits.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulation_ends_at_the_last_full_hour() {
        let check = |now: &str, expected: &str| {
            assert_eq!(last_full_hour(now.parse().unwrap()).to_string(), expected);
        };
        check("2026-03-01T12:59:59.999999Z", "2026-03-01T12:00:00Z");
        check("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z");
    }

    #[test]
    fn no_two_tokens_are_the_same() {
        let [one, other] = [mint().unwrap(), mint().unwrap()];
        assert_ne!(one.expose(), other.expose());
        assert!(
            one.expose().len() >= 24 && one.expose().bytes().all(|byte| byte.is_ascii_lowercase())
        );
    }
}
