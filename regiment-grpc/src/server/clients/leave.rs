//! What a client takes with him, and how he is forgotten.

use std::vec;

use futures_util::stream::{self, Iter};
use regiment_core::Invalid;
use regiment_core::export::tables;
use regiment_core::record::Actor;
use regiment_core::regiment::Regiment;
use regiment_proto::v1;
use regiment_proto::v1::{
    EraseClientRequest, EraseClientResponse, ExportClientRequest, ExportClientResponse,
};
use tonic::{Request, Response, Status};

use super::{Clients, failed};
use crate::server::auth::Principal;
use crate::server::convert;
use crate::server::once::{Asked, once};
use crate::status;

/// The bytes of a file that come at a time.
const PART: usize = 64 << 10;

/// The parts of an export.
pub(super) type Parts = Iter<vec::IntoIter<Result<ExportClientResponse, Status>>>;

pub(super) async fn export(
    clients: &Clients,
    request: Request<ExportClientRequest>,
) -> Result<Parts, Status> {
    let by = Principal::of(&request)?;
    let ExportClientRequest { name, format } = request.into_inner();
    let user_id = convert::user_id("name", &name)?;
    let actor = by.himself_or_staff(user_id)?;
    let format = v1::ExportFormat::try_from(format)
        .map_err(|_| status::invalid("format", &Invalid::new("format", format, "JSON or CSV")))?;
    let archive = clients.regiment.export(user_id, &actor).await.map_err(failed)?;
    let files = match format {
        v1::ExportFormat::Unspecified | v1::ExportFormat::Json => {
            vec![("client.json", archive.to_json())]
        }
        v1::ExportFormat::Csv => {
            tables(&archive).into_iter().map(|table| (table.file, table.csv)).collect()
        }
    };
    let parts: Vec<_> = files
        .iter()
        .flat_map(|(file, text)| text.as_bytes().chunks(PART).map(move |part| (file, part)))
        .map(|(file, part)| {
            Ok(ExportClientResponse { file: (*file).to_owned(), content: part.to_vec() })
        })
        .collect();
    Ok(stream::iter(parts))
}

pub(super) async fn erase(
    clients: &Clients,
    request: Request<EraseClientRequest>,
) -> Result<Response<EraseClientResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let EraseClientRequest { name, request_id } = content;
    let asked = Asked { by, method: "EraseClient", request_id, content };
    let user_id = convert::user_id("name", name)?;
    let actor = by.himself_or_staff(user_id)?;
    if matches!(actor, Actor::Coach(_)) {
        return Err(status::permission_denied("that is for the client himself, and for admins"));
    }
    let erase = async |regiment: Regiment| {
        let erased = regiment.erase(user_id, &actor).await.map_err(failed)?;
        Ok(EraseClientResponse { erased_rows: i64::try_from(erased).unwrap_or(i64::MAX) })
    };
    once(&clients.regiment, asked, erase, async { Ok(EraseClientResponse::default()) }).await
}
