//! The API of The Regiment, generated from `regiment/v1/*.proto`.
//!
//! The `.proto` files are the documentation; this crate adds the descriptors for reflection and what each
//! method declares about itself. Nothing here knows the domain: `regiment-grpc` converts.

#![forbid(unsafe_code)]

/// Messages, clients and servers of `regiment.v1`.
pub mod v1 {
    #![expect(
        missing_docs,
        clippy::all,
        clippy::pedantic,
        reason = "generated; the comments of the .proto files are written for every language"
    )]

    tonic::include_proto!("regiment.v1");
}

use v1::Permission;

/// The encoded descriptors of every file and of what it imports, custom options kept.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/regiment.binpb"));

/// The path, permission and cost of each method that declares a permission, and whether it answers with a stream.
const DECLARED: &[(&str, i32, u32, bool)] = &include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// What a method declares about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// Who may call it.
    pub permission: Permission,
    /// How much of a caller's allowance one call takes, at least 1.
    pub cost: u32,
    /// How it answers.
    pub answers: Answers,
}

/// How a method answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// With one message.
    Once,
    /// With as many as it likes, for as long as the caller stays.
    AsStream,
}

/// Returns what the method at `path` (`/regiment.v1.ClientService/GetClient`) declares.
///
/// `None` means that it declares no permission, or that there is no such method: refuse both.
///
/// ```
/// use regiment_proto::{method, v1::Permission};
///
/// let found = method("/regiment.v1.ClientService/GetClient").unwrap();
/// assert_eq!((found.permission, found.cost), (Permission::Read, 1));
/// assert_eq!(method("/regiment.v1.ClientService/Nothing"), None);
/// ```
pub fn method(path: &str) -> Option<Method> {
    let (_, number, cost, is_stream) = *DECLARED.iter().find(|(declared, ..)| *declared == path)?;
    let permission = Permission::try_from(number)
        .ok()
        .filter(|permission| *permission != Permission::Unspecified)?;
    let answers = if is_stream { Answers::AsStream } else { Answers::Once };
    Some(Method { permission, cost, answers })
}

/// Returns the full name of the method at `path`, as telemetry names it, where there is such a method.
///
/// ```
/// let name = regiment_proto::name("/regiment.v1.ClientService/GetClient");
/// assert_eq!(name, Some("regiment.v1.ClientService/GetClient"));
/// assert_eq!(regiment_proto::name("/regiment.v1.ClientService/Nothing"), None);
/// ```
pub fn name(path: &str) -> Option<&'static str> {
    let (declared, ..) = DECLARED.iter().find(|(declared, ..)| *declared == path)?;
    declared.strip_prefix('/')
}
