//! The API of The Regiment, generated from `regiment/v1/*.proto`.
//!
//! The `.proto` files are the documentation; this crate adds the descriptors for reflection and the permission of
//! each method. Nothing here knows the domain: `regiment-grpc` converts.

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

const DECLARED: &[(&str, i32)] = &include!(concat!(env!("OUT_DIR"), "/permissions.rs"));

/// Returns the permission that the method at `path` (`/regiment.v1.ClientService/GetClient`) declares.
///
/// `None` means that it declares none, or that there is no such method: refuse both.
///
/// ```
/// use regiment_proto::{permission, v1::Permission};
///
/// assert_eq!(permission("/regiment.v1.ClientService/GetClient"), Some(Permission::Read));
/// assert_eq!(permission("/regiment.v1.ClientService/Erase"), None);
/// ```
pub fn permission(path: &str) -> Option<Permission> {
    let (_, number) = DECLARED.iter().find(|(declared, _)| *declared == path)?;
    Permission::try_from(*number).ok().filter(|permission| *permission != Permission::Unspecified)
}
