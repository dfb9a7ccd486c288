//! The layer that gives spans their trace and span ids: log lines show them, and what is exported bears them.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use regiment_core::clock::Clock;
use serde_json::{Map, Value};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::trace::{Done, Queue};

/// The name of the span field that continues a caller's trace: a W3C `traceparent`.
const TRACEPARENT: &str = "traceparent";

/// Keeps with each span its ids and its fields, and hands it over when it has ended.
#[derive(Debug)]
pub(super) struct Spans<C> {
    clock: Arc<C>,
    ids: Ids,
    /// Where spans go that have ended, if they are exported.
    ended: Option<Queue>,
}

/// What is kept with a span.
pub(super) struct Scope {
    pub(super) trace_id: u128,
    pub(super) span_id: u64,
    pub(super) fields: Map<String, Value>,
    parent_id: Option<u64>,
    /// Whether whoever began the trace wants it exported.
    is_sampled: bool,
    began_at: Timestamp,
}

/// The span of a caller, as its `traceparent` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parent {
    trace_id: u128,
    span_id: u64,
    is_sampled: bool,
}

impl<C> Spans<C> {
    pub(super) fn new(clock: Arc<C>, ended: Option<Queue>) -> Self {
        Self { clock, ids: Ids::default(), ended }
    }
}

impl<S, C> Layer<S> for Spans<C>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    C: Clock + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let caller = fields.0.remove(TRACEPARENT);
        let caller = || caller.as_ref().and_then(Value::as_str).and_then(parent_of);
        let around = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            let Scope { trace_id, span_id, is_sampled, .. } = *extensions.get()?;
            Some(Parent { trace_id, span_id, is_sampled })
        });
        let parent = around.or_else(caller);
        let scope = Scope {
            trace_id: parent.map_or_else(|| self.ids.trace(), |parent| parent.trace_id),
            span_id: self.ids.span(),
            fields: fields.0,
            parent_id: parent.map(|parent| parent.span_id),
            is_sampled: parent.is_none_or(|parent| parent.is_sampled),
            began_at: self.clock.now(),
        };
        span.extensions_mut().insert(scope);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(scope) = span.extensions_mut().get_mut::<Scope>() {
            scope.fields.append(&mut fields.0);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let (Some(ended), Some(span)) = (&self.ended, context.span(&id)) else { return };
        let Some(scope) = span.extensions_mut().remove::<Scope>() else { return };
        let Scope { trace_id, span_id, fields, parent_id, is_sampled, began_at } = scope;
        if is_sampled {
            let (name, ended_at) = (span.name(), self.clock.now());
            ended.push(Done { trace_id, span_id, parent_id, name, fields, began_at, ended_at });
        }
    }
}

/// Reads a W3C `traceparent`; nothing where it isn't one.
fn parent_of(traceparent: &str) -> Option<Parent> {
    let mut parts = traceparent.split('-');
    let [version, trace, span, flags] = [(); 4].map(|()| parts.next());
    let number = |text: Option<&str>, length: usize| {
        text.filter(|text| text.len() == length)
            .and_then(|text| u128::from_str_radix(text, 16).ok())
    };
    number(version, 2)?;
    Some(Parent {
        trace_id: number(trace, 32).filter(|id| *id != 0)?,
        span_id: number(span, 16).and_then(|id| u64::try_from(id).ok()).filter(|id| *id != 0)?,
        is_sampled: number(flags, 2)? & 1 == 1,
    })
}

/// Mints ids that differ between processes and are never 0. They tell lines apart and are no secrets.
#[derive(Debug, Default)]
struct Ids {
    seed: RandomState,
    count: AtomicU64,
}

impl Ids {
    fn span(&self) -> u64 {
        self.seed.hash_one(self.count.fetch_add(1, Ordering::Relaxed)).max(1)
    }

    fn trace(&self) -> u128 {
        u128::from(self.span()) << 64 | u128::from(self.span())
    }
}

/// Collects fields as JSON: numbers and booleans as themselves, all else as the text it prints.
#[derive(Default)]
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        self.put(field, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_whole_or_not_at_all() {
        let read = parent_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(format!("{:032x}", read.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(
            (format!("{:016x}", read.span_id), read.is_sampled),
            ("00f067aa0ba902b7".to_owned(), true)
        );
        let quiet = parent_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00").unwrap();
        assert!(!quiet.is_sampled);
        for wrong in [
            "",
            "nonsense",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-xx",
        ] {
            assert_eq!(parent_of(wrong), None, "{wrong}");
        }
    }
}
