//! The layer that writes one JSON object a line.

use std::io::Write as _;
use std::sync::Arc;

use regiment_core::clock::Clock;
use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{self, LookupSpan};

use super::spans::{Fields, Scope};

/// Writes each event as one line of JSON with its trace, its span and the fields of every span around it.
#[derive(Debug)]
pub(super) struct JsonLines<C, W> {
    clock: Arc<C>,
    writer: W,
}

impl<C, W> JsonLines<C, W> {
    /// Writes to `writer`, timed by `clock`.
    pub(super) fn new(clock: Arc<C>, writer: W) -> Self {
        Self { clock, writer }
    }
}

impl<S, C, W> Layer<S> for JsonLines<C, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    C: Clock + 'static,
    W: for<'a> MakeWriter<'a> + 'static,
{
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
