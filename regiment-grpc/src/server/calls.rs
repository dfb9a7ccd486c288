//! What calls came to: counted for the metrics, and for the conditions of this process.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use regiment_core::regiment::Regiment;
use tonic::{Code, Status};

/// A call that takes longer is told.
const SLOW: Duration = Duration::from_secs(10);

/// How many minutes the conditions look back.
const MINUTES: i64 = 5;

/// Upper bounds of the histogram, seconds.
const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Counts calls.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    /// By method and code.
    by_method: BTreeMap<(&'static str, &'static str), Histogram>,
    /// The newest last.
    minutes: VecDeque<Minute>,
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

#[derive(Debug)]
struct Minute {
    number: i64,
    tally: Tally,
}

/// Calls of the last minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) calls: u64,
    /// Those that failed by the server's own fault.
    pub(super) errors: u64,
    /// Those that took longer than 10 seconds.
    pub(super) slow: u64,
}

/// Counts a call of the API, whatever becomes of it.
pub(super) async fn count(
    State((calls, regiment)): State<(Calls, Arc<Regiment>)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(method) = regiment_proto::name(request.uri().path()) else {
        return next.run(request).await;
    };
    let began = Instant::now();
    let response = next.run(request).await;
    // What streams is timed until it begins.
    calls.note(method, code_of(&response), began.elapsed(), regiment.now());
    response
}

/// Returns with which code a call was answered: what fails says so in the headers.
pub(super) fn code_of(response: &Response) -> Code {
    Status::from_header_map(response.headers()).map_or(Code::Ok, |status| status.code())
}

impl Calls {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, method: &'static str, code: Code, took: Duration, now: Timestamp) {
        let mut counts = self.counts();
        let number = now.as_second().div_euclid(60);
        counts.forget(number);
        let histogram = counts.by_method.entry((method, name_of(code))).or_default();
        histogram.note(took.as_secs_f64());
        if counts.minutes.back().is_none_or(|minute| minute.number != number) {
            counts.minutes.push_back(Minute { number, tally: Tally::default() });
        }
        if let Some(Minute { tally, .. }) = counts.minutes.back_mut() {
            tally.calls += 1;
            tally.errors += u64::from(is_ours(code));
            tally.slow += u64::from(took > SLOW);
        }
    }

    /// Returns what came in the last 5 minutes.
    pub(super) fn lately(&self, now: Timestamp) -> Tally {
        let mut counts = self.counts();
        counts.forget(now.as_second().div_euclid(60));
        counts.minutes.iter().fold(Tally::default(), |sum, Minute { tally, .. }| Tally {
            calls: sum.calls + tally.calls,
            errors: sum.errors + tally.errors,
            slow: sum.slow + tally.slow,
        })
    }

    /// Writes the counts as Prometheus reads them.
    pub(super) fn write(&self, text: &mut String) {
        text.push_str("# HELP rpc_server_call_duration_seconds How long calls took.\n");
        text.push_str("# TYPE rpc_server_call_duration_seconds histogram\n");
        for ((method, code), histogram) in &self.counts().by_method {
            let labels = format!("rpc_method=\"{method}\",rpc_response_status_code=\"{code}\"");
            histogram.write("rpc_server_call_duration_seconds", &labels, text);
        }
    }
}

impl Counts {
    fn forget(&mut self, number: i64) {
        self.minutes.retain(|minute| minute.number > number - MINUTES && minute.number <= number);
    }
}

impl Histogram {
    fn note(&mut self, seconds: f64) {
        for (bucket, bound) in self.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
        self.count += 1;
        self.seconds += seconds;
    }

    fn write(&self, name: &str, labels: &str, text: &mut String) {
        for (bucket, bound) in self.buckets.iter().zip(BOUNDS) {
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {bucket}");
        }
        let Self { count, seconds, .. } = self;
        let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum{{{labels}}} {seconds}");
        let _ = writeln!(text, "{name}_count{{{labels}}} {count}");
    }
}

/// Returns whether a call failed by the server's own fault.
const fn is_ours(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::Internal
            | Code::DataLoss
            | Code::Unavailable
            | Code::DeadlineExceeded
    )
}

/// Writes a code as gRPC spells it.
pub(super) const fn name_of(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn calls_of_the_last_five_minutes_are_counted() {
        let calls = Calls::default();
        calls.note("a", Code::Ok, Duration::from_millis(1), at(0));
        calls.note("a", Code::Internal, Duration::from_secs(10), at(60));
        calls.note("a", Code::NotFound, Duration::from_millis(10_001), at(60));
        let tally = |calls, errors, slow| Tally { calls, errors, slow };
        assert_eq!(calls.lately(at(299)), tally(3, 1, 1));
        assert_eq!(calls.lately(at(300)), tally(2, 1, 1));
        assert_eq!(calls.lately(at(360)), tally(0, 0, 0));
    }

    #[test]
    fn a_histogram_counts_what_is_at_most_each_bound() {
        let calls = Calls::default();
        calls.note("a", Code::Ok, Duration::from_millis(5), at(0));
        calls.note("a", Code::Ok, Duration::from_millis(6), at(0));
        let mut text = String::new();
        calls.write(&mut text);
        for line in [
            "_bucket{rpc_method=\"a\",rpc_response_status_code=\"OK\",le=\"0.005\"} 1\n",
            "_bucket{rpc_method=\"a\",rpc_response_status_code=\"OK\",le=\"0.01\"} 2\n",
            "_bucket{rpc_method=\"a\",rpc_response_status_code=\"OK\",le=\"+Inf\"} 2\n",
            "_count{rpc_method=\"a\",rpc_response_status_code=\"OK\"} 2\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }
}
