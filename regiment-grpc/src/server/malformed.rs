//! What can't be decoded is the caller's mistake, and is refused as such.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tonic::{Code, Status};

use crate::status;

/// Answers a message that could not be decoded with `INVALID_ARGUMENT`.
///
/// tonic decodes before any code of ours runs, and calls it `INTERNAL`. Every failure of ours bears a reason in its
/// details, so that one without is tonic's.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() == Code::Internal && status.details().is_empty() => {
            status::malformed(status.message()).into_http()
        }
        _ => response,
    }
}
