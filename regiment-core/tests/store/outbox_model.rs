//! The outbox against a model: whatever senders, crashes and clocks do, both agree.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use regiment_core::store::{Ending, Finished, Lease, Store};

use crate::{
    harness::{Database, Kind, at},
    outbox::{LEASE, message},
};

#[derive(Clone, Debug)]
enum Step {
    Put { key: u8, wait: u8, life: Option<u8> },
    Claim { limit: u8 },
    Finish { lease: prop::sample::Index, ending: u8 },
    Extend { lease: prop::sample::Index },
    Miss,
    Withdraw { key: u8 },
    Wait { seconds: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_u8..12, 0_u8..90, prop::option::of(0_u8..200))
            .prop_map(|(key, wait, life)| Step::Put { key, wait, life }),
        4 => (1_u8..5).prop_map(|limit| Step::Claim { limit }),
        4 => (any::<prop::sample::Index>(), 0_u8..5)
            .prop_map(|(lease, ending)| Step::Finish { lease, ending }),
        1 => any::<prop::sample::Index>().prop_map(|lease| Step::Extend { lease }),
        1 => Just(Step::Miss),
        1 => (0_u8..12).prop_map(|key| Step::Withdraw { key }),
        4 => (1_u8..80).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// A message as the model knows it.
#[derive(Clone, Debug)]
struct Known {
    is_pending: bool,
    not_before: i64,
    expires: Option<i64>,
    lease_until: Option<i64>,
    token: u32,
    is_doubtful: bool,
}

impl Known {
    fn is_claimable(&self, now: i64) -> bool {
        self.is_pending
            && self.not_before <= now
            && self.lease_until.is_none_or(|until| until <= now)
            && (self.expires.is_none_or(|expires| expires > now)
                || self.is_doubtful
                || self.lease_until.is_some())
    }
}

fn key_of(number: u8) -> String {
    format!("m{number:02}")
}

#[expect(clippy::too_many_lines, reason = "one arm for each step")]
async fn agree(store: &Store, steps: Vec<Step>) {
    let mut model: BTreeMap<String, Known> = BTreeMap::new();
    let mut leases: Vec<(Lease, String, u32)> = Vec::new();
    let mut now = 0_i64;
    for step in steps {
        let mut tx = store.begin().await.unwrap();
        match step {
            Step::Put { key, wait, life } => {
                let key = key_of(key);
                let not_before = now + i64::from(wait);
                let expires = life.map(|life| now + i64::from(life));
                let written =
                    tx.put_messages(&[message(&key, not_before, expires)], at(now)).await.unwrap();
                assert_eq!(written == 0, model.contains_key(&key));
                model.entry(key).or_insert(Known {
                    is_pending: true,
                    not_before,
                    expires,
                    lease_until: None,
                    token: 0,
                    is_doubtful: false,
                });
            }
            Step::Claim { limit } => {
                let claims =
                    tx.claim_messages(at(now), LEASE, limit.into(), "v1").await.unwrap().messages;
                let mut wanted: Vec<_> = model
                    .iter()
                    .filter(|(_, known)| known.is_claimable(now))
                    .map(|(key, known)| (known.not_before, key.clone()))
                    .collect();
                wanted.sort();
                wanted.truncate(limit.into());
                let keys: Vec<_> = wanted.into_iter().map(|(_, key)| key).collect();
                let got: Vec<_> =
                    claims.iter().map(|claimed| claimed.dispatch.key.clone()).collect();
                assert_eq!(got, keys);
                for claimed in claims {
                    let known = model.get_mut(&claimed.dispatch.key).unwrap();
                    known.is_doubtful |= known.lease_until.is_some();
                    known.lease_until = Some(now + 60);
                    known.token += 1;
                    assert_eq!(claimed.is_doubtful, known.is_doubtful);
                    assert_eq!(claimed.attempts, known.token);
                    leases.push((claimed.lease, claimed.dispatch.key, known.token));
                }
            }
            Step::Finish { lease, ending } if !leases.is_empty() => {
                let (lease, key, token) = lease.get(&leases).clone();
                let ending = match ending {
                    0 => Ending::Delivered { remote_id: "1".to_owned() },
                    1 => Ending::Retry { not_before: at(now + 7), error: String::new() },
                    2 => Ending::Refused { error: String::new() },
                    3 => Ending::Unknown { error: String::new() },
                    _ => Ending::Missed,
                };
                let finished = tx.finish_message(&lease, &ending, at(now)).await.unwrap();
                let known = model.get_mut(&key).unwrap();
                let holds = known.is_pending && known.token == token && known.lease_until.is_some();
                assert_eq!(finished == Finished::Done, holds);
                if holds {
                    known.lease_until = None;
                    known.is_doubtful = false;
                    if matches!(ending, Ending::Retry { .. }) {
                        known.not_before = now + 7;
                    } else {
                        known.is_pending = false;
                    }
                }
            }
            Step::Extend { lease } if !leases.is_empty() => {
                let (lease, key, token) = lease.get(&leases).clone();
                let extended = tx.extend_lease(&lease, at(now + 60)).await.unwrap();
                let known = model.get_mut(&key).unwrap();
                let holds = known.is_pending && known.token == token && known.lease_until.is_some();
                assert_eq!(extended == Finished::Done, holds);
                if holds {
                    known.lease_until = Some(now + 60);
                }
            }
            Step::Miss => {
                let missed = tx.miss_messages(at(now), 100).await.unwrap();
                let mut got: Vec<_> = missed.into_iter().map(|missed| missed.key).collect();
                got.sort();
                let mut wanted = Vec::new();
                for (key, known) in &mut model {
                    if known.is_pending
                        && known.expires.is_some_and(|expires| expires <= now)
                        && known.lease_until.is_none()
                        && !known.is_doubtful
                    {
                        known.is_pending = false;
                        wanted.push(key.clone());
                    }
                }
                assert_eq!(got, wanted);
            }
            Step::Withdraw { key } => {
                let key = key_of(key);
                let withdrawn = tx.withdraw_messages([key.as_str()], at(now)).await.unwrap();
                let known = model.get_mut(&key);
                let free = known.filter(|known| {
                    known.is_pending && known.lease_until.is_none() && !known.is_doubtful
                });
                assert_eq!(withdrawn == 1, free.is_some());
                if let Some(known) = free {
                    known.is_pending = false;
                }
            }
            Step::Wait { seconds } => now += i64::from(seconds),
            Step::Finish { .. } | Step::Extend { .. } => {}
        }
        tx.commit().await.unwrap();
    }
}

fn run(kind: Kind, cases: u32) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let Some(database) = runtime.block_on(Database::fresh(kind)) else { return };
    runner
        .run(&prop::collection::vec(step(), 1..60), |steps| {
            runtime.block_on(async {
                let mut tx = database.store.begin().await.unwrap();
                tx.tamper("DELETE FROM outbox").await.unwrap();
                tx.commit().await.unwrap();
                agree(&database.store, steps).await;
            });
            Ok(())
        })
        .unwrap();
    runtime.block_on(database.end());
    assert_eq!(LEASE, SignedDuration::from_secs(60), "the model counts on it");
}

#[test]
fn the_outbox_agrees_with_its_model_on_sqlite() {
    run(Kind::Memory, 256);
}

#[test]
fn the_outbox_agrees_with_its_model_on_postgres() {
    run(Kind::Postgres, 64);
}
