//! A way of one's own for messages to leave: here a file, one line each.
//!
//! ```text
//! cargo run -p regiment-core --example notifier
//! ```

use std::{error::Error, fs::OpenOptions, io::Write as _, path::PathBuf, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use regiment_core::{
    Clock as _, ManualClock,
    engine::onboarding::{Form, StartDate},
    record::{Actor, ClientProfile, Macros},
    regiment::{Delivery, Enlisted, Notifier, Receipt, Regiment, Undelivered},
    store::Store,
};

/// Writes each message's key and recipient to a file.
struct LineFile(PathBuf);

impl Notifier for LineFile {
    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> Result<Receipt, Undelivered> {
        // The key is unique, so a doubtful delivery can be looked up before it is repeated.
        let key = &delivery.dispatch.key;
        let known = std::fs::read_to_string(&self.0).unwrap_or_default();
        if !known.lines().any(|line| line.ends_with(key.as_str())) {
            let written = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&self.0)
                .and_then(|mut file| writeln!(file, "{now} {key}"));
            written
                .map_err(|error| Undelivered::Retry { after: None, error: error.to_string() })?;
        }
        Ok(Receipt { remote_id: key.clone() })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse()?));
    let store = Store::open("sqlite::memory:").await?;
    store.migrate_up(clock.now()).await?;
    let regiment = Regiment::open(store, clock.clone()).await?;

    let form = Form {
        user_id: "80351110224678912".to_owned(),
        height_cm: Some(178),
        weight_kg: Some(84.5),
        timezone_offset: "UTC+5:45".to_owned(),
        goal: "bulk".to_owned(),
        ..Form::default()
    };
    let Enlisted::Pending(pending) = regiment.enlist(&form).await? else { return Ok(()) };
    let coach = Actor::Coach("1".to_owned());
    let user_id = pending.user_id;
    let finalized = ClientProfile {
        macros: Some(Macros::new(190, 330, 80)?),
        training_template_id: Some("steel_block_a".parse()?),
        ..pending
    };
    regiment.edit(finalized, &[], None, &coach).await?;
    regiment.activate(user_id, StartDate::Planned, None, &coach).await?;

    let path = std::env::temp_dir().join(format!("regiment-notifier-{}.txt", std::process::id()));
    let notifier = LineFile(path.clone());
    for _ in 0..30 {
        clock.advance(SignedDuration::from_hours(1));
        regiment.tick().await?;
        regiment.deliver(&notifier).await?;
    }
    let written = std::fs::read_to_string(&path)?;
    std::io::stdout().write_all(written.as_bytes())?;
    std::fs::remove_file(path)?;
    Ok(())
}
