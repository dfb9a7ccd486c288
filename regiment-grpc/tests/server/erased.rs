//! What is left of a client who was erased: nothing, in any table, in the spool, in the log, or in a backup made
//! afterwards.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use regiment_core::store::{Quarantined, Spool, Store};
use regiment_core::{Clock as _, SystemClock};
use regiment_grpc::logging;
use regiment_proto::v1;
use regiment_proto::v1::{
    CheckinReport, Client, Contact, CreateClientRequest, Draft, Durability, EraseClientRequest,
    Level, LogCheckinRequest, Mood, NoteJobCardRequest, OweEditRequest, OwedEdit,
    PauseClientRequest, RaiseFlagRequest, ResumeClientRequest, SaveContactRequest,
    SaveDraftRequest, Settings, Sleep, UpdateSettingsRequest,
};

use crate::practice::{Practice, recruit};

const SUNDAY: &str = "2026-03-01T12:00:00Z";

const USER_ID: &str = "80351110224678912";

/// What leads to the person, each where it is written below.
const CANARIES: [&str; 13] = [
    USER_ID,
    "Canaria",
    "Serinus",
    "canaria@example.org",
    "Yellowbeak",
    "coached softly",
    "sang all night",
    "spooled song",
    "flew away",
    "fed with seeds",
    "half a form",
    "80351110224600001",
    "owed to a bird",
];

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens the practice that is kept in a folder, with its spool.
async fn open(folder: &Path, at: &str) -> Practice {
    let url = format!("sqlite://{}", folder.join("regiment.db").display());
    let store = Store::open(&url).await.expect("a file");
    let (spool, damage) = Spool::open(folder.join("spool")).expect("a spool");
    assert_eq!(damage, None);
    Practice::over(store, Some(spool), at, |_| {}).await
}

fn checkin(notes: &str) -> LogCheckinRequest {
    LogCheckinRequest {
        client: format!("clients/{USER_ID}"),
        report: Some(CheckinReport {
            weight_kg: 89.5,
            mood: Mood::Bad.into(),
            soreness: Level::High.into(),
            sleep: Sleep::Sleep4h.into(),
            stress: Level::High.into(),
            notes: notes.to_owned(),
            weight_unconfirmed: false,
        }),
        ..Default::default()
    }
}

/// Lets a client be known to every part of the system for a week, and somebody else beside him.
async fn live_a_week(practice: &Practice) {
    join(practice).await;
    practice.enlist("7").await;
    for day in 3..=8 {
        practice.live_until(&format!("2026-03-{day:02}T08:00:00Z")).await;
        let filed = practice.logs_of(USER_ID).log_checkin(checkin("a canary sang all night")).await;
        filed.expect("it is filed");
    }
    practice.live_until("2026-03-09T12:00:00Z").await;
    talk_to_the_coach(practice).await;
    let broken = Quarantined {
        user_id: Some(USER_ID.parse().expect("digits")),
        date: None,
        source: "file.json".to_owned(),
        line: Some(3),
        reason: "weight_kg is out of range".to_owned(),
        record: "{\"display_name\":\"Canaria Serinus\"}".to_owned(),
        found_at: practice.clock.now(),
    };
    let mut tx = practice.regiment.store().begin().await.expect("the store is there");
    tx.quarantine(&[broken]).await.expect("it is taken");
    tx.commit().await.expect("it is kept");
}

/// Lets a client join who agrees to be named.
async fn join(practice: &Practice) {
    let client = Client {
        display_name: "Canaria Serinus".to_owned(),
        email: "canaria@example.org".to_owned(),
        coaching_notes: "to be coached softly".to_owned(),
        guild_id: "77".to_owned(),
        ..recruit(USER_ID)
    };
    let asked = CreateClientRequest {
        client: Some(client),
        activate: true,
        request_id: "create-1".to_owned(),
    };
    practice.clients().create_client(asked).await.expect("it is taken");
    let agrees = Settings {
        name: format!("clients/{USER_ID}"),
        public_callout_opt_in: true,
        honors_opt_in: true,
        alias: "Yellowbeak".to_owned(),
        ..Default::default()
    };
    let asked = UpdateSettingsRequest {
        settings: Some(agrees),
        request_id: "settings-1".to_owned(),
        ..Default::default()
    };
    practice.clients_of(USER_ID).update_settings(asked).await.expect("it is taken");
}

/// Leaves with the bot half a form, a channel, and an answer that is owed.
async fn talk_to_the_bot(practice: &Practice) {
    let draft = Draft {
        user_id: USER_ID.to_owned(),
        form: "checkin".to_owned(),
        date: "2026-03-08".to_owned(),
        body: "half a form".to_owned(),
        expire_time: None,
    };
    let asked = SaveDraftRequest { draft: Some(draft), request_id: "draft-1".to_owned() };
    practice.bot().save_draft(asked).await.expect("it is taken");
    let contact = Contact {
        user_id: USER_ID.to_owned(),
        dm_channel_id: "80351110224600001".to_owned(),
        ..Default::default()
    };
    let asked = SaveContactRequest { contact: Some(contact), request_id: "contact-1".to_owned() };
    practice.bot().save_contact(asked).await.expect("it is taken");
    let expires = practice.clock.now().as_second() + 600;
    let edit = OwedEdit {
        interaction_id: "5".to_owned(),
        user_id: USER_ID.to_owned(),
        token: "t".to_owned(),
        body: "owed to a bird".to_owned(),
        expire_time: Some(prost_types::Timestamp { seconds: expires, nanos: 0 }),
    };
    let asked = OweEditRequest { edit: Some(edit), request_id: "edit-1".to_owned() };
    practice.bot().owe_edit(asked).await.expect("it is taken");
}

/// Gives a coach something to write down.
async fn talk_to_the_coach(practice: &Practice) {
    let name = format!("clients/{USER_ID}");
    let flag = RaiseFlagRequest {
        client: name.clone(),
        flag: "attitude".to_owned(),
        severity: v1::Severity::High.into(),
        note: "fed with seeds".to_owned(),
        request_id: "flag-1".to_owned(),
    };
    let card = practice
        .cards()
        .raise_flag(flag)
        .await
        .expect("it is taken")
        .into_inner()
        .job_card
        .expect("a card");
    let note = NoteJobCardRequest {
        name: card.name,
        text: "it was fed with seeds".to_owned(),
        request_id: "note-1".to_owned(),
        ..Default::default()
    };
    practice.cards().note_job_card(note).await.expect("it is taken");
    let pause = PauseClientRequest {
        name: name.clone(),
        reason: "it flew away".to_owned(),
        request_id: "pause-1".to_owned(),
        ..Default::default()
    };
    practice.clients().pause_client(pause).await.expect("it is taken");
    let resume =
        ResumeClientRequest { name, request_id: "resume-1".to_owned(), ..Default::default() };
    practice.clients().resume_client(resume).await.expect("it is taken");
}

/// Returns which of the canaries some bytes hold, as they are or as hexadecimal digits.
fn found(bytes: &[u8]) -> Vec<&'static str> {
    let hex = |text: &str| {
        text.bytes().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
    };
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    CANARIES.into_iter().filter(|canary| holds(canary) || holds(&hex(canary))).collect()
}

#[tokio::test]
async fn nothing_of_an_erased_client_is_left_in_a_table_the_spool_the_log_or_a_backup() {
    let captured = Captured::default();
    let writer = captured.clone();
    let filter = logging::filter("trace").unwrap();
    let lines = logging::json_lines(filter, SystemClock, move || writer.clone());
    let _logging = tracing::subscriber::set_default(lines);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);

    let mut practice = open(folder.path(), SUNDAY).await;
    live_a_week(&practice).await;
    practice.live_until("2026-03-10T08:00:00Z").await;
    talk_to_the_bot(&practice).await;
    let before = file("before.db");
    let now = practice.clock.now();
    practice.regiment.store().back_up(&before, now).await.unwrap();
    let mut known = found(&std::fs::read(before).unwrap());
    practice.regiment.store().close().await;
    // Which day it is for only the database knows, where it is not said.
    let kept = LogCheckinRequest { date: "2026-03-10".to_owned(), ..checkin("a spooled song") };
    let kept = practice.logs_of(USER_ID).log_checkin(kept).await.unwrap().into_inner();
    assert_eq!(kept.durability(), Durability::Spooled);
    known.extend(found(&std::fs::read(file("spool")).unwrap()));
    let unknown = CANARIES.iter().filter(|canary| !known.contains(canary)).collect::<Vec<_>>();
    assert_eq!(unknown, [&""; 0], "they were never stored, and their absence would prove nothing");
    practice.stop().await;

    let mut practice = open(folder.path(), "2026-03-10T08:05:00Z").await;
    let erase =
        EraseClientRequest { name: format!("clients/{USER_ID}"), request_id: "erase-1".to_owned() };
    practice.clients().erase_client(erase).await.unwrap();
    let at_once = file("at_once.db");
    practice.regiment.store().back_up(&at_once, practice.clock.now()).await.unwrap();
    assert_eq!(found(&std::fs::read(at_once).unwrap()), [""; 0], "a backup made at once");

    practice.live_until("2026-03-11T12:00:00Z").await;
    assert_eq!(found(&std::fs::read(file("spool")).unwrap()), [""; 0], "the spool");
    let later = file("later.db");
    practice.regiment.store().back_up(&later, practice.clock.now()).await.unwrap();
    assert_eq!(found(&std::fs::read(later).unwrap()), [""; 0], "a backup made the day after");
    practice.stop().await;
    practice.regiment.store().close().await;
    // Not only what SQLite still shows: whatever stands in the file.
    assert_eq!(found(&std::fs::read(file("regiment.db")).unwrap()), [""; 0], "the database's file");
    for name in ["regiment.db-wal", "regiment.db-shm", "spool.torn"] {
        let rest = std::fs::read(file(name)).unwrap_or_default();
        assert_eq!(found(&rest), [""; 0], "{name}");
    }
    let log = captured.0.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&log);
    assert!(text.contains("the database is away"), "nothing was logged: {text}");
    assert_eq!(found(&log), [""; 0], "the log");
}
