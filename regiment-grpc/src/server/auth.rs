//! Who calls, and whether he may: a bearer token, and the permission that each method declares.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response};
use regiment_proto::v1::Permission;
use sha2::{Digest as _, Sha256};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::BoxFuture;
use tower::{Layer, Service};
use tracing::Instrument as _;

use crate::secret::Secret;
use crate::status;

/// Asked by everybody: whether the server is there, and what it offers.
const PUBLIC: [&str; 2] = ["/grpc.health.v1.Health/", "/grpc.reflection."];

/// Lets calls through that show the token, to methods that declare a permission.
///
/// Without a token nobody is let through: the server denies by default.
#[derive(Debug, Clone)]
pub struct Auth {
    digest: Option<Arc<[u8]>>,
}

impl Auth {
    /// Accepts one token, whose holder is an admin and may enter logs for clients, as the bot does.
    pub fn new(token: Option<&Secret>) -> Self {
        Self { digest: token.map(|token| digest(token.expose()).into()) }
    }

    fn admit(&self, path: &str, headers: &HeaderMap) -> Result<(), Status> {
        if PUBLIC.iter().any(|public| path.starts_with(public)) {
            return Ok(());
        }
        let Some(expected) = &self.digest else {
            return Err(status::unauthenticated(
                "this server has no API token: start it with REGIMENT_API_TOKEN set",
            ));
        };
        let shown = headers
            .get("authorization")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        match shown {
            None => return Err(status::unauthenticated("show a token: authorization: Bearer …")),
            // Digests are compared, so that the time it takes tells nothing about the token.
            Some(shown) if digest(shown)[..] != expected[..] => {
                return Err(status::unauthenticated("that token is not valid"));
            }
            Some(_) => {}
        }
        match regiment_proto::permission(path) {
            // The one token there is belongs to an admin.
            Some(Permission::Read | Permission::Coach | Permission::Admin | Permission::Log) => {
                Ok(())
            }
            Some(Permission::Unspecified) | None => {
                Err(status::permission_denied("the method declares no permission"))
            }
        }
    }
}

impl<S> Layer<S> for Auth {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { auth: self.clone(), inner }
    }
}

/// A service behind [`Auth`]. Each call runs in a span that continues the caller's trace.
#[derive(Debug, Clone)]
pub struct Guarded<S> {
    auth: Auth,
    inner: S,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Send,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<Response<Body>, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let path = request.uri().path();
        let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
        let span = tracing::info_span!("call", method = path, traceparent = parent);
        if let Err(refused) = self.auth.admit(path, request.headers()) {
            span.in_scope(|| {
                tracing::warn!(outcome = "refused", code = ?refused.code(), "a call was refused");
            });
            return Box::pin(async move { Ok(refused.into_http()) });
        }
        Box::pin(self.inner.call(request).instrument(span))
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    const GET: &str = "/regiment.v1.ClientService/GetClient";

    #[track_caller]
    fn check(token: Option<&str>, path: &str, shown: Option<&str>, expected: Code) {
        let auth = Auth::new(token.map(Secret::new).as_ref());
        let mut headers = HeaderMap::new();
        if let Some(shown) = shown {
            headers.insert("authorization", shown.parse().unwrap());
        }
        let code = auth.admit(path, &headers).map_or_else(|status| status.code(), |()| Code::Ok);
        assert_eq!(code, expected, "{path} {shown:?}");
    }

    #[test]
    fn the_token_opens_every_method_that_declares_a_permission() {
        check(Some("t"), GET, Some("Bearer t"), Code::Ok);
        check(
            Some("t"),
            "/regiment.v1.ClientService/Nothing",
            Some("Bearer t"),
            Code::PermissionDenied,
        );
    }

    #[test]
    fn without_the_token_nothing_but_health_and_reflection_answers() {
        check(Some("t"), GET, None, Code::Unauthenticated);
        check(Some("t"), GET, Some("Bearer u"), Code::Unauthenticated);
        check(Some("t"), GET, Some("Basic t"), Code::Unauthenticated);
        check(Some("t"), "/grpc.health.v1.Health/Check", None, Code::Ok);
        let reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
        check(Some("t"), reflection, None, Code::Ok);
    }

    #[test]
    fn a_server_without_a_token_denies_everybody() {
        check(None, GET, Some("Bearer "), Code::Unauthenticated);
        check(None, GET, None, Code::Unauthenticated);
    }
}
