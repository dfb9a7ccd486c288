//! `AuthService`: who is signed in, and the tokens of programs.

use std::sync::Arc;

use regiment_core::Invalid;
use regiment_core::regiment::Regiment;
use regiment_core::store::{ApiToken, Presented, Role, SecretKind, Session};
use regiment_proto::v1;
use regiment_proto::v1::auth_service_server::AuthService;
use regiment_proto::v1::{
    CreateTokenRequest, CreateTokenResponse, GetSignInRequest, GetSignInResponse,
    ListTokensRequest, ListTokensResponse, RefreshSessionRequest, RefreshSessionResponse,
    RevokeTokenRequest, RevokeTokenResponse, SignOutRequest, SignOutResponse, WhoAmIRequest,
    WhoAmIResponse,
};
use tonic::{Request, Response, Status};

use super::auth::{Auth, Principal};
use super::convert::proto_instant;
use super::page;
use super::site::Purpose;
use super::web::discord::Refused;
use super::web::{self, Web};
use crate::status::{self, Violations};

/// Answers for sessions and tokens.
pub(super) struct SignIn {
    web: Web,
    auth: Auth,
}

impl SignIn {
    pub(super) fn new(web: Web, auth: Auth) -> Self {
        Self { web, auth }
    }

    fn regiment(&self) -> &Arc<Regiment> {
        &self.web.regiment
    }

    /// Returns what somebody who is signed in may do now, by the roles that he bears now.
    async fn role_now(&self, session: &Session) -> Result<Role, Status> {
        let Some(user_id) = session.user_id else { return Ok(session.role) };
        let found = match &self.web.discord {
            Some(discord) => discord.role(user_id).await,
            None => Ok(None),
        };
        match found {
            Ok(Some(role)) => Ok(role),
            Ok(None) => {
                self.end(session).await?;
                Err(status::permission_denied(&Refused::NoRole.to_string()))
            }
            Err(refused) => Err(status::away(&refused.to_string())),
        }
    }

    async fn end(&self, session: &Session) -> Result<(), Status> {
        self.regiment().sign_out(session).await.map_err(failed)?;
        self.auth.forget(&session.id.to_string());
        Ok(())
    }
}

#[tonic::async_trait]
impl AuthService for SignIn {
    async fn get_sign_in(
        &self,
        _request: Request<GetSignInRequest>,
    ) -> Result<Response<GetSignInResponse>, Status> {
        let discord_path = self.web.discord.as_ref().map_or("", |_| web::SIGN_IN);
        Ok(Response::new(GetSignInResponse { discord_path: discord_path.to_owned() }))
    }

    async fn who_am_i(
        &self,
        request: Request<WhoAmIRequest>,
    ) -> Result<Response<WhoAmIResponse>, Status> {
        let Principal { name, display_name, role, acting_for, expires_at } =
            Principal::of(&request)?;
        Ok(Response::new(WhoAmIResponse {
            principal: name,
            display_name,
            role: role_out(role).into(),
            acting_for: acting_for
                .map_or_else(String::new, |person| format!("clients/{}", person.user_id)),
            expire_time: expires_at.map(proto_instant),
        }))
    }

    async fn refresh_session(
        &self,
        request: Request<RefreshSessionRequest>,
    ) -> Result<Response<RefreshSessionResponse>, Status> {
        let kind = SecretKind::Refresh;
        let site = &self.web.site;
        let sent = site.cookie(request.metadata().as_ref(), Purpose::Refresh);
        let secret = sent.ok_or_else(|| status::unauthenticated("sign in"))?;
        let (session, role) =
            match self.regiment().presented(kind, &secret).await.map_err(failed)? {
                Presented::Valid(session, _) => {
                    let role = self.role_now(&session).await?;
                    (session, role)
                }
                Presented::Spent(session) => {
                    tracing::warn!(
                        outcome = "replayed",
                        "a refresh cookie came twice: its session ends"
                    );
                    let role = session.role;
                    (session, role)
                }
                Presented::Unknown => return Err(ended()),
            };
        // What was spent before pays for nothing, and ends its session here.
        let renewed = self.regiment().renew(kind, &secret, role).await.map_err(failed)?;
        self.auth.forget(&session.id.to_string());
        let signed_in = renewed.ok_or_else(ended)?;
        let expire_time = signed_in.access.expires_at.map(proto_instant);
        let mut response = Response::new(RefreshSessionResponse { expire_time });
        set(&mut response, site.cookies_of(&signed_in, self.regiment().now()));
        Ok(response)
    }

    async fn sign_out(
        &self,
        request: Request<SignOutRequest>,
    ) -> Result<Response<SignOutResponse>, Status> {
        let site = &self.web.site;
        let kinds =
            [(Purpose::Access, SecretKind::Access), (Purpose::Refresh, SecretKind::Refresh)];
        for (purpose, kind) in kinds {
            let Some(secret) = site.cookie(request.metadata().as_ref(), purpose) else { continue };
            match self.regiment().presented(kind, &secret).await.map_err(failed)? {
                Presented::Valid(session, _) | Presented::Spent(session) => {
                    self.end(&session).await?;
                }
                Presented::Unknown => {}
            }
        }
        let mut response = Response::new(SignOutResponse {});
        set(&mut response, [Purpose::Access, Purpose::Refresh].map(|purpose| site.clear(purpose)));
        Ok(response)
    }

    async fn create_token(
        &self,
        request: Request<CreateTokenRequest>,
    ) -> Result<Response<CreateTokenResponse>, Status> {
        let by = Principal::of(&request)?.staff()?;
        let CreateTokenRequest { role, display_name } = request.into_inner();
        let mut violations = Violations::default();
        let role = violations.check("role", role_in(role));
        violations.done()?;
        let role = role.expect("it was not refused");
        let created = self.regiment().create_token(role, &display_name, &by).await;
        let (token, minted) = created.map_err(|error| status::of(error, ""))?;
        Ok(Response::new(CreateTokenResponse {
            token: Some(token_out(token)),
            secret: minted.secret,
        }))
    }

    async fn list_tokens(
        &self,
        request: Request<ListTokensRequest>,
    ) -> Result<Response<ListTokensResponse>, Status> {
        let ListTokensRequest { page_size, page_token } = request.into_inner();
        let size = page::size(page_size)?;
        let filters = ListTokensRequest::default();
        let after = page::after(&filters, &page_token)?;
        let mut tokens = self.regiment().tokens().await.map_err(failed)?;
        if let Some(after) = after {
            let read = tokens.iter().position(|token| token.id.to_string() == after);
            tokens.drain(..read.map_or(tokens.len(), |at| at + 1));
        }
        let next_page_token = match tokens.get(size) {
            Some(_) => page::token(&filters, &tokens[size - 1].id.to_string()),
            None => String::new(),
        };
        let tokens = tokens.into_iter().take(size).map(token_out).collect();
        Ok(Response::new(ListTokensResponse { tokens, next_page_token }))
    }

    async fn revoke_token(
        &self,
        request: Request<RevokeTokenRequest>,
    ) -> Result<Response<RevokeTokenResponse>, Status> {
        let by = Principal::of(&request)?.staff()?;
        let RevokeTokenRequest { name } = request.into_inner();
        let id = name
            .strip_prefix("tokens/")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| status::invalid("name", &Invalid::new("name", &name, "tokens/{id}")))?;
        if !self.regiment().revoke_token(id, &by).await.map_err(failed)? {
            return Err(status::not_found("no valid token has that id", "UNKNOWN_TOKEN"));
        }
        self.auth.forget(&id.to_string());
        Ok(Response::new(RevokeTokenResponse {}))
    }
}

/// Adds cookies to an answer.
fn set<T>(response: &mut Response<T>, cookies: [http::HeaderValue; 2]) {
    for cookie in cookies {
        let text = cookie.to_str().expect("a cookie of ours is ASCII");
        let value = text.parse().expect("a header's value is one of metadata");
        response.metadata_mut().append("set-cookie", value);
    }
}

fn token_out(token: ApiToken) -> v1::Token {
    let ApiToken { id, role, name, created_at, last_used_at, revoked_at } = token;
    v1::Token {
        name: format!("tokens/{id}"),
        role: role_out(role).into(),
        display_name: name,
        create_time: Some(proto_instant(created_at)),
        last_use_time: last_used_at.map(proto_instant),
        revoke_time: revoked_at.map(proto_instant),
    }
}

const fn role_out(role: Role) -> v1::Role {
    match role {
        Role::Viewer => v1::Role::Viewer,
        Role::Coach => v1::Role::Coach,
        Role::Admin => v1::Role::Admin,
        Role::Bot => v1::Role::Bot,
    }
}

fn role_in(number: i32) -> Result<Role, Invalid> {
    match v1::Role::try_from(number) {
        Ok(v1::Role::Viewer) => Ok(Role::Viewer),
        Ok(v1::Role::Coach) => Ok(Role::Coach),
        Ok(v1::Role::Admin) => Ok(Role::Admin),
        Ok(v1::Role::Bot) => Ok(Role::Bot),
        Ok(v1::Role::Unspecified) | Err(_) => {
            Err(Invalid::new("role", number, "viewer, coach, admin or bot"))
        }
    }
}

fn ended() -> Status {
    status::unauthenticated("the session has ended: sign in again")
}

fn failed(error: regiment_core::regiment::Error) -> Status {
    status::of(error, "")
}
