//! A stand-in for Discord on loopback: the gateway and the part of REST that a bot needs.
//!
//! It shares no type with the bot. Discord's own description of its API judges what it is asked and what it answers;
//! what that description leaves out, `rules` judges. People act on it only as they could in Discord's own client.
//! (A `mod.rs`, so that the benches can include it by its path.)

pub(crate) mod components;
pub(crate) mod faults;
mod frames;
pub(crate) mod gateway;
mod interactions;
pub(crate) mod person;
mod rest;
mod routes;
pub(crate) mod rules;
mod shapes;
mod slash;
pub(crate) mod spec;
mod transcript;
pub(crate) mod world;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::faults::{Armed, Fault, On};
use self::person::Person;
use self::world::{Access, Human, Id, Place, Timings, World};

/// How long something that must come may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A Discord of one's own; it ends when the last of its handles is dropped.
#[derive(Clone)]
pub(crate) struct Discord(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<()>,
    serving: Mutex<Option<JoinHandle<()>>>,
    pub(crate) address: String,
    pub(crate) coach_role: Id,
    pub(crate) coaches: Id,
    pub(crate) public: Id,
    pub(crate) honors: Id,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let serving = self.serving.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(serving) = serving.take() {
            serving.abort();
        }
    }
}

impl Discord {
    /// Starts one whose ids bear the time of a clock.
    pub(crate) async fn start(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        timings: Timings,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("127.0.0.1:{}", listener.local_addr().expect("an address").port());
        let mut world = World::new(Arc::new(clock), timings);
        world.address.clone_from(&address);
        world.gateway.clone_from(&address);
        let name = "Owner".to_owned();
        let (roles, is_member, takes_messages) = (BTreeSet::new(), true, true);
        world.people.insert(world.owner, Human { name, roles, is_member, takes_messages });
        let coach_role = world.snowflake();
        world.roles.insert(coach_role, "Coach".to_owned());
        world.granted.insert(coach_role);
        let mut channel = |name: &str, readers| {
            let id = world.snowflake();
            let name = name.to_owned();
            world.channels.insert(id, Place::Text { name, readers, access: Access::Write });
            id
        };
        let coaches = channel("coaches", Some(coach_role));
        let public = channel("parade-ground", None);
        let honors = channel("honors", None);
        let discord = Self(Arc::new(Shared {
            world: Mutex::new(world),
            changed: watch::Sender::new(()),
            serving: Mutex::new(None),
            address,
            coach_role,
            coaches,
            public,
            honors,
        }));
        let router = rest::router(Arc::downgrade(&discord.0));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until it is dropped");
        });
        *discord.0.serving.lock().unwrap_or_else(PoisonError::into_inner) = Some(serving);
        discord
    }

    /// Where the bot finds it: what stands before `/api/v10`.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.0.address)
    }

    pub(crate) fn coach_role(&self) -> Id {
        self.0.coach_role
    }

    pub(crate) fn coaches(&self) -> Id {
        self.0.coaches
    }

    pub(crate) fn public(&self) -> Id {
        self.0.public
    }

    pub(crate) fn honors(&self) -> Id {
        self.0.honors
    }

    /// Looks at the world, or changes it.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let done = work(&mut self.lock());
        self.0.changed.send_replace(());
        done
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until something is so; `None` when it takes too long.
    pub(crate) async fn within<T>(
        &self,
        longest: Duration,
        mut look: impl FnMut(&mut World) -> Option<T>,
    ) -> Option<T> {
        let mut changed = self.0.changed.subscribe();
        let wait = async {
            loop {
                changed.mark_unchanged();
                if let Some(found) = look(&mut self.lock()) {
                    return found;
                }
                changed.changed().await.expect("this holds the sender");
            }
        };
        tokio::time::timeout(longest, wait).await.ok()
    }

    /// Waits until something is so.
    ///
    /// # Panics
    /// When it takes longer than it may.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        look: impl FnMut(&mut World) -> Option<T>,
    ) -> T {
        let found = self.within(PATIENCE, look).await;
        found.unwrap_or_else(|| panic!("not within {PATIENCE:?}: {what}"))
    }

    /// Lets somebody join the guild.
    pub(crate) fn member(&self, name: &str) -> Person {
        self.joined(name, &[])
    }

    /// Lets a coach join the guild.
    pub(crate) fn coach(&self, name: &str) -> Person {
        self.joined(name, &[self.0.coach_role])
    }

    fn joined(&self, name: &str, roles: &[Id]) -> Person {
        let id = self.with(|world| {
            let id = world.snowflake();
            let roles = roles.iter().copied().collect();
            let (is_member, takes_messages) = (true, true);
            let human = Human { name: name.to_owned(), roles, is_member, takes_messages };
            world.people.insert(id, human);
            id
        });
        Person::new(self.clone(), id)
    }

    /// Lets the next `times` requests of a kind go wrong.
    pub(crate) fn fail(&self, on: On, times: u32, fault: Fault) {
        self.with(|world| world.faults.push(Armed { on, fault, left: times }));
    }

    /// Lets nothing go wrong any more.
    pub(crate) fn heal(&self) {
        self.with(|world| world.faults.clear());
    }

    /// Counts the requests of a kind, whatever they were answered.
    pub(crate) fn asked(&self, on: On) -> usize {
        self.with(|world| {
            let routes = world.requests.iter().map(|request| spec::Route {
                method: request.method.clone(),
                template: request.template.clone(),
                parameters: std::collections::HashMap::new(),
            });
            routes.filter(|route| on.covers(route)).count()
        })
    }

    /// Asserts that the bot asked for nothing that Discord forbids, and that the stand-in answered as Discord would.
    ///
    /// # Panics
    /// When there is a violation.
    pub(crate) fn assert_clean(&self) {
        let violations = self.with(|world| world.violations.clone());
        assert!(violations.is_empty(), "violations:\n{}", violations.join("\n"));
    }
}
