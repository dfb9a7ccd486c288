//! Kills the real server process under load, again and again, and checks that nothing was lost and nothing happened
//! twice. `scripts/crash` runs the long form; `docs/crash-test.md` says what is promised and how it is checked.

mod calls;
mod check;
mod database;
mod evidence;
mod history;
mod load;
mod people;
mod plan;
mod server;
mod tampered;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use regiment_core::store::{DeliveryState, Store};
use regiment_core::{Clock as _, Policy, SystemClock};

use self::database::{Database, free_port};
use self::evidence::{Evidence, numbers_sent};
use self::history::{Answer, Asked, History};
use self::load::{Caller, Shared};
use self::plan::{Fault, Plan};
use self::server::Server;

/// How many call at once.
const CALLERS: u32 = 6;

/// Clients who came days ago, and answered nothing.
const OLD_COMPANY: u32 = 8;

/// The most clients who come between two lives of the server; half of the lives have fewer, so that callers get
/// through.
const NEWCOMERS: u32 = 6;

/// The longest that a server lives after it listens, in milliseconds; a fault of the database lets it live as long again.
const LONGEST_LIFE: u64 = 3_000;

/// How long the last server may take to have nothing more to do.
const PATIENCE: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_nothing_and_repeats_nothing_on_sqlite() {
    let Some(plan) = Plan::of_environment("sqlite", 1) else { return };
    let folder = tempfile::tempdir().unwrap().keep();
    run(&plan, &folder, &Database::sqlite(&folder)).await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_loses_nothing_and_repeats_nothing_on_postgres() {
    on_postgres(1).await;
}

/// The older of the two is killed in turn, and what a caller could not bring to its end at one server it asks the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_beside_another_loses_nothing_and_repeats_nothing_on_postgres() {
    on_postgres(2).await;
}

async fn on_postgres(servers: usize) {
    let Some(plan) = Plan::of_environment("postgres", servers) else { return };
    let Some(database) = Database::postgres() else { return };
    let folder = tempfile::tempdir().expect("a folder").keep();
    run(&plan, &folder, &database).await;
    std::fs::remove_dir_all(folder).expect("a folder of ours");
}

/// Runs a plan and asserts that every promise was kept. A folder whose run failed is left where it is.
async fn run(plan: &Plan, folder: &Path, database: &Database) {
    eprintln!("{plan}");
    let (url, policy) = (database.url(), policy());
    let ports: Vec<u16> = (0..plan.servers).map(|_| free_port()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
    let (company, mut sent) = people::old_company(&url, &policy, OLD_COMPANY).await;
    let shared = Arc::new(Shared {
        history: History::default(),
        people: Mutex::new(company),
        next_number: AtomicU32::new(1_000_000),
        stop: AtomicBool::new(false),
    });
    let callers: Vec<_> = (0..CALLERS)
        .map(|number| {
            let rng = ChaCha8Rng::from_rng(&mut rng);
            tokio::spawn(Caller::new(number, CALLERS, &ports, shared.clone(), rng).run())
        })
        .collect();

    let since = Instant::now();
    let mut n_people = OLD_COMPANY;
    let mut servers = VecDeque::new();
    let mut seats = ports.iter().cycle();
    let mut start = |life| Server::start(folder, &url, *seats.next().expect("a port"), life);
    for life in 1..=plan.kills {
        let n = rng.random_range(0..=NEWCOMERS);
        let people = people::newcomers(&url, &policy, n_people + 1..=n_people + n).await;
        n_people += n;
        shared.people.lock().unwrap_or_else(PoisonError::into_inner).extend(people);
        let mut server = start(life);
        live(&mut server, plan.fault(life), database, &mut rng).await;
        servers.push_back(server);
        if servers.len() == plan.servers
            && let Some(oldest) = servers.pop_front()
        {
            oldest.kill();
        }
    }
    let lasted = since.elapsed();

    servers.push_back(start(plan.kills + 1));
    for server in &mut servers {
        server.wait_until_it_listens().await;
    }
    shared.stop.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.expect("every answer makes sense to its caller");
    }
    let store = Store::open(&url).await.expect("the database is there");
    let at = wait_until_it_is_idle(&store).await;
    servers.into_iter().for_each(Server::stop);

    for life in 1..=plan.kills + 1 {
        sent.extend(numbers_sent(&folder.join(format!("server-{life}.log"))));
    }
    let evidence = Evidence::read(&store, sent, at).await.expect("the database is whole");
    store.close().await;
    let asked = shared.history.take();
    eprintln!("{}", summary(plan, lasted, &asked, &evidence));
    let unknown = asked.iter().filter(|asked| asked.answer == Answer::Unknown).count();
    let violations = check::check(&asked, &evidence, &policy);
    assert!(violations.is_empty() && unknown == 0, "{unknown} unanswered; {violations:#?}");
    assert!(asked.iter().any(|asked| asked.attempts > 1), "no kill hit a request");
}

/// Lets a server live for a random while, and hurts its database if that is planned.
async fn live(
    server: &mut Server,
    fault: Option<Fault>,
    database: &Database,
    rng: &mut ChaCha8Rng,
) {
    let wait = |longest: u64, rng: &mut ChaCha8Rng| {
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..longest)))
    };
    // One in eight lives while it starts alone, and one in six until it sends a message.
    if fault.is_none() && rng.random_bool(0.125) {
        return wait(400, rng).await;
    }
    if fault.is_none() && rng.random_bool(0.167) {
        return server.wait_until_it_sends(Duration::from_millis(2 * LONGEST_LIFE)).await;
    }
    server.wait_until_it_listens().await;
    wait(LONGEST_LIFE, rng).await;
    if let (Some(fault), Some(cluster)) = (fault, database.cluster()) {
        tokio::task::block_in_place(|| match fault {
            Fault::Restart => cluster.restart(0),
            Fault::Away(seconds) => cluster.restart(seconds),
            Fault::Terminate => cluster.terminate_backends(),
        });
        wait(LONGEST_LIFE, rng).await;
    }
}

/// Leases end soon, so that what is doubtful is found out during the test.
fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.delivery.lease_seconds = 10;
    policy
}

/// Waits until nothing is due and no message can leave; returns when that was.
async fn wait_until_it_is_idle(store: &Store) -> jiff::Timestamp {
    let since = Instant::now();
    loop {
        let now = SystemClock.now();
        let mut tx = store.read().await.expect("the database is there");
        let is_due = tx.has_due_triggers(now).await.expect("the database is there");
        let next = tx.next_message_at().await.expect("the database is there");
        if !is_due && next.is_none_or(|next| next > now + jiff::SignedDuration::from_secs(60)) {
            return now;
        }
        drop(tx);
        assert!(since.elapsed() < PATIENCE, "the server does not catch up");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn summary(plan: &Plan, lasted: Duration, asked: &[Asked], evidence: &Evidence) -> String {
    let answered = |of: fn(&Answer) -> bool| asked.iter().filter(|a| of(&a.answer)).count();
    let ended = |state| evidence.messages.iter().filter(|m| m.state == state).count();
    format!(
        "{} kills in {} s: {} clients, {} occurrences, {} revisions, {} infractions; {} requests ({} stored, {} spooled, \
         {} refused), {} of them asked more than once; {} messages ({} delivered, {} in doubt, {} too late), {} audited \
         acts",
        plan.kills,
        lasted.as_secs(),
        evidence.clients.len(),
        evidence.runs.len(),
        evidence.revisions.len(),
        evidence.infractions.len(),
        asked.len(),
        answered(|answer| *answer == Answer::Stored),
        answered(|answer| *answer == Answer::Spooled),
        answered(|answer| matches!(answer, Answer::Refused(_))),
        asked.iter().filter(|asked| asked.attempts > 1).count(),
        evidence.messages.len(),
        ended(DeliveryState::Delivered),
        ended(DeliveryState::Unknown),
        ended(DeliveryState::Missed),
        evidence.audit.len(),
    )
}
