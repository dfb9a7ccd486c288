//! `HonorsService`: validate, convert, call, convert.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::civil::Date;
use regiment_core::UserId;
use regiment_core::record::{Board, ClientProfile, Place, Ranking, Standing};
use regiment_core::regiment::Regiment;
use regiment_proto::v1;
use regiment_proto::v1::honors_service_server::HonorsService;
use regiment_proto::v1::{
    ListBoardsRequest, ListBoardsResponse, ListStreaksRequest, ListStreaksResponse,
};
use tonic::{Request, Response, Status};

use super::convert::{Twin as _, saturating, twins};
use super::page;
use crate::status;

twins! {
    Ranking = Ranking: Streak, PersonalRecords, WeightOnTarget;
}

/// Answers for the boards and the streaks.
#[derive(Debug)]
pub(super) struct Honors {
    regiment: Arc<Regiment>,
}

impl Honors {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }
}

#[tonic::async_trait]
impl HonorsService for Honors {
    async fn list_boards(
        &self,
        request: Request<ListBoardsRequest>,
    ) -> Result<Response<ListBoardsResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after: Option<(Date, String)> = match page::after(&filters, &token)? {
            Some(last) => Some(serde_json::from_str(&last).map_err(|_| page::refused())?),
            None => None,
        };
        let limit = u32::try_from(size + 1).unwrap_or(u32::MAX);
        let found = self.regiment.boards(&filters.guild_id, after.as_ref(), limit).await;
        let mut found = found.map_err(|error| status::of(error, ""))?;
        let next_page_token = match found.get(size) {
            Some(_) => {
                let Board { guild_id, date, .. } = &found[size - 1];
                page::token(&filters, &page::place(&(date, guild_id))?)
            }
            None => String::new(),
        };
        found.truncate(size);
        let boards = found.into_iter().map(board).collect();
        Ok(Response::new(ListBoardsResponse { boards, next_page_token }))
    }

    async fn list_streaks(
        &self,
        request: Request<ListStreaksRequest>,
    ) -> Result<Response<ListStreaksResponse>, Status> {
        let mut filters = request.into_inner();
        let size = page::size(std::mem::take(&mut filters.page_size))?;
        let token = std::mem::take(&mut filters.page_token);
        let after: Option<(u32, UserId)> = match page::after(&filters, &token)? {
            Some(last) => Some(serde_json::from_str(&last).map_err(|_| page::refused())?),
            None => None,
        };
        let found = self.regiment.streaks().await;
        let mut found = found.map_err(|error| status::of(error, ""))?;
        if let Some((streak, user_id)) = after {
            found.retain(|(client, standing)| {
                (Reverse(standing.streak), client.user_id) > (Reverse(streak), user_id)
            });
        }
        let next_page_token = match found.get(size) {
            Some(_) => {
                let (client, standing) = &found[size - 1];
                page::token(&filters, &page::place(&(standing.streak, client.user_id))?)
            }
            None => String::new(),
        };
        let streaks = found.into_iter().take(size).map(streak).collect();
        Ok(Response::new(ListStreaksResponse { streaks, next_page_token }))
    }
}

fn board(board: Board) -> v1::Board {
    let Board { guild_id, date, lists } = board;
    let lists = lists.into_iter().map(|(ranking, places)| v1::HonorsList {
        ranking: v1::Ranking::from_record(ranking).into(),
        places: places.into_iter().map(place).collect(),
    });
    v1::Board { guild_id, date: date.to_string(), lists: lists.collect() }
}

fn place(place: Place) -> v1::Place {
    let Place { rank, user_id, alias, score } = place;
    v1::Place { rank: saturating(rank), client: format!("clients/{user_id}"), alias, score }
}

fn streak((client, standing): (ClientProfile, Standing)) -> v1::Streak {
    let through = standing.streak_through.map(|date| date.to_string());
    v1::Streak {
        client: format!("clients/{}", client.user_id),
        display_name: client.name.unwrap_or_default(),
        alias: client.alias.unwrap_or_default(),
        days: saturating(standing.streak),
        through_date: through.unwrap_or_default(),
        honors_opt_in: client.honors_opt_in,
    }
}
