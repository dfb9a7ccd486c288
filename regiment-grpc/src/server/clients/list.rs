//! Pages of clients.

use std::collections::BTreeMap;

use regiment_core::record::{ClientProfile, Flag, Goal, JobCard, Status as Standing};
use regiment_core::regiment::Regiment;
use regiment_core::store::NeedPlace;
use regiment_core::{Invalid, UserId};
use regiment_proto::v1::{self, ListClientsRequest, ListClientsResponse};
use tonic::Status;

use super::{failed, summary};
use crate::server::{convert, page};
use crate::status::Violations;

/// How many clients are looked at in one reading where a filter left a page unfilled.
const READ_AT_ONCE: u32 = 500;

/// Which clients a list shows.
struct Filter {
    query: String,
    statuses: Vec<Standing>,
    goals: Vec<Goal>,
    flags: Vec<Flag>,
    coach_id: String,
    order: Order,
    view: View,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    ById,
    ByNeed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Profile,
    Summary,
}

/// Returns one page of clients.
pub(super) async fn list(
    regiment: &Regiment,
    mut filters: ListClientsRequest,
) -> Result<ListClientsResponse, Status> {
    let size = page::size(std::mem::take(&mut filters.page_size))?;
    let token = std::mem::take(&mut filters.page_token);
    let mut after: Option<NeedPlace> = match page::after(&filters, &token)? {
        Some(last) => Some(serde_json::from_str(&last).map_err(|_| page::refused())?),
        None => None,
    };
    let filter = Filter::read(&filters)?;
    let mut found = Vec::new();
    // One more than the page holds, to know whether another follows.
    let mut limit = u32::try_from(size + 1).unwrap_or(READ_AT_ONCE);
    while found.len() <= size {
        let read = filter.order.read(regiment, after.as_ref(), limit).await?;
        limit = READ_AT_ONCE;
        let Some((_, last)) = read.last() else { break };
        after = Some(last.clone());
        let let_through = filter.let_through(regiment, read).await?;
        found.extend(let_through);
    }
    let next_page_token = match found.get(size) {
        Some(_) => page::token(&filters, &page::place(&found[size - 1].1)?),
        None => String::new(),
    };
    found.truncate(size);
    let found = found.into_iter().map(|(client, _)| client).collect();
    let clients = match filter.view {
        View::Profile => Vec::from_iter(found).into_iter().map(convert::client).collect(),
        View::Summary => {
            let overviews = regiment.overviews(found).await.map_err(failed)?;
            overviews.into_iter().map(summary::client).collect()
        }
    };
    Ok(ListClientsResponse { clients, next_page_token })
}

impl Order {
    async fn read(
        self,
        regiment: &Regiment,
        after: Option<&NeedPlace>,
        limit: u32,
    ) -> Result<Vec<(ClientProfile, NeedPlace)>, Status> {
        match self {
            Self::ByNeed => regiment.clients_by_need(after, limit).await.map_err(failed),
            Self::ById => {
                let after = after.and_then(|place| place.user_id);
                let read = regiment.clients(after, limit).await.map_err(failed)?;
                let placed = |client: ClientProfile| {
                    let place = NeedPlace { need: 0.0, user_id: Some(client.user_id) };
                    (client, place)
                };
                Ok(read.into_iter().map(placed).collect())
            }
        }
    }
}

impl Filter {
    fn read(filters: &ListClientsRequest) -> Result<Self, Status> {
        let mut violations = Violations::default();
        let statuses = filters
            .statuses
            .iter()
            .filter_map(|&number| {
                let accepted = "pending, active or archived";
                let chosen = convert::chosen::<Standing, v1::ClientStatus>("", number, accepted);
                violations.check("statuses", chosen)
            })
            .collect();
        let goals = filters
            .goals
            .iter()
            .filter_map(|&number| {
                let chosen = convert::chosen::<Goal, v1::Goal>("", number, "cut, bulk or recomp");
                violations.check("goals", chosen)
            })
            .collect();
        let flags = filters.flags.iter();
        let flags = flags.filter_map(|flag| violations.check("flags", flag.parse())).collect();
        let order = match filters.order_by.trim() {
            "" | "user_id" => Order::ById,
            "need" => Order::ByNeed,
            other => {
                violations.add("order_by", &Invalid::new("order_by", other, "user_id or need"));
                Order::ById
            }
        };
        let view = match v1::ClientView::try_from(filters.view) {
            Ok(v1::ClientView::Unspecified | v1::ClientView::Profile) => View::Profile,
            Ok(v1::ClientView::Summary) => View::Summary,
            Err(_) => {
                violations.add("view", &Invalid::new("view", filters.view, "profile or summary"));
                View::Profile
            }
        };
        violations.done()?;
        let query = filters.query.trim().to_lowercase();
        let coach_id = filters.coach_id.clone();
        Ok(Self { query, statuses, goals, flags, coach_id, order, view })
    }

    async fn let_through(
        &self,
        regiment: &Regiment,
        read: Vec<(ClientProfile, NeedPlace)>,
    ) -> Result<Vec<(ClientProfile, NeedPlace)>, Status> {
        let mut found = read;
        found.retain(|(client, _)| self.fits(client));
        if !self.flags.is_empty() {
            let ids = found.iter().map(|(client, _)| client.user_id).collect();
            let mut cards: BTreeMap<UserId, Vec<JobCard>> = BTreeMap::new();
            for card in regiment.unresolved_cards(ids).await.map_err(failed)? {
                cards.entry(card.user_id).or_default().push(card);
            }
            found.retain(|(client, _)| {
                let cards = cards.get(&client.user_id).map_or(&[][..], Vec::as_slice);
                let mut borne = cards.iter().flat_map(|card| &card.flags);
                borne.any(|name| self.flags.contains(&name.flag))
            });
        }
        Ok(found)
    }

    fn fits(&self, client: &ClientProfile) -> bool {
        let is_named = |name: &Option<String>| {
            name.as_ref().is_some_and(|name| name.to_lowercase().contains(&self.query))
        };
        (self.statuses.is_empty() || self.statuses.contains(&client.status))
            && (self.goals.is_empty() || self.goals.contains(&client.goal))
            && (self.coach_id.is_empty() || client.coach_id.as_ref() == Some(&self.coach_id))
            && (client.user_id.as_str().starts_with(&self.query)
                || is_named(&client.name)
                || is_named(&client.alias))
    }
}
