//! Pages of the desk.

use regiment_core::Invalid;
use regiment_core::record::{CardSource, CardState, Flag, JobCard, Severity};
use regiment_core::regiment::Regiment;
use regiment_core::store::{CardOrder, CardPlace, CardsWanted};
use regiment_proto::v1::{self, ListJobCardsRequest, ListJobCardsResponse};
use tonic::Status;

use super::show;
use crate::server::convert::{chosen, client_name};
use crate::server::page;
use crate::status::{self, Violations};

/// How many cards are looked at in one reading while a list is filtered.
const READ_AT_ONCE: usize = 200;

/// The states of cards that ask for a decision.
const UNRESOLVED: [CardState; 3] = [CardState::Open, CardState::Acknowledged, CardState::Snoozed];

/// Which cards a list shows.
struct Filter {
    wanted: CardsWanted,
    sources: Vec<CardSource>,
    flags: Vec<Flag>,
}

/// Returns one page of cards.
pub(super) async fn list(
    regiment: &Regiment,
    mut filters: ListJobCardsRequest,
) -> Result<ListJobCardsResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let mut after: Option<CardPlace> = match page::after(&filters, &token)? {
        Some(last) => Some(serde_json::from_str(&last).map_err(|_| page::refused())?),
        None => None,
    };
    let filter = Filter::read(&filters)?;
    let at_once = if filter.is_plain() { size + 1 } else { READ_AT_ONCE.max(size + 1) };
    let limit = u32::try_from(at_once).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    loop {
        let read = regiment.list_cards(&filter.wanted, after.as_ref(), limit).await;
        let read = read.map_err(|error| status::of(error, ""))?;
        let is_last = read.len() < at_once;
        after = read.last().map(|(_, place)| place.clone());
        found.extend(read.into_iter().filter(|(shown, _)| filter.lets_through(&shown.card)));
        if is_last || found.len() > size {
            break;
        }
    }
    let next_page_token = match found.get(size) {
        Some(_) => page::token(&filters, &page::place(&found[size - 1].1)?),
        None => String::new(),
    };
    let job_cards = found.into_iter().take(size).map(|(shown, _)| show::card(shown)).collect();
    Ok(ListJobCardsResponse { job_cards, next_page_token })
}

impl Filter {
    fn read(filters: &ListJobCardsRequest) -> Result<Self, Status> {
        let mut violations = Violations::default();
        let user_id = match filters.parent.as_str() {
            "" | "clients/-" => None,
            parent => violations.check("parent", client_name("parent", parent)),
        };
        let mut states: Vec<CardState> = filters
            .states
            .iter()
            .filter_map(|&number| {
                let accepted = "open, acknowledged, snoozed, resolved, dismissed or merged";
                let state = chosen::<CardState, v1::CardState>("states", number, accepted);
                violations.check("states", state)
            })
            .collect();
        if states.is_empty() {
            states = UNRESOLVED.to_vec();
        }
        let sources = filters
            .sources
            .iter()
            .filter_map(|&number| {
                let accepted = "weekly scan, infraction, checkin, system or manual";
                let source = chosen::<CardSource, v1::CardSource>("sources", number, accepted);
                violations.check("sources", source)
            })
            .collect();
        let flags = filters.flags.iter();
        let flags = flags.filter_map(|flag| violations.check("flags", flag.parse())).collect();
        let min_severity = match filters.min_severity {
            0 => Some(Severity::Low),
            number => {
                let accepted = "low, medium, high or critical";
                let least = chosen::<Severity, v1::Severity>("min_severity", number, accepted);
                violations.check("min_severity", least)
            }
        };
        let order = match filters.order_by.trim() {
            "" | "need" => Ok(CardOrder::Need),
            "date desc" => Ok(CardOrder::Newest),
            other => Err(Invalid::new("order_by", other, "need or date desc")),
        };
        let order = violations.check("order_by", order);
        violations.done()?;
        let (min_severity, order) = min_severity.zip(order).expect("neither was refused");
        Ok(Self { wanted: CardsWanted { user_id, states, min_severity, order }, sources, flags })
    }

    /// Whether the store alone decides what is shown.
    fn is_plain(&self) -> bool {
        self.sources.is_empty() && self.flags.is_empty()
    }

    fn lets_through(&self, card: &JobCard) -> bool {
        (self.sources.is_empty() || self.sources.contains(&card.source))
            && (self.flags.is_empty()
                || card.flags.iter().any(|name| self.flags.contains(&name.flag)))
    }
}
