//! Bytes that mean little, sent to every method.

use std::time::{Duration, Instant};

use prost::encoding::encode_varint;
use prost_types::DescriptorProto;
use prost_types::field_descriptor_proto::Type;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use regiment_core::store::Role;
use tonic_types::StatusExt as _;

use crate::access::{methods, practice, token};
use crate::browser::{Browser, frame};
use crate::practice::TOKEN;

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
        // What can't be read is refused before it reaches us, without a reason of ours.
        let info = status.get_error_details().error_info().map(|info| info.reason.clone());
        assert_ne!(info.as_deref(), Some("INTERNAL"), "seed {seed}: {} {message:?}", method.path);
        n_calls += 1;
    }
    assert!(n_calls > 100, "only {n_calls} calls were made");
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
