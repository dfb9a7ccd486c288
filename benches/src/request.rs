//! The cheapest connections that speak gRPC and HTTP/1.1: a load generator must cost less than what it loads.

use anyhow::{Context as _, Result, ensure};
use h2::client::SendRequest;
use http::Request;
use prost::Message;
use prost::bytes::{BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How much an answer may be ahead of its reader, bytes.
const WINDOW: u32 = 1 << 20;

/// A gRPC connection with one call at a time.
pub(crate) struct Grpc {
    send: SendRequest<Bytes>,
    address: String,
}

impl Grpc {
    pub(crate) async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (send, connection) = h2::client::Builder::new()
            .initial_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .handshake(stream)
            .await?;
        tokio::spawn(connection);
        Ok(Self { send, address: address.to_owned() })
    }

    /// Makes a call and returns its answer, encoded.
    pub(crate) async fn ask(
        &mut self,
        path: &str,
        token: &str,
        acting_user: Option<&str>,
        message: &impl Message,
    ) -> Result<Bytes> {
        let mut request = Request::post(format!("http://{}{path}", self.address))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {token}"));
        if let Some(acting_user) = acting_user {
            request = request.header("regiment-acting-user", acting_user);
        }
        let length = message.encoded_len();
        let mut frame = BytesMut::with_capacity(5 + length);
        frame.put_u8(0);
        frame.put_u32(u32::try_from(length)?);
        message.encode(&mut frame)?;

        let mut send = self.send.clone().ready().await?;
        let (response, mut body) = send.send_request(request.body(())?, false)?;
        body.send_data(frame.freeze(), true)?;
        let (head, mut body) = response.await?.into_parts();
        let mut answer = BytesMut::new();
        while let Some(part) = body.data().await {
            let part = part?;
            body.flow_control().release_capacity(part.len())?;
            answer.extend_from_slice(&part);
        }
        let trailers = body.trailers().await?;
        let trailers = trailers.as_ref().unwrap_or(&head.headers);
        let status = trailers.get("grpc-status").context("an answer without a status")?;
        ensure!(status == "0", "{path} was refused: {trailers:?}");
        Ok(answer.freeze().slice(5..))
    }
}

/// An HTTP/1.1 connection that is kept open, with one request at a time.
pub(crate) struct Http {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Http {
    pub(crate) async fn connect(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 16) })
    }

    /// Sends a whole request and returns the body of the answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut head = None;
        loop {
            if let Some((start, length)) = head
                && self.buffer.len() >= start + length
            {
                return Ok(&self.buffer[start..start + length]);
            }
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed");
            if head.is_none() {
                head = read_head(&self.buffer)?;
            }
        }
    }
}

/// Returns where the body begins and how long it is, once the whole head is there.
fn read_head(buffer: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&buffer[..end])?;
    let rest = || String::from_utf8_lossy(&buffer[end..]);
    ensure!(head.starts_with("HTTP/1.1 200 "), "refused: {head}{}", rest());
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without its length")?;
    Ok(Some((end + 4, length.1.trim().parse()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready";
        assert_eq!(read_head(&answer[..37]).unwrap(), None);
        assert_eq!(read_head(answer).unwrap(), Some((38, 5)));
        read_head(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").unwrap_err();
        read_head(b"HTTP/1.1 200 OK\r\n\r\n").unwrap_err();
    }
}
