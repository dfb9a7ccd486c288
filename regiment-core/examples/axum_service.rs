//! The practice inside a web service of one's own: the client's day as JSON, beside the scheduler.
//!
//! ```text
//! cargo run -p regiment-core --example axum_service            # asks itself once, and ends
//! cargo run -p regiment-core --example axum_service -- --stay  # serves until it is stopped
//! ```

use std::{error::Error, io::Write as _, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use regiment_core::{
    Clock as _, SystemClock, UserId,
    engine::onboarding::Form,
    regiment::{Error as Refused, Log, Regiment},
    store::Store,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::open("sqlite::memory:").await?;
    store.migrate_up(SystemClock.now()).await?;
    let regiment = Arc::new(Regiment::open(store, Arc::new(SystemClock)).await?);
    let form = Form {
        user_id: "80351110224678912".to_owned(),
        height_cm: Some(178),
        weight_kg: Some(84.5),
        timezone_offset: "Europe/London".to_owned(),
        goal: "recomp".to_owned(),
        ..Form::default()
    };
    regiment.enlist(&form).await?;

    let scheduler = regiment.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = scheduler.tick().await {
                tracing::error!(%error, "the scheduler goes on with its next turn");
            }
            drop(scheduler.deliver(&Log).await);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });

    let app = Router::new().route("/today/{user_id}", get(today)).with_state(regiment);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    if std::env::args().any(|argument| argument == "--stay") {
        writeln!(std::io::stdout(), "http://{address}/today/80351110224678912")?;
        server.await??;
        return Ok(());
    }
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(
            b"GET /today/80351110224678912 HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n",
        )
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    writeln!(std::io::stdout(), "{answer}")?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err("the day was not served".into()) }
}

/// The client's day: where he stands, and what is open.
async fn today(
    State(regiment): State<Arc<Regiment>>,
    Path(user_id): Path<String>,
) -> Result<Json<serde_json::Value>, (StatusCode, String)> {
    let user_id: UserId =
        user_id.parse().map_err(|bad| (StatusCode::BAD_REQUEST, format!("{bad}")))?;
    let today = regiment.today(user_id).await.map_err(|error| {
        let is_unknown = matches!(error, Refused::UnknownClient);
        let status =
            if is_unknown { StatusCode::NOT_FOUND } else { StatusCode::SERVICE_UNAVAILABLE };
        (status, error.to_string())
    })?;
    let open = today.items.iter().filter(|item| item.log.is_none()).count();
    Ok(Json(serde_json::json!({ "date": today.date, "items": today.items.len(), "open": open })))
}
