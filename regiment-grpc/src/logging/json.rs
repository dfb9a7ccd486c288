//! The layer that writes one JSON object a line and gives spans their trace and span ids.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use regiment_core::clock::Clock;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{self, LookupSpan};

/// The name of the span field that continues a caller's trace: a W3C `traceparent`.
const TRACEPARENT: &str = "traceparent";

/// Writes each event as one line of JSON with its trace, its span and the fields of every span around it.
#[derive(Debug)]
pub struct JsonLines<C, W> {
    clock: C,
    writer: W,
    ids: Ids,
}

impl<C, W> JsonLines<C, W> {
    /// Writes to `writer`, timed by `clock`.
    pub fn new(clock: C, writer: W) -> Self {
        Self { clock, writer, ids: Ids::default() }
    }
}

/// What the layer keeps with a span.
struct Scope {
    trace_id: u128,
    span_id: u64,
    fields: Map<String, Value>,
}

impl<S, C, W> Layer<S> for JsonLines<C, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    C: Clock + 'static,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let parent = span
            .parent()
            .and_then(|parent| parent.extensions().get::<Scope>().map(|scope| scope.trace_id));
        let caller = fields.0.remove(TRACEPARENT);
        let caller = caller.as_ref().and_then(Value::as_str).and_then(trace_of);
        let scope = Scope {
            trace_id: parent.or(caller).unwrap_or_else(|| self.ids.trace()),
            span_id: self.ids.span(),
            fields: fields.0,
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

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Map::new();
        let metadata = event.metadata();
        line.insert("timestamp".to_owned(), self.clock.now().to_string().into());
        line.insert("level".to_owned(), metadata.level().as_str().into());
        line.insert("target".to_owned(), metadata.target().into());

        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = fields.0.remove("message").unwrap_or_else(|| "".into());
        line.insert("message".to_owned(), message);

        for span in context.event_scope(event).into_iter().flat_map(registry::Scope::from_root) {
            if let Some(scope) = span.extensions().get::<Scope>() {
                line.insert("trace_id".to_owned(), format!("{:032x}", scope.trace_id).into());
                line.insert("span_id".to_owned(), format!("{:016x}", scope.span_id).into());
                line.insert("span".to_owned(), span.name().into());
                insert_all(&mut line, scope.fields.clone());
            }
        }
        insert_all(&mut line, fields.0);

        let mut text = Value::Object(line).to_string();
        text.push('\n');
        // Nowhere is left to say that the log itself can't be written.
        let _ = self.writer.make_writer_for(metadata).write_all(text.as_bytes());
    }
}

/// Adds fields; one that would hide a name of the line itself is set apart by an underscore.
fn insert_all(line: &mut Map<String, Value>, fields: Map<String, Value>) {
    const OWN: [&str; 7] =
        ["timestamp", "level", "target", "message", "trace_id", "span_id", "span"];
    for (name, value) in fields {
        let name = if OWN.contains(&name.as_str()) { format!("{name}_") } else { name };
        line.insert(name, value);
    }
}

/// Returns the trace id of a W3C `traceparent`, or nothing where it isn't one.
fn trace_of(traceparent: &str) -> Option<u128> {
    let mut parts = traceparent.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    if version.len() != 2 || trace.len() != 32 || parts.count() < 2 {
        return None;
    }
    u128::from_str_radix(trace, 16).ok().filter(|id| *id != 0)
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
struct Fields(Map<String, Value>);

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
