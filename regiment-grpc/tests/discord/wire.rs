//! A wire between bots and the gateway, on which a test may put bytes that no gateway would send.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

/// How much is passed on at a time, in bytes.
const BUFFER: usize = 64 << 10;

/// Passes everything on in both directions; it ends with the runtime of its test.
pub(crate) struct Wire {
    /// Where bots find it: `HOST:PORT`.
    pub(crate) address: SocketAddr,
    put: broadcast::Sender<Vec<u8>>,
}

impl Wire {
    /// Lays a wire to `HOST:PORT`.
    pub(crate) async fn lay(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (put, _) = broadcast::channel(16);
        let (to, source) = (to.to_owned(), put.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if let Ok(far) = TcpStream::connect(&to).await {
                    tokio::spawn(join(near, far, source.subscribe()));
                }
            }
        });
        Self { address, put }
    }

    /// Puts bytes before every bot that is connected. The gateway must be silent just then, or they end up inside of
    /// what it says.
    pub(crate) fn put(&self, bytes: &[u8]) {
        self.put.send(bytes.to_vec()).expect("a bot is connected");
    }
}

async fn join(near: TcpStream, far: TcpStream, mut put: broadcast::Receiver<Vec<u8>>) {
    let (mut from_bot, mut to_bot) = near.into_split();
    let (mut from_gateway, mut to_gateway) = far.into_split();
    let there = tokio::spawn(async move {
        let _ = copy(&mut from_bot, &mut to_gateway).await;
    });
    let mut buffer = vec![0; BUFFER];
    loop {
        let bytes = tokio::select! {
            read = from_gateway.read(&mut buffer) => match read {
                Ok(0) | Err(_) => break,
                Ok(n) => &buffer[..n],
            },
            Ok(bytes) = put.recv() => &bytes.clone(),
        };
        if to_bot.write_all(bytes).await.is_err() {
            break;
        }
    }
    there.abort();
}
