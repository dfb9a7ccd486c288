//! Deadlines: the work of a call ends when its caller no longer waits.
//!
//! The transport ends a call at `grpc-timeout` too, as CANCELLED; this ends it a moment earlier, as what it is.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use http_body::Frame;
use http_body_util::{BodyStream, StreamBody};
use regiment_proto::{Answers, Method};
use tokio::time::Instant;
use tonic::Status;

use crate::status;

/// The longest that a call with one answer may take, whatever its caller allows.
const LONGEST: Duration = Duration::from_secs(30);

/// What is left for the answer's way to the caller.
const WAY: Duration = Duration::from_millis(10);

/// Ends a call, and what it is doing, at its deadline.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    let method = regiment_proto::method(request.uri().path());
    let streams = matches!(method, Some(Method { answers: Answers::AsStream, .. }));
    let Some(allowed) = allowed(asked(request.headers()), streams) else {
        return next.run(request).await;
    };
    let deadline = Instant::now() + allowed;
    match tokio::time::timeout_at(deadline, next.run(request)).await {
        Ok(response) if streams => response.map(|body| cut(body, deadline)),
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(outcome = "too_late", "a call was not done by its deadline");
            status::too_late().into_http()
        }
    }
}

/// Returns how long a call may take; a stream may go on forever.
fn allowed(asked: Option<Duration>, streams: bool) -> Option<Duration> {
    let longest = if streams { None } else { Some(LONGEST) };
    let asked = asked.map(|asked| asked.saturating_sub(WAY.min(asked / 10)));
    match (asked, longest) {
        (Some(asked), Some(longest)) => Some(asked.min(longest)),
        (asked, longest) => asked.or(longest),
    }
}

/// Reads `grpc-timeout`: at most 8 digits and a unit. What is not written so asks for nothing.
fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_hours(number)),
        "M" => Some(Duration::from_mins(number)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// Ends a stream of messages at its deadline.
fn cut(body: Body, deadline: Instant) -> Body {
    let frames = stream::unfold(Some(BodyStream::new(body)), move |frames| async move {
        let mut frames = frames?;
        match tokio::time::timeout_at(deadline, frames.next()).await {
            Ok(frame) => Some((frame?, Some(frames))),
            Err(_) => Some((Ok(Frame::trailers(trailers(&status::too_late()))), None)),
        }
    });
    Body::new(StreamBody::new(frames))
}

/// Writes a status as the trailers that end a stream.
fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers).expect("a status of ours is plain text");
    trailers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_read_in_each_of_its_units() {
        let check = |text: &'static str, expected: Option<Duration>| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            assert_eq!(asked(&headers), expected, "{text}");
        };
        check("2H", Some(Duration::from_hours(2)));
        check("3M", Some(Duration::from_mins(3)));
        check("99999999S", Some(Duration::from_secs(99_999_999)));
        check("250m", Some(Duration::from_millis(250)));
        check("7u", Some(Duration::from_micros(7)));
        check("7n", Some(Duration::from_nanos(7)));
        for wrong in ["", "S", "100000000S", "-1S", "1s", "1.5S", "S1", "1 S"] {
            check(wrong, None);
        }
        assert_eq!(asked(&HeaderMap::new()), None);
    }

    #[test]
    fn a_call_may_take_30_seconds_and_a_stream_as_long_as_it_likes() {
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(allowed(None, false), Some(LONGEST));
        assert_eq!(allowed(seconds(60), false), Some(LONGEST));
        assert_eq!(allowed(seconds(1), false), Some(Duration::from_millis(990)));
        assert_eq!(allowed(None, true), None);
        assert_eq!(allowed(seconds(60), true), Some(Duration::from_millis(59_990)));
    }

    #[tokio::test]
    async fn a_stream_ends_at_its_deadline_with_a_status() {
        let endless =
            stream::once(async { Ok::<_, std::io::Error>("data") }).chain(stream::pending());
        let body = cut(Body::from_stream(endless), Instant::now() + Duration::from_millis(50));
        let frames: Vec<_> = BodyStream::new(body).map(Result::unwrap).collect().await;
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[1].trailers_ref().unwrap()["grpc-status"], "4");
    }

    #[tokio::test]
    async fn a_stream_that_ends_in_time_is_left_alone() {
        let done = stream::iter([Ok::<_, std::io::Error>("data")]);
        let body = cut(Body::from_stream(done), Instant::now() + Duration::from_millis(50));
        let frames: Vec<_> = BodyStream::new(body).map(Result::unwrap).collect().await;
        assert!(frames.len() == 1 && frames[0].is_data());
    }
}
