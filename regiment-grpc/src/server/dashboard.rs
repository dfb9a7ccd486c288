//! The coach's dashboard: what `scripts/dashboard` built into `dashboard/dist`, embedded in the binary.
//!
//! A build without that folder works too, and serves a page that says how to get one. A debug build reads the folder
//! on every request, so that a new build of the dashboard shows without a new build of the server.

use std::borrow::Cow;

use axum::response::{Html, IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use rust_embed::{EmbeddedFile, RustEmbed};
use tonic::Status;

use super::page::hex;

/// The page that every address of the dashboard begins with.
const PAGE: &str = "index.html";

/// Where the build puts files whose names change with their content.
const HASHED: &str = "assets/";

/// What is served where no dashboard was built.
const PLACEHOLDER: &str = include_str!("dashboard/placeholder.html");

#[derive(RustEmbed)]
#[folder = "../dashboard/dist"]
#[allow_missing = true]
struct Built;

/// Answers what no other route does: a file of the dashboard, its page for every address that it reads itself, and
/// nothing for a file that is not there.
pub(super) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let content = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if content.is_some_and(|content| content.starts_with(b"application/grpc")) {
        return Status::unimplemented("there is no such service").into_http();
    }
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Built::get(path) {
        return answer(path, file, &headers);
    }
    if path.contains('.') {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    }
    match Built::get(PAGE) {
        Some(file) => answer(PAGE, file, &headers),
        None => ([(CACHE_CONTROL, "no-store")], Html(PLACEHOLDER)).into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    send(path, file.data, file.metadata.sha256_hash(), headers)
}

/// Serves a content by its hash. One with its hash in its name is kept for a year, any other asked for again.
fn send(path: &str, content: Cow<'static, [u8]>, hash: [u8; 32], headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex(&hash[..16]));
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response();
    }
    let keep =
        if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let described = [
        (CONTENT_TYPE, content_type(path).to_owned()),
        (CACHE_CONTROL, keep.to_owned()),
        (ETAG, etag),
    ];
    (described, content).into_response()
}

/// Returns what a file of the dashboard is, by the ends of names that its build writes.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(path: &str) -> Response {
        page(Method::GET, path.parse().unwrap(), HeaderMap::new()).await
    }

    #[tokio::test]
    async fn every_address_of_the_dashboard_is_answered_with_a_page() {
        for path in ["/", "/triage?card=1/2", "/clients/42"] {
            let answer = get(path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let content = answer.headers()[CONTENT_TYPE].to_str().unwrap();
            assert!(content.starts_with("text/html"), "{path}: {content}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_no_page() {
        for path in ["/assets/index-old.js", "/robots.txt", "/../Cargo.toml"] {
            assert_eq!(get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn a_call_of_an_unknown_service_is_answered_as_grpc_does() {
        let headers = HeaderMap::from_iter([(
            CONTENT_TYPE,
            HeaderValue::from_static("application/grpc-web+proto"),
        )]);
        let answer = page(Method::POST, "/regiment.v1.None/Call".parse().unwrap(), headers).await;
        assert_eq!(answer.headers()["grpc-status"], "12");
    }

    #[tokio::test]
    async fn nothing_can_be_written_there() {
        let answer = page(Method::POST, "/".parse().unwrap(), HeaderMap::new()).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[test]
    fn hashed_files_are_kept_and_the_page_is_asked_for_again() {
        let kept = |path| {
            let answer = send(path, Cow::Borrowed(b"x"), [7; 32], &HeaderMap::new());
            answer.headers()[CACHE_CONTROL].to_str().unwrap().to_owned()
        };
        assert!(kept("assets/index-1.js").contains("immutable"));
        assert_eq!(kept(PAGE), "no-cache");
    }

    #[test]
    fn a_page_that_is_known_is_not_sent_again() {
        let first = send(PAGE, Cow::Borrowed(b"x"), [7; 32], &HeaderMap::new());
        let known = HeaderMap::from_iter([(IF_NONE_MATCH, first.headers()[ETAG].clone())]);
        let status = |hash| send(PAGE, Cow::Borrowed(b"x"), hash, &known).status();
        assert_eq!(status([7; 32]), StatusCode::NOT_MODIFIED);
        assert_eq!(status([8; 32]), StatusCode::OK);
    }
}
