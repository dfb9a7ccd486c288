//! The weekly scan of the store: pages of records become histories, and the flag engine writes the cards.

use std::{collections::BTreeMap, sync::Arc};

use regiment_core::UserId;
use regiment_core::record::{ClientProfile, Log};
use regiment_core::regiment::{Scan, ScanEnd, ScanOf, ScanPage, Scanned, Scanner};
use regiment_ml::card::Edition;
use regiment_ml::eval::drift::Rolling;
use regiment_ml::finding::day_of;
use regiment_ml::frame::Frames;
use regiment_ml::history::{Day, History};
use regiment_ml::model::{InService, LapseModel};
use regiment_ml::priority::Priorities;
use regiment_ml::rules::{Known, QuarantinedRow};
use regiment_ml::scan::{Depth, Part, Resolved, Scorer as _, Setup, Subject, resolved, scan};

/// The risks of so many days up to the last ones that are known say whether the model is to be doubted.
const ROLLING_DAYS: Day = 28;

/// The flag engine as the scheduler's scanner.
#[derive(Debug, Default)]
pub struct FlagEngine {
    /// What it looks at.
    pub layers: Layers,
}

/// What a scan of the store looks at.
#[derive(Debug, Clone, Default)]
pub enum Layers {
    /// The rules alone.
    Rules,
    /// Everything, with the shipped lapse model.
    #[default]
    Shipped,
    /// Everything, with a lapse model of one's own.
    Own(Arc<LapseModel>),
}

impl Layers {
    fn model(&self) -> Option<&LapseModel> {
        match self {
            Self::Rules => None,
            Self::Shipped => Some(LapseModel::shipped()),
            Self::Own(model) => Some(model),
        }
    }
}

impl Scanner for FlagEngine {
    fn begin(&self, of: ScanOf) -> Box<dyn Scan> {
        Box::new(Week { of, layers: self.layers.clone(), pages: Vec::new(), failed: None })
    }
}

/// A scan under way.
struct Week {
    of: ScanOf,
    layers: Layers,
    pages: Vec<Page>,
    failed: Option<String>,
}

/// Some of the clients: what they logged in the compact form, and what goes beside it.
struct Page {
    history: History,
    active: Vec<Option<String>>,
    beside: BTreeMap<UserId, Scanned>,
}

impl Scan for Week {
    fn add(&mut self, page: ScanPage) {
        let ScanPage { active, scanned } = page;
        let (mut profiles, mut logs): (Vec<ClientProfile>, Vec<Log>) = (Vec::new(), Vec::new());
        let mut beside = BTreeMap::new();
        for mut scanned in scanned {
            logs.append(&mut scanned.logs);
            profiles.push(scanned.client.clone());
            beside.insert(scanned.client.user_id, scanned);
        }
        match History::of(&Frames::of_records(&profiles, &logs)) {
            Ok(history) => self.pages.push(Page { history, active, beside }),
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    fn end(self: Box<Self>) -> Result<ScanEnd, String> {
        if let Some(why) = &self.failed {
            return Err(why.clone());
        }
        let mut end = self.scanned();
        let weeks: BTreeMap<UserId, &Scanned> =
            self.pages.iter().flat_map(|page| &page.beside).map(|(id, one)| (*id, one)).collect();
        for card in &mut end.cards {
            let beside = weeks.get(&card.user_id);
            card.block_id = beside.and_then(|one| one.client.block_id.clone());
            card.week = beside.and_then(|one| one.week);
        }
        Ok(end)
    }
}

impl Week {
    fn scanned(&self) -> ScanEnd {
        let parts: Vec<Part<'_>> = self.pages.iter().map(|page| page.part(&self.layers)).collect();
        let edition = Edition {
            sunday: self.of.sunday,
            at: self.of.due_at,
            policy_version: self.of.policy_version,
            model_version: None,
            high_probability: self.of.policy.lapse.high_probability,
        };
        let priorities = Priorities::learn(&self.of.decisions, self.of.due_at);
        let cards = |depth| {
            let (policy, edition, priorities) = (&*self.of.policy, &edition, &priorities);
            scan(&parts, Setup { policy, edition, depth, priorities })
        };
        let Some(model) = self.layers.model() else {
            return ScanEnd { cards: cards(Depth::Rules), drift: None };
        };
        let resolved = resolved(&parts, &InService::new(model).version());
        let examples: Vec<_> = resolved.iter().filter_map(Resolved::example).collect();
        let last = resolved.iter().map(|one| one.day).max().unwrap_or_default();
        let recent = resolved.iter().filter(|one| one.day > last - ROLLING_DAYS);
        let recent: Vec<_> = recent.map(|one| one.judged).collect();
        let model = InService::fitted(model, &examples);
        ScanEnd {
            cards: cards(Depth::Everything(Some(&model))),
            drift: Rolling::of(&recent).and_then(|rolling| rolling.doubt()),
        }
    }
}

impl Page {
    fn part(&self, layers: &Layers) -> Part<'_> {
        let subjects = self.history.clients.iter().filter_map(|client| {
            let scanned = self.beside.get(&client.profile.user_id)?;
            let row = |(date, what): &(jiff::civil::Date, String)| QuarantinedRow {
                date: *date,
                what: what.clone(),
            };
            // The rules know of no earlier card.
            let before = match layers {
                Layers::Rules => Vec::new(),
                Layers::Shipped | Layers::Own(_) => scanned.cards.clone(),
            };
            Some(Subject {
                client,
                as_of: day_of(scanned.as_of),
                known: Known {
                    unanswered_cycle: scanned.unanswered_cycle,
                    quarantined: scanned.broken.iter().map(row).collect(),
                },
                before,
                coach: scanned.client.coach_id.clone(),
            })
        });
        Part {
            exercises: &self.history.exercises,
            active: self.active.clone(),
            subjects: subjects.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use regiment_core::ManualClock;
    use regiment_core::regiment::Regiment;
    use regiment_ml::scan::{Line, RulesLine, Trace};
    use serde_json::Value;

    use super::*;
    use crate::company::Simulated;

    #[tokio::test]
    async fn a_scan_of_the_store_looks_as_deep_as_it_is_told() {
        let begins = "2026-01-05T00:00:00Z".parse().unwrap();
        let until = "2026-02-16T00:00:00Z".parse().unwrap();
        let simulated = Simulated::live(1, 4, begins, until).await.unwrap();
        let scanned = async |layers| {
            let clock = Arc::new(ManualClock::at(until));
            let regiment = Regiment::open(simulated.store.clone(), clock).await.unwrap();
            let regiment = regiment.with_scanner(Arc::new(FlagEngine { layers })).await.unwrap();
            regiment.preview_scan(date(2026, 2, 15), until).await.unwrap()
        };
        let everything = scanned(Layers::Shipped).await;
        let rules = scanned(Layers::Rules).await;
        assert!(everything.len() >= 3, "{} clients", everything.len());
        assert_eq!(everything.len(), rules.len());
        for (everything, rules) in everything.iter().zip(&rules) {
            let line = serde_json::to_value(Line::of(everything)).unwrap();
            let of_rules = serde_json::to_value(RulesLine::of(rules)).unwrap();
            for (field, value) in of_rules.as_object().unwrap() {
                assert_eq!(line[field], *value);
            }
            assert!(line["model_version"].as_str().is_some_and(|text| text.starts_with("lapse ")));
            assert_eq!(serde_json::to_value(&rules.model_version).unwrap(), Value::Null);
        }
        // What earlier scans stored can be judged, and coaches' decisions were learned from.
        let mut tx = simulated.store.read().await.unwrap();
        let cards = tx.cards_from(everything.iter().map(|card| card.user_id), date(1, 1, 1));
        let cards = cards.await.unwrap();
        let risks = cards.iter().filter_map(|card| Trace::of(card)?.lapse?.answers);
        assert!(risks.count() > 0, "no risk was kept");
        assert!(simulated.tally.decided > 0, "the coach decided about nothing");
        let decided = tx.decisions_since(begins, 1000).await.unwrap();
        assert_eq!(decided.len(), usize::try_from(simulated.tally.decided).unwrap());
    }
}
