//! Who calls, and whether he may: credentials, the person whom the bot names, and the permission of each method.

mod known;
mod principal;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use jiff::SignedDuration;
use regiment_core::regiment::{Regiment, hash_of};
use regiment_core::store::{self, ApiToken, Presented, Role, SecretKind};
use regiment_core::{Id, Invalid, UserId};
use regiment_proto::Method;
use regiment_proto::v1::Permission;
use tonic::{Code, Status};
use tracing::Instrument as _;

use self::known::{Found, Holder, Known};
use super::calls;
use super::limit::Limits;
use super::site::{Purpose, Site};
use crate::config::Config;
use crate::status;

pub use self::principal::{Person, Principal, Rank};

/// Whose calls `REGIMENT_API_TOKEN` makes, in the audit trail.
const OPERATOR: &str = "operator";

/// Asked by everybody and at any rate: whether the server is there.
const HEALTH: &str = "/grpc.health.v1.Health/";

/// Asked by everybody: what the server offers.
const REFLECTION: &str = "/grpc.reflection.";

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
    site: Arc<Site>,
    limits: Arc<Limits>,
    /// The hash of the operator's token.
    operator: Option<String>,
    /// Roles of the guild whose bearers may, through the bot, do what a coach may.
    coach_roles: Vec<String>,
    known: Known,
}

/// What a caller shows, as the store knows it: a hash.
enum Shown {
    Token(String),
    Cookie(String),
    Nothing,
}

/// Runs a call in a span that continues the caller's trace, if the caller may make it.
pub(super) async fn guard(State(auth): State<Auth>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let code = tracing::field::Empty;
    let span = tracing::info_span!("call", method = path, traceparent = parent, code = code);
    async move {
        let address = auth.0.limits.address(request.extensions(), request.headers());
        let response = match auth.admit(&path, request.headers(), address).await {
            Ok(principal) => {
                if let Some(principal) = principal {
                    request.extensions_mut().insert(principal);
                }
                next.run(request).await
            }
            Err(refused) => {
                // Those who ask too much are told elsewhere, lest they flood the log.
                if refused.code() != Code::ResourceExhausted {
                    tracing::warn!(outcome = "refused", code = ?refused.code(), "a call was refused");
                }
                refused.into_http()
            }
        };
        tracing::Span::current().record("code", calls::name_of(calls::code_of(&response)));
        response
    }
    .instrument(span)
    .await
}

impl Auth {
    pub(super) fn new(
        regiment: Arc<Regiment>,
        config: &Config,
        site: Arc<Site>,
        limits: Arc<Limits>,
    ) -> Self {
        let discord = &config.discord;
        let coach_roles = [&discord.coach_role_ids[..], &discord.admin_role_ids].concat();
        let operator = config.api_token.as_ref().map(|token| hash_of(token.expose()));
        let known = Known::default();
        Self(Arc::new(Inner { regiment, site, limits, operator, coach_roles, known }))
    }

    /// Forgets what shows a token or a session that was revoked.
    pub(super) fn forget(&self, id: &str) {
        self.0.known.forget(id);
    }

    async fn admit(
        &self,
        path: &str,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Result<Option<Principal>, Status> {
        if path.starts_with(HEALTH) {
            return Ok(None);
        }
        let method = regiment_proto::method(path);
        let is_public = path.starts_with(REFLECTION)
            || method.is_some_and(|method| method.permission == Permission::Public);
        let principal = match self.identify(headers, address).await {
            // Whoever comes with what is no longer valid comes to sign in.
            Err(refused) if is_public && refused.code() == Code::Unauthenticated => {
                return Ok(None);
            }
            identified => identified?,
        };
        let Some(principal) = principal else {
            let refused =
                status::unauthenticated("sign in, or show a token: authorization: Bearer …");
            return if is_public { Ok(None) } else { Err(refused) };
        };
        let cost = method.map_or(1, |method| method.cost);
        self.0.limits.take_for_caller(&principal.scope(), cost)?;
        match method {
            _ if is_public => Ok(Some(principal)),
            None => Err(status::permission_denied("the method declares no permission")),
            Some(Method { permission, .. }) if !principal.may(permission) => {
                Err(status::permission_denied("your role may not do that"))
            }
            Some(_) => Ok(Some(principal)),
        }
    }

    /// Returns who shows the credentials of a call, if it comes with any.
    async fn identify(
        &self,
        headers: &HeaderMap,
        address: Option<IpAddr>,
    ) -> Result<Option<Principal>, Status> {
        let Inner { limits, operator: expected, .. } = &*self.0;
        let shown = self.shown(headers)?;
        let is_operator = matches!(&shown, Shown::Token(hash) if expected.as_ref() == Some(hash));
        let holder = match &shown {
            Shown::Nothing => {
                limits.take_for_address(address)?;
                return Ok(None);
            }
            // Hashes are compared, so that the time it takes tells nothing about the token.
            Shown::Token(_) if is_operator => operator(),
            Shown::Token(hash) | Shown::Cookie(hash) => self.holder(&shown, hash, address).await?,
        };
        let Holder { name, display_name, role, expires_at, .. } = holder;
        let acting_for = self.acting_for(headers)?;
        let role = match (role, acting_for) {
            // The operator may try what the bot does, and is then held to what the bot may.
            (Role::Admin, Some(_)) if is_operator => Role::Bot,
            (Role::Viewer | Role::Coach | Role::Admin, Some(_)) => {
                return Err(status::permission_denied("only the bot calls for somebody else"));
            }
            (role, _) => role,
        };
        Ok(Some(Principal { name, display_name, role, acting_for, expires_at }))
    }

    /// Reads what a caller shows. Cookies count for pages of ours alone.
    fn shown(&self, headers: &HeaderMap) -> Result<Shown, Status> {
        if let Some(authorization) = text(headers, "authorization") {
            return authorization
                .strip_prefix("Bearer ")
                .map(|secret| Shown::Token(hash_of(secret)))
                .ok_or_else(|| status::unauthenticated("show a token: authorization: Bearer …"));
        }
        let site = &self.0.site;
        let access = site.cookie(headers, Purpose::Access);
        if access.is_some() || site.cookie(headers, Purpose::Refresh).is_some() {
            site.check_origin(headers)?;
        }
        Ok(access.map_or(Shown::Nothing, |secret| Shown::Cookie(hash_of(&secret))))
    }

    /// Returns whose credential this is.
    async fn holder(
        &self,
        shown: &Shown,
        hash: &str,
        address: Option<IpAddr>,
    ) -> Result<Holder, Status> {
        let Inner { regiment, limits, known, .. } = &*self.0;
        let now = regiment.now();
        let before = match known.find(hash, now) {
            Found::Fresh(holder) => return Ok(holder),
            Found::Stale(holder) => Some(holder),
            Found::Unknown => {
                // Somebody who guesses asks the database no faster than somebody who shows nothing.
                limits.take_for_address(address)?;
                None
            }
        };
        match self.look_up(shown).await {
            Ok(Some(holder)) => {
                known.remember(hash, holder.clone(), now);
                Ok(holder)
            }
            Ok(None) => {
                if let Some(before) = before {
                    known.forget(&before.id);
                }
                Err(status::unauthenticated("that is not valid, or no longer: sign in again"))
            }
            // What was valid a moment ago is taken while the database is away.
            Err(error) => match before {
                Some(holder) if error.is_unavailable() => Ok(holder),
                _ => Err(status::of(error.into(), "")),
            },
        }
    }

    async fn look_up(&self, shown: &Shown) -> store::Result<Option<Holder>> {
        let Inner { regiment, .. } = &*self.0;
        let mut tx = regiment.store().read().await?;
        match shown {
            Shown::Nothing => Ok(None),
            Shown::Token(hash) => {
                let Some(token) = tx.token(hash).await? else { return Ok(None) };
                let now = regiment.now();
                if token.last_used_at.is_none_or(|at| now.duration_since(at) > TOUCHED) {
                    tokio::spawn(touch(regiment.clone(), token.id));
                }
                Ok(Some(Holder::of_token(token)))
            }
            Shown::Cookie(hash) => {
                let kind = SecretKind::Access;
                Ok(match tx.session_secret(kind, hash, regiment.now()).await? {
                    Presented::Valid(session, expires_at) => {
                        Some(Holder::of_session(session, expires_at))
                    }
                    Presented::Spent(_) | Presented::Unknown => None,
                })
            }
        }
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
async fn touch(regiment: Arc<Regiment>, id: Id<ApiToken>) {
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
    let (id, display_name) = (name.clone(), name.clone());
    Holder { id, name, display_name, role: Role::Admin, expires_at: None }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
