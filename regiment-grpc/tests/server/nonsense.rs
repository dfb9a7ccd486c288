//! Bytes that mean little, sent to every method.

use std::future::poll_fn;
use std::time::{Duration, Instant};

use http_body_util::Full;
use prost::Message as _;
use prost::encoding::encode_varint;
use prost_types::DescriptorProto;
use prost_types::field_descriptor_proto::Type;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use regiment_core::store::Role;
use regiment_proto::v1::GetClientRequest;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::{Code, Status};

use crate::access::{methods, practice, token};
use crate::browser::{Browser, frame};
use crate::errors::check;
use crate::practice::{Practice, TOKEN};

#[tokio::test]
async fn whatever_bytes_come_are_answered_and_break_nothing() {
    let practice = practice().await;
    // A longer run tries other bytes each time, and says which.
    let seconds = std::env::var("REGIMENT_TEST_FUZZ_SECONDS").ok();
    let seconds = seconds.map(|text| text.parse().expect("a number of seconds"));
    let longest = Duration::from_secs(seconds.unwrap_or(5));
    let seed = seconds.map_or(1, |_| std::process::id().into());
    let since = Instant::now();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut callers = [Browser::at(&practice.address), Browser::at(&practice.address)];
    callers[0].headers.insert("authorization", format!("Bearer {TOKEN}"));
    callers[1]
        .headers
        .insert("authorization", format!("Bearer {}", token(&practice, Role::Bot).await));
    callers[1].headers.insert("regiment-acting-user", "42".to_owned());
    let methods = methods();
    let mut n_calls = 0_u64;
    while since.elapsed() < longest {
        let method = &methods[rng.random_range(0..methods.len())];
        let message = nonsense(&mut rng, &method.request);
        let mut body = frame(&message);
        if rng.random_bool(0.1) {
            let at = rng.random_range(0..body.len());
            body[at] ^= 1 << rng.random_range(0..8);
        }
        let caller = &mut callers[usize::from(rng.random_bool(0.3))];
        // Many are given up in the middle of what they do.
        let patience = [1, 3, 10, 30, 200][rng.random_range(0..5)];
        caller.headers.insert("grpc-timeout", format!("{patience}m"));
        let status = caller.send(&method.path, body).await.status;
        assert_ne!(status.code(), Code::Internal, "seed {seed}: {} {message:?}", method.path);
        n_calls += 1;
    }
    assert!(n_calls > 100, "only {n_calls} calls were made");
}

#[tokio::test]
async fn a_message_that_can_not_be_decoded_is_the_callers_mistake() {
    let practice = practice().await;
    let mut browser = Browser::at(&practice.address);
    browser.headers.insert("authorization", format!("Bearer {TOKEN}"));
    let path = "/regiment.v1.ClientService/GetClient";
    let message = GetClientRequest { name: "clients/42".to_owned() }.encode_to_vec();
    let whole = frame(&message);
    let mut bodies: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    // Cut inside of the message, in a frame that is whole.
    bodies.extend((1..message.len()).map(|end| frame(&message[..end])));
    // A number where a text should be, a text that is no UTF-8, a field that has no number.
    bodies.extend([[0x08, 1].as_slice(), &[0x0a, 2, 0xff, 0xfe], &[0, 0]].map(frame));
    // A frame of a kind that there is not.
    bodies.push([&[9][..], &whole[1..]].concat());
    for body in bodies {
        let web = browser.send(path, body.clone()).await.status;
        for status in [web, native(&practice, path, body.clone()).await] {
            check(&status, Code::InvalidArgument, "MALFORMED", &[]);
            let said = status.message();
            assert!(said.starts_with("the message could not be decoded: "), "{body:?}: {said}");
        }
    }
    for status in
        [browser.send(path, whole.clone()).await.status, native(&practice, path, whole).await]
    {
        check(&status, Code::NotFound, "UNKNOWN_CLIENT", &[]);
    }
}

/// Calls a method over HTTP/2, as gRPC does, with the bytes of a request as they are.
async fn native(practice: &Practice, path: &str, body: Vec<u8>) -> Status {
    let request = http::Request::post(format!("{}{path}", practice.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(Body::new(Full::from(body)))
        .expect("a request");
    let mut channel = practice.channel.clone();
    poll_fn(|context| GrpcService::<Body>::poll_ready(&mut channel, context))
        .await
        .expect("a server");
    let answered = GrpcService::call(&mut channel, request).await.expect("an answer");
    Status::from_header_map(answered.headers()).expect("a call that fails says so at once")
}

/// Writes a message with some of a request's fields, most of them of the type that they should have.
fn nonsense(rng: &mut ChaCha8Rng, request: &DescriptorProto) -> Vec<u8> {
    const TEXTS: [&str; 6] = ["", "clients/42", "2026-03-01", "\u{0}", "ß👍", "-1"];
    let mut message = Vec::new();
    for field in &request.field {
        if rng.random_bool(0.4) {
            continue;
        }
        let number = u64::try_from(field.number()).expect("numbers are positive");
        let is_text = matches!(field.r#type(), Type::String | Type::Bytes | Type::Message);
        match (is_text, rng.random_bool(0.95)) {
            (true, true) => {
                let text = match rng.random_range(0..8) {
                    6 => "x".repeat(rng.random_range(1..5000)).into_bytes(),
                    7 => (0..rng.random_range(1..40)).map(|_| rng.random()).collect(),
                    known => TEXTS[known].as_bytes().to_vec(),
                };
                encode_varint(number << 3 | 2, &mut message);
                encode_varint(u64::try_from(text.len()).expect("it fits"), &mut message);
                message.extend(text);
            }
            (false, true) if field.r#type() == Type::Double => {
                encode_varint(number << 3 | 1, &mut message);
                let number = [f64::NAN, f64::INFINITY, -1.0, 1e308][rng.random_range(0..4)];
                message.extend(number.to_le_bytes());
            }
            (false, true) => {
                encode_varint(number << 3, &mut message);
                encode_varint(rng.random::<u64>() >> rng.random_range(0..64), &mut message);
            }
            (_, false) => message.extend((0..4).map(|_| rng.random::<u8>())),
        }
    }
    message
}
