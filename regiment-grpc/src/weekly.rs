//! The weekly scan of the store: pages of records become histories, and the flag engine writes the cards.

use std::{collections::BTreeMap, sync::Arc};

use regiment_core::UserId;
use regiment_core::record::{ClientProfile, JobCard, Log};
use regiment_core::regiment::{Scan, ScanOf, Scanned, Scanner};
use regiment_ml::card::{Edition, Written};
use regiment_ml::finding::day_of;
use regiment_ml::frame::Frames;
use regiment_ml::history::History;
use regiment_ml::model::LapseModel;
use regiment_ml::priority::Priorities;
use regiment_ml::rules::{Known, QuarantinedRow};
use regiment_ml::scan::{Part, Setup, Subject, scan};

/// The flag engine as the scheduler's scanner.
#[derive(Debug, Default)]
pub(crate) struct FlagEngine {
    /// A lapse model in place of the shipped one.
    pub(crate) model: Option<Arc<LapseModel>>,
}

impl Scanner for FlagEngine {
    fn begin(&self, of: ScanOf) -> Box<dyn Scan> {
        Box::new(Week { of, model: self.model.clone(), pages: Vec::new(), failed: None })
    }
}

/// A scan under way.
struct Week {
    of: ScanOf,
    model: Option<Arc<LapseModel>>,
    pages: Vec<Page>,
    failed: Option<String>,
}

/// Some of the clients: what they logged in the compact form, and what goes beside it.
struct Page {
    history: History,
    beside: BTreeMap<UserId, Scanned>,
}

impl Scan for Week {
    fn add(&mut self, clients: Vec<Scanned>) {
        let (mut profiles, mut logs): (Vec<ClientProfile>, Vec<Log>) = (Vec::new(), Vec::new());
        let mut beside = BTreeMap::new();
        for mut scanned in clients {
            logs.append(&mut scanned.logs);
            profiles.push(scanned.client.clone());
            beside.insert(scanned.client.user_id, scanned);
        }
        match History::of(&Frames::of_records(&profiles, &logs)) {
            Ok(history) => self.pages.push(Page { history, beside }),
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    fn cards(self: Box<Self>) -> Result<Vec<JobCard>, String> {
        let written = self.written()?;
        let weeks: BTreeMap<UserId, &Scanned> =
            self.pages.iter().flat_map(|page| &page.beside).map(|(id, one)| (*id, one)).collect();
        let cards = written.into_iter().map(|written| {
            let beside = weeks.get(&written.card.user_id);
            JobCard {
                block_id: beside.and_then(|one| one.client.block_id.clone()),
                week: beside.and_then(|one| one.week),
                ..written.card
            }
        });
        Ok(cards.collect())
    }
}

impl Week {
    fn written(&self) -> Result<Vec<Written>, String> {
        if let Some(why) = &self.failed {
            return Err(why.clone());
        }
        let parts: Vec<Part<'_>> = self.pages.iter().map(Page::part).collect();
        let edition = Edition {
            sunday: self.of.sunday,
            at: self.of.due_at,
            policy_version: self.of.policy_version,
            model_version: None,
            high_probability: self.of.policy.lapse.high_probability,
        };
        let priorities = Priorities::learn(&self.of.decisions, self.of.due_at);
        let setup = Setup {
            policy: &self.of.policy,
            edition: &edition,
            model: Some(self.model.as_deref().unwrap_or_else(|| LapseModel::shipped())),
            priorities: &priorities,
        };
        Ok(scan(&parts, setup))
    }
}

impl Page {
    fn part(&self) -> Part<'_> {
        let subjects = self.history.clients.iter().filter_map(|client| {
            let scanned = self.beside.get(&client.profile.user_id)?;
            let row = |(date, what): &(jiff::civil::Date, String)| QuarantinedRow {
                date: *date,
                what: what.clone(),
            };
            Some(Subject {
                client,
                as_of: day_of(scanned.as_of),
                known: Known {
                    unanswered_cycle: scanned.unanswered_cycle,
                    quarantined: scanned.broken.iter().map(row).collect(),
                },
                before: scanned.cards.clone(),
                coach: scanned.client.coach_id.clone(),
            })
        });
        Part { exercises: &self.history.exercises, subjects: subjects.collect() }
    }
}
