//! Every method of every service, called by everybody.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use prost::Message as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use regiment_core::regiment::Account;
use regiment_core::store::{Role, SecretKind};
use regiment_grpc::config::Config;
use regiment_proto::v1::Permission;
use tonic::Code;

use crate::browser::{Browser, frame};
use crate::practice::{Practice, TOKEN};

const SUNDAY: &str = "2026-03-01T12:00:00Z";

/// A role of the guild that makes its bearers coaches.
const COACH_ROLE: &str = "11";

/// Whoever may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Anonymous,
    Viewer,
    Coach,
    Admin,
    Bot,
    BotForClient,
    BotForCoach,
    Operator,
    Session,
    Forged,
    Expired,
    Revoked,
}

/// One method, and the message that its caller sends.
pub(crate) struct Method {
    pub(crate) path: String,
    permission: Permission,
    pub(crate) request: DescriptorProto,
}

/// Returns every method of the API; whoever signs out does it last.
pub(crate) fn methods() -> Vec<Method> {
    let files = files();
    let message = |name: &str| {
        let short = name.rsplit('.').next().expect("a name");
        let mut messages = files.iter().flat_map(|file| &file.message_type);
        messages.find(|message| message.name() == short).expect("a message").clone()
    };
    let mut methods = Vec::new();
    for service in files.iter().flat_map(|file| &file.service) {
        for method in &service.method {
            let path = format!("/regiment.v1.{}/{}", service.name(), method.name());
            let declared = regiment_proto::method(&path);
            let declared = declared.unwrap_or_else(|| panic!("{path} declares no permission"));
            let request = message(method.input_type());
            methods.push(Method { path, permission: declared.permission, request });
        }
    }
    // Whoever signs out is nobody afterwards.
    methods.sort_by_key(|method| method.path.ends_with("/SignOut"));
    methods
}

fn files() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(regiment_proto::FILE_DESCRIPTOR_SET).expect("descriptors");
    set.file.into_iter().filter(|file| file.package() == "regiment.v1").collect()
}

/// Who is let through, as the domain says.
fn allowed(permission: Permission) -> BTreeSet<Who> {
    use Who::{Admin, Bot, BotForClient, BotForCoach, Coach, Operator, Session, Viewer};
    let staff = [Coach, Admin, Operator, BotForCoach, Session];
    let signed_in = [staff.as_slice(), &[Viewer, Bot, BotForClient]].concat();
    let some = match permission {
        Permission::Unspecified => Vec::new(),
        Permission::Public => {
            [signed_in.as_slice(), &[Who::Anonymous, Who::Forged, Who::Expired, Who::Revoked]]
                .concat()
        }
        Permission::SignedIn => signed_in,
        Permission::Read => [staff.as_slice(), &[Viewer]].concat(),
        Permission::SelfOrRead => [staff.as_slice(), &[Viewer, BotForClient]].concat(),
        Permission::Coach => staff.to_vec(),
        Permission::Log => [staff.as_slice(), &[BotForClient]].concat(),
        Permission::Admin => vec![Admin, Operator],
        Permission::SelfOrAdmin => vec![Admin, Operator, BotForClient, BotForCoach],
        Permission::Self_ => vec![BotForClient, BotForCoach],
        Permission::Bot => vec![Bot, BotForClient, BotForCoach],
    };
    some.into_iter().collect()
}

pub(crate) async fn token(practice: &Practice, role: Role) -> String {
    let by = regiment_core::record::Actor::System;
    let made = practice.regiment.create_token(role, role.as_str(), &by).await.expect("a token");
    made.1.secret
}

/// Returns a browser for everybody.
async fn everybody(practice: &Practice) -> Vec<(Who, Browser)> {
    let by = regiment_core::record::Actor::System;
    let coach = Account { user_id: None, name: "ana".to_owned(), role: Role::Coach };
    let regiment = &practice.regiment;
    let expired = regiment.sign_in(coach.clone()).await.expect("a session").access.secret;
    practice.clock.set(regiment.now() + SignedDuration::from_hours(1));
    let session = regiment.sign_in(coach).await.expect("a session").access.secret;
    let (revoked, secret) = regiment.create_token(Role::Admin, "old", &by).await.expect("a token");
    regiment.revoke_token(revoked.id, &by).await.expect("it is revoked");
    let bot = token(practice, Role::Bot).await;

    let shows = |token: &str| {
        let mut browser = Browser::at(&practice.address);
        browser.headers.insert("authorization", format!("Bearer {token}"));
        browser
    };
    let acts = |roles: &str| {
        let mut browser = shows(&bot);
        browser.headers.insert("regiment-acting-user", "42".to_owned());
        browser.headers.insert("regiment-acting-roles", roles.to_owned());
        browser
    };
    let signed_in = |secret: String| {
        let mut browser = Browser::at(&practice.address);
        browser.cookies.insert("regiment-access".to_owned(), secret);
        browser
    };
    vec![
        (Who::Anonymous, Browser::at(&practice.address)),
        (Who::Viewer, shows(&token(practice, Role::Viewer).await)),
        (Who::Coach, shows(&token(practice, Role::Coach).await)),
        (Who::Admin, shows(&token(practice, Role::Admin).await)),
        (Who::Bot, shows(&bot)),
        (Who::BotForClient, acts("5, 6")),
        (Who::BotForCoach, acts(&format!("5, {COACH_ROLE}"))),
        (Who::Operator, shows(TOKEN)),
        (Who::Session, signed_in(session)),
        (
            Who::Forged,
            shows("rgt_0000000000000000000000000000000000000000000000000000000000000000"),
        ),
        (Who::Expired, signed_in(expired)),
        (Who::Revoked, shows(&secret.secret)),
    ]
}

/// Opens a practice that counts nobody's calls.
pub(crate) async fn practice() -> Practice {
    Practice::open_with(SUNDAY, |config: &mut Config| {
        config.discord.coach_role_ids = vec![COACH_ROLE.to_owned()];
        let plenty = 1_000_000.try_into().expect("it is positive");
        config.limits.before_sign_in_per_minute = plenty;
        config.limits.per_caller_per_minute = plenty;
    })
    .await
}

#[tokio::test]
async fn every_method_lets_in_whom_its_permission_names_and_nobody_else() {
    let practice = practice().await;
    let mut n_calls = 0;
    for (who, mut browser) in everybody(&practice).await {
        // A stream that is let through would go on.
        browser.headers.insert("grpc-timeout", "500m".to_owned());
        for Method { path, permission, .. } in methods() {
            let code = browser.send(&path, frame(&[])).await.status.code();
            let is_refused = matches!(code, Code::Unauthenticated | Code::PermissionDenied);
            let is_allowed = allowed(permission).contains(&who);
            // What is public may still ask for a cookie.
            let asks_for_more = permission == Permission::Public;
            assert!(is_refused != is_allowed || asks_for_more, "{who:?} {path}: {code:?}");
            let shows_nothing_valid =
                matches!(who, Who::Anonymous | Who::Forged | Who::Expired | Who::Revoked);
            if is_refused && !asks_for_more {
                assert_eq!(code == Code::Unauthenticated, shows_nothing_valid, "{who:?} {path}");
            }
            n_calls += 1;
        }
    }
    assert!(n_calls > 300, "only {n_calls} calls were made");
}

#[tokio::test]
async fn a_client_reaches_nothing_of_another_through_any_method() {
    let practice = practice().await;
    let (_, mut browser) = everybody(&practice)
        .await
        .into_iter()
        .find(|(who, _)| *who == Who::BotForClient)
        .expect("he is among them");
    let messages: Vec<_> = files().into_iter().flat_map(|file| file.message_type).collect();
    let mut n_methods = 0;
    for Method { path, permission, request } in methods() {
        let is_his_own = matches!(
            permission,
            Permission::Log | Permission::SelfOrRead | Permission::SelfOrAdmin | Permission::Self_
        );
        if !is_his_own {
            continue;
        }
        let message = about_43(&request, &messages)
            .unwrap_or_else(|| panic!("{path} does not say whom it is about"));
        let answered = browser.send(&path, frame(&message)).await;
        assert_eq!(answered.status.code(), Code::PermissionDenied, "{path}: {:?}", answered.status);
        n_methods += 1;
    }
    assert!(n_methods >= 18, "only {n_methods} methods were called");
}

/// Writes a request that names client 43, in a field of its own or of a message that it holds.
fn about_43(request: &DescriptorProto, messages: &[DescriptorProto]) -> Option<Vec<u8>> {
    let write = |field: &FieldDescriptorProto, value: &[u8]| {
        let key = u8::try_from(field.number() << 3 | 2).expect("a low number");
        [&[key, u8::try_from(value.len()).expect("it is short")], value].concat()
    };
    let (texts, held): (Vec<_>, Vec<_>) =
        request.field.iter().partition(|field| field.r#type() == Type::String);
    let texts = texts.into_iter().find_map(|field| match field.name() {
        "name" | "client" => Some(write(field, b"clients/43")),
        "user_id" => Some(write(field, b"43")),
        _ => None,
    });
    texts.or_else(|| {
        held.into_iter().find_map(|field| {
            let name = field.type_name().trim_start_matches(".regiment.v1.");
            let held = messages.iter().find(|message| message.name() == name)?;
            Some(write(field, &about_43(held, messages)?))
        })
    })
}

#[tokio::test]
async fn what_does_not_exist_is_refused() {
    let practice = practice().await;
    let mut browser = Browser::at(&practice.address);
    browser.headers.insert("authorization", format!("Bearer {TOKEN}"));
    let unknown = browser.send("/regiment.v1.ClientService/Nothing", frame(&[])).await;
    assert_eq!(unknown.refused(), (Code::PermissionDenied, "PERMISSION_DENIED".to_owned()));
    let unknown = browser.send("/regiment.v2.ClientService/GetClient", frame(&[])).await;
    assert_eq!(unknown.status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn only_the_bot_names_a_person() {
    let practice = practice().await;
    let path = "/regiment.v1.AuthService/WhoAmI";
    for (who, mut browser) in everybody(&practice).await {
        browser.headers.insert("regiment-acting-user", "42".to_owned());
        let code = browser.send(path, frame(&[])).await.status.code();
        let expected = match who {
            Who::Bot | Who::BotForClient | Who::BotForCoach | Who::Operator => Code::Ok,
            Who::Viewer | Who::Coach | Who::Admin | Who::Session => Code::PermissionDenied,
            Who::Anonymous | Who::Forged | Who::Expired | Who::Revoked => Code::Unauthenticated,
        };
        assert_eq!(code, expected, "{who:?}");
        browser.headers.insert("regiment-acting-user", "ana".to_owned());
        let code = browser.send(path, frame(&[])).await.status.code();
        let is_bot = expected == Code::Ok;
        assert!(!is_bot || code == Code::InvalidArgument, "{who:?}: {code:?}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_within_5_seconds_by_other_processes() {
    let practice = practice().await;
    let by = regiment_core::record::Actor::System;
    let (token, minted) =
        practice.regiment.create_token(Role::Viewer, "board", &by).await.expect("a token");
    let mut browser = Browser::at(&practice.address);
    browser.headers.insert("authorization", format!("Bearer {}", minted.secret));
    let path = "/regiment.v1.AuthService/WhoAmI";
    assert_eq!(browser.send(path, frame(&[])).await.status.code(), Code::Ok);
    // As another process does it: this server is not told.
    practice.regiment.revoke_token(token.id, &by).await.expect("it is revoked");
    practice.clock.set(practice.regiment.now() + SignedDuration::from_secs(6));
    assert_eq!(browser.send(path, frame(&[])).await.status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn who_was_let_in_a_moment_ago_is_let_in_while_the_database_is_away() {
    let practice = practice().await;
    let path = "/regiment.v1.AuthService/WhoAmI";
    let mut known = Browser::at(&practice.address);
    known.headers.insert("authorization", format!("Bearer {}", token(&practice, Role::Bot).await));
    assert_eq!(known.send(path, frame(&[])).await.status.code(), Code::Ok);
    let mut stranger = Browser::at(&practice.address);
    let secret = token(&practice, Role::Admin).await;
    stranger.headers.insert("authorization", format!("Bearer {secret}"));
    practice.regiment.store().close().await;
    let wait = |minutes| {
        practice.clock.set(practice.regiment.now() + SignedDuration::from_mins(minutes));
    };
    wait(15);
    assert_eq!(known.send(path, frame(&[])).await.status.code(), Code::Ok);
    let refused = stranger.send(path, frame(&[])).await.refused();
    assert_eq!(refused, (Code::Unavailable, "STORE_UNAVAILABLE".to_owned()));
    wait(1);
    assert_eq!(known.send(path, frame(&[])).await.status.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_token_is_made_listed_and_revoked_and_its_secret_is_kept_nowhere() {
    use regiment_proto::v1::{
        CreateTokenRequest, CreateTokenResponse, ListTokensRequest, ListTokensResponse,
        RevokeTokenRequest,
    };
    let practice = practice().await;
    let mut admin = Browser::at(&practice.address);
    admin.headers.insert("authorization", format!("Bearer {TOKEN}"));
    let role = regiment_proto::v1::Role::Bot.into();
    let asked = CreateTokenRequest { role, display_name: "discord".to_owned() };
    let made = admin.call("/regiment.v1.AuthService/CreateToken", &asked).await;
    let made: CreateTokenResponse = made.message();
    let nameless = CreateTokenRequest { role, display_name: " ".to_owned() };
    let refused = admin.call("/regiment.v1.AuthService/CreateToken", &nameless).await;
    assert_eq!(refused.refused(), (Code::InvalidArgument, "INVALID_FIELD".to_owned()));

    let mut bot = Browser::at(&practice.address);
    bot.headers.insert("authorization", format!("Bearer {}", made.secret));
    let who = "/regiment.v1.AuthService/WhoAmI";
    assert_eq!(bot.send(who, frame(&[])).await.status.code(), Code::Ok);

    let name = made.token.expect("a token").name;
    let revoke = "/regiment.v1.AuthService/RevokeToken";
    let asked = RevokeTokenRequest { name: name.clone() };
    assert_eq!(admin.call(revoke, &asked).await.status.code(), Code::Ok);
    assert_eq!(bot.send(who, frame(&[])).await.status.code(), Code::Unauthenticated, "at once");
    let again = admin.call(revoke, &asked).await.refused();
    assert_eq!(again, (Code::NotFound, "UNKNOWN_TOKEN".to_owned()));
    let listed = admin
        .call("/regiment.v1.AuthService/ListTokens", &ListTokensRequest::default())
        .await
        .message::<ListTokensResponse>();
    assert_eq!(listed.tokens.len(), 1);
    assert!(listed.tokens[0].name == name && listed.tokens[0].revoke_time.is_some());

    let presented = practice.regiment.presented(SecretKind::Access, &made.secret).await.unwrap();
    assert_eq!(presented, regiment_core::store::Presented::Unknown, "a token is no session");
}
