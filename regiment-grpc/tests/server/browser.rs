//! A browser: gRPC-Web over HTTP/1.1, cookies, and redirects that it follows when it is told.

use std::collections::BTreeMap;

use prost::Message;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A browser at a server.
pub(crate) struct Browser {
    http: reqwest::Client,
    address: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent along with each request.
    pub(crate) headers: BTreeMap<&'static str, String>,
}

/// What a call was answered with.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: Status,
    pub(crate) headers: HeaderMap,
    message: Vec<u8>,
}

impl Browser {
    /// Opens a browser without cookies on a page of the server itself.
    pub(crate) fn at(address: &str) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let headers = BTreeMap::from([("sec-fetch-site", "same-origin".to_owned())]);
        Self {
            http: http.build().expect("a client"),
            address: address.to_owned(),
            cookies: BTreeMap::new(),
            headers,
        }
    }

    /// Opens a path of the server, or an address anywhere, and keeps the cookies it sets.
    pub(crate) async fn open(&mut self, target: &str) -> reqwest::Response {
        let url = if target.starts_with('/') {
            format!("{}{target}", self.address)
        } else {
            target.to_owned()
        };
        let response = self.http.get(url).header("cookie", self.jar()).send().await;
        let response = response.expect("the server answers");
        self.keep(response.headers());
        response
    }

    /// Calls a method, and keeps the cookies it sets.
    pub(crate) async fn call(&mut self, path: &str, message: &impl Message) -> Answered {
        self.send(path, frame(&message.encode_to_vec())).await
    }

    /// Sends the bytes of a request as they are.
    pub(crate) async fn send(&mut self, path: &str, body: Vec<u8>) -> Answered {
        let mut request = self
            .http
            .post(format!("{}{path}", self.address))
            .header("content-type", "application/grpc-web+proto")
            .header("x-grpc-web", "1")
            .body(body);
        if !self.cookies.is_empty() {
            request = request.header("cookie", self.jar());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.expect("the server answers");
        self.keep(response.headers());
        let headers = response.headers().clone();
        let body = response.bytes().await.expect("a whole answer");
        Answered::read(headers, &body)
    }

    fn jar(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE).iter().map(HeaderValue::to_str) {
            let cookie = cookie.expect("ASCII");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a name and a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Answered {
    /// Reads the answer of a method that succeeded.
    #[track_caller]
    pub(crate) fn message<M: Message + Default>(&self) -> M {
        assert_eq!(self.status.code(), Code::Ok, "{self:?}");
        M::decode(self.message.as_slice()).expect("a message")
    }

    /// Returns the code and the reason of a call that was refused.
    #[track_caller]
    pub(crate) fn refused(&self) -> (Code, String) {
        let details = self.status.get_error_details();
        let info = details.error_info().unwrap_or_else(|| panic!("no reason: {:?}", self.status));
        (self.status.code(), info.reason.clone())
    }

    fn read(headers: HeaderMap, body: &[u8]) -> Self {
        let mut trailers = headers.clone();
        let (mut message, mut rest) = (Vec::new(), body);
        while let Some((head, after)) = rest.split_at_checked(5) {
            let length = u32::from_be_bytes(head[1..].try_into().expect("four bytes"));
            let (content, after) = after.split_at(usize::try_from(length).expect("it fits"));
            if head[0] & 0x80 == 0 {
                message = content.to_vec();
            } else {
                let text = std::str::from_utf8(content).expect("trailers are text");
                for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
                    let name: HeaderName = name.parse().expect("a name");
                    trailers.insert(name, value.trim().parse().expect("a value"));
                }
            }
            rest = after;
        }
        let status = Status::from_header_map(&trailers).expect("a call ends with a status");
        Self { status, headers, message }
    }
}

/// Wraps a message as gRPC does.
pub(crate) fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("it fits").to_be_bytes();
    [&[0][..], &length, message].concat()
}
