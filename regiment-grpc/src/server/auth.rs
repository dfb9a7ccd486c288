//! Who calls, and whether he may: credentials, the person whom the bot names, and the permission of each method.

mod known;
mod principal;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use jiff::SignedDuration;
use regiment_core::regiment::Regiment;
use regiment_core::store::{self, ApiToken, Role};
use regiment_core::{Invalid, UserId};
use regiment_proto::Method;
use regiment_proto::v1::Permission;
use sha2::{Digest as _, Sha256};
use tonic::Status;
use tracing::Instrument as _;

use self::known::{Digest, Found, Holder, Known};
use super::page::hex;
use crate::config::Config;
use crate::status;

pub use self::principal::{Person, Principal, Rank};

/// Whose calls `REGIMENT_API_TOKEN` makes, in the audit trail.
const OPERATOR: &str = "operator";

/// Asked by everybody: whether the server is there, and what it offers.
const PUBLIC: [&str; 2] = ["/grpc.health.v1.Health/", "/grpc.reflection."];

/// The Discord id of the person for whom the bot calls, and the ids of the roles that the person bears.
const ACTING_USER: &str = "regiment-acting-user";
const ACTING_ROLES: &str = "regiment-acting-roles";

/// How often a token's last use is written down.
const TOUCHED: SignedDuration = SignedDuration::from_mins(1);

/// Knows who calls, and lets nobody do more than he may: what is not allowed is refused.
#[derive(Clone)]
pub(super) struct Auth(Arc<Inner>);

struct Inner {
    regiment: Arc<Regiment>,
    operator: Option<Digest>,
    /// Roles of the guild whose bearers may, through the bot, do what a coach may.
    coach_roles: Vec<String>,
    known: Known,
}

/// Runs a call in a span that continues the caller's trace, if the caller may make it.
pub(super) async fn guard(State(auth): State<Auth>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let span = tracing::info_span!("call", method = path, traceparent = parent);
    async move {
        match auth.admit(&path, request.headers()).await {
            Ok(principal) => {
                if let Some(principal) = principal {
                    request.extensions_mut().insert(principal);
                }
                next.run(request).await
            }
            Err(refused) => {
                tracing::warn!(outcome = "refused", code = ?refused.code(), "a call was refused");
                refused.into_http()
            }
        }
    }
    .instrument(span)
    .await
}

impl Auth {
    pub(super) fn new(regiment: Arc<Regiment>, config: &Config) -> Self {
        Self(Arc::new(Inner {
            regiment,
            operator: config.api_token.as_ref().map(|token| digest(token.expose())),
            coach_roles: config.discord.coach_role_ids.clone(),
            known: Known::default(),
        }))
    }

    async fn admit(&self, path: &str, headers: &HeaderMap) -> Result<Option<Principal>, Status> {
        if PUBLIC.iter().any(|public| path.starts_with(public)) {
            return Ok(None);
        }
        let method = regiment_proto::method(path);
        if let Some(Method { permission: Permission::Public, .. }) = method {
            // Whoever comes with what is no longer valid comes to sign in.
            return Ok(self.identify(headers).await.ok());
        }
        let principal = self.identify(headers).await?;
        match method {
            None => Err(status::permission_denied("the method declares no permission")),
            Some(Method { permission, .. }) if !principal.may(permission) => {
                Err(status::permission_denied("your role may not do that"))
            }
            Some(_) => Ok(Some(principal)),
        }
    }

    /// Returns who shows the credentials of a call.
    async fn identify(&self, headers: &HeaderMap) -> Result<Principal, Status> {
        let secret = text(headers, "authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(|| status::unauthenticated("show a token: authorization: Bearer …"))?;
        let digest = digest(secret);
        // Digests are compared, so that the time it takes tells nothing about the token.
        let is_operator = self.0.operator == Some(digest);
        let Holder { name, role, .. } =
            if is_operator { operator() } else { self.holder(digest).await? };
        let acting_for = self.acting_for(headers)?;
        match (role, acting_for) {
            // The operator may try what the bot does, and is then held to what the bot may.
            (Role::Admin, Some(_)) if is_operator => {
                Ok(Principal { name, role: Role::Bot, acting_for })
            }
            (Role::Viewer | Role::Coach | Role::Admin, Some(_)) => {
                Err(status::permission_denied("only the bot calls for somebody else"))
            }
            (Role::Viewer | Role::Coach | Role::Admin | Role::Bot, acting_for) => {
                Ok(Principal { name, role, acting_for })
            }
        }
    }

    /// Returns whose token has this digest.
    async fn holder(&self, digest: Digest) -> Result<Holder, Status> {
        let Inner { regiment, known, .. } = &*self.0;
        let now = regiment.now();
        let before = match known.find(&digest, now) {
            Found::Fresh(holder) => return Ok(holder),
            Found::Stale(holder) => Some(holder),
            Found::Unknown => None,
        };
        match self.look_up(&digest).await {
            Ok(Some(holder)) => {
                known.remember(digest, holder.clone(), now);
                Ok(holder)
            }
            Ok(None) => {
                if let Some(before) = before {
                    known.forget(&before.id);
                }
                Err(status::unauthenticated("that token is not valid"))
            }
            // What was valid a moment ago is taken while the database is away.
            Err(error) => match before {
                Some(holder) if error.is_unavailable() => Ok(holder),
                _ => Err(status::of(error.into(), "")),
            },
        }
    }

    async fn look_up(&self, digest: &Digest) -> store::Result<Option<Holder>> {
        let Inner { regiment, .. } = &*self.0;
        let mut tx = regiment.store().read().await?;
        let Some(token) = tx.token(&hex(digest)).await? else { return Ok(None) };
        let now = regiment.now();
        if token.last_used_at.is_none_or(|at| now.duration_since(at) > TOUCHED) {
            tokio::spawn(touch(regiment.clone(), token.id));
        }
        let ApiToken { id, name, role, .. } = token;
        Ok(Some(Holder { id: id.to_string(), name, role, expires_at: None }))
    }

    /// Returns the person whom the caller names.
    fn acting_for(&self, headers: &HeaderMap) -> Result<Option<Person>, Status> {
        let Some(id) = text(headers, ACTING_USER) else { return Ok(None) };
        let user_id: UserId = id.parse().map_err(|_| {
            let refused = Invalid::new(ACTING_USER, id, "1 to 20 decimal digits");
            status::invalid(ACTING_USER, &refused)
        })?;
        let mut roles = text(headers, ACTING_ROLES).unwrap_or_default().split(',').map(str::trim);
        let is_coach = roles.any(|role| self.0.coach_roles.iter().any(|coach| coach == role));
        let rank = if is_coach { Rank::Coach } else { Rank::Client };
        Ok(Some(Person { user_id, rank }))
    }
}

/// Writes down that a token is in use. Nothing depends on it.
async fn touch(regiment: Arc<Regiment>, id: regiment_core::Id<ApiToken>) {
    let touched = async {
        let mut tx = regiment.store().begin().await?;
        tx.touch_token(id, regiment.now()).await?;
        tx.commit().await
    };
    if let Err(error) = touched.await {
        tracing::debug!(outcome = "not_kept", %error, "a token's use was not written down");
    }
}

fn operator() -> Holder {
    let name = OPERATOR.to_owned();
    Holder { id: name.clone(), name, role: Role::Admin, expires_at: None }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}
