//! Signing in with Discord, staying signed in, and no longer being it.

use jiff::SignedDuration;
use regiment_core::regiment::Account;
use regiment_core::store;
use regiment_grpc::config::Config;
use regiment_grpc::secret::Secret;
use regiment_proto::v1::{
    GetSignInRequest, GetSignInResponse, RefreshSessionRequest, RefreshSessionResponse, Role,
    SignOutRequest, WhoAmIRequest, WhoAmIResponse,
};
use reqwest::StatusCode;
use tonic::Code;

use crate::browser::{Answered, Browser};
use crate::discord::{BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, Discord, GUILD, PERSON};
use crate::practice::Practice;

const SUNDAY: &str = "2026-03-01T12:00:00Z";

const WHO: &str = "/regiment.v1.AuthService/WhoAmI";
const REFRESH: &str = "/regiment.v1.AuthService/RefreshSession";
const SIGN_OUT: &str = "/regiment.v1.AuthService/SignOut";

/// A practice whose coaches bear role 11, its admins 21 and its viewers 31.
async fn practice() -> (Practice, Discord) {
    let discord = Discord::start().await;
    let api_base = discord.api_base.clone();
    let practice = Practice::open_with(SUNDAY, |config: &mut Config| {
        config.discord.client_id = CLIENT_ID.into();
        config.discord.guild_id = GUILD.into();
        config.discord.coach_role_ids = vec!["11".to_owned()];
        config.discord.admin_role_ids = vec!["21".to_owned()];
        config.discord.viewer_role_ids = vec!["31".to_owned()];
        config.discord.api_base = api_base;
        config.discord_secret = Some(Secret::new(CLIENT_SECRET));
        config.discord_token = Some(Secret::new(BOT_TOKEN));
    })
    .await;
    (practice, discord)
}

fn location(response: &reqwest::Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()["location"].to_str().expect("ASCII").to_owned()
}

/// Goes to Discord and back, and stops before the server's door.
async fn to_discord_and_back(browser: &mut Browser, path: &str) -> String {
    let sent = browser.open(path).await;
    let asked = location(&sent);
    location(&browser.open(&asked).await)
}

/// Signs the person in.
async fn sign_in(practice: &Practice) -> Browser {
    let mut browser = Browser::at(&practice.address);
    let back = to_discord_and_back(&mut browser, "/auth/sign-in").await;
    let welcomed = browser.open(&back).await;
    assert_eq!(location(&welcomed), "/");
    browser
}

async fn who(browser: &mut Browser) -> Answered {
    browser.call(WHO, &WhoAmIRequest {}).await
}

async fn refresh(browser: &mut Browser) -> Answered {
    browser.call(REFRESH, &RefreshSessionRequest {}).await
}

#[tokio::test]
async fn a_coach_signs_in_with_discord_and_is_known() {
    let (practice, discord) = practice().await;
    discord.gives(&["5", "11"]);
    let mut browser = Browser::at(&practice.address);
    let offered = browser.call("/regiment.v1.AuthService/GetSignIn", &GetSignInRequest {}).await;
    let path = offered.message::<GetSignInResponse>().discord_path;
    let back = to_discord_and_back(&mut browser, &format!("{path}?next=/clients/42")).await;
    let welcomed = browser.open(&back).await;
    assert_eq!(location(&welcomed), "/clients/42");
    let set: Vec<_> = welcomed.headers().get_all("set-cookie").iter().collect();
    assert_eq!(set.len(), 3, "access, refresh, and the end of the sign-in's own");
    for cookie in set {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Lax; Path=/; Max-Age="), "{cookie}");
    }
    let known: WhoAmIResponse = who(&mut browser).await.message();
    assert_eq!((known.display_name.as_str(), known.role()), ("Ana", Role::Coach));
    assert_eq!(known.principal, PERSON);
    assert_eq!(known.expire_time.unwrap().seconds, practice.regiment.now().as_second() + 3600);
}

#[tokio::test]
async fn a_browser_that_did_not_ask_is_not_signed_in() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut attacker = Browser::at(&practice.address);
    let back = to_discord_and_back(&mut attacker, "/auth/sign-in").await;
    // The victim opens the address that is the attacker's sign-in: without a cookie, then amid one of his own.
    let mut victim = Browser::at(&practice.address);
    assert_eq!(victim.open(&back).await.status(), StatusCode::BAD_REQUEST);
    victim.open("/auth/sign-in").await;
    assert_eq!(victim.open(&back).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(who(&mut victim).await.status.code(), Code::Unauthenticated);
    // The code alone, with a state of the victim's making, proves nothing at Discord.
    let kept = victim.cookies["regiment-sign-in"].clone();
    let state = kept.split(':').next().unwrap();
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let forged = format!("/auth/callback?code={code}&state={state}");
    assert_eq!(victim.open(&forged).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(who(&mut victim).await.status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut browser = Browser::at(&practice.address);
    let path = "/auth/sign-in?next=https://evil.example/";
    let back = to_discord_and_back(&mut browser, path).await;
    assert_eq!(location(&browser.open(&back).await), "/");
}

#[tokio::test]
async fn a_person_without_a_role_is_turned_away() {
    let (practice, discord) = practice().await;
    for roles in [None, Some(vec![]), Some(vec!["5".to_owned()])] {
        discord.known().roles = roles;
        let mut browser = Browser::at(&practice.address);
        let back = to_discord_and_back(&mut browser, "/auth/sign-in").await;
        let refused = browser.open(&back).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(refused.text().await.unwrap().contains("no role in this practice"));
        assert_eq!(who(&mut browser).await.status.code(), Code::Unauthenticated);
    }
}

#[tokio::test]
async fn roles_are_read_anew_at_every_refresh() {
    let (practice, discord) = practice().await;
    discord.gives(&["21"]);
    let mut browser = sign_in(&practice).await;
    assert_eq!(who(&mut browser).await.message::<WhoAmIResponse>().role(), Role::Admin);
    discord.gives(&["31"]);
    let renewed: RefreshSessionResponse = refresh(&mut browser).await.message();
    assert_eq!(renewed.expire_time.unwrap().seconds, practice.regiment.now().as_second() + 3600);
    assert_eq!(who(&mut browser).await.message::<WhoAmIResponse>().role(), Role::Viewer);
    discord.gives(&["5"]);
    let refused = refresh(&mut browser).await;
    assert_eq!(refused.refused(), (Code::PermissionDenied, "PERMISSION_DENIED".to_owned()));
    assert_eq!(who(&mut browser).await.status.code(), Code::Unauthenticated, "the session ended");
}

#[tokio::test]
async fn while_discord_is_away_nobody_is_renewed_and_nobody_is_thrown_out() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut browser = sign_in(&practice).await;
    discord.known().is_away = true;
    let refused = refresh(&mut browser).await;
    assert_eq!(refused.refused(), (Code::Unavailable, "DISCORD_AWAY".to_owned()));
    discord.known().is_away = false;
    refresh(&mut browser).await.message::<RefreshSessionResponse>();
    who(&mut browser).await.message::<WhoAmIResponse>();
}

#[tokio::test]
async fn a_refresh_cookie_that_comes_twice_ends_its_session() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut victim = sign_in(&practice).await;
    let mut thief = Browser::at(&practice.address);
    thief.cookies = victim.cookies.clone();
    refresh(&mut victim).await.message::<RefreshSessionResponse>();
    who(&mut victim).await.message::<WhoAmIResponse>();
    let replayed = refresh(&mut thief).await;
    assert_eq!(replayed.refused(), (Code::Unauthenticated, "UNAUTHENTICATED".to_owned()));
    for browser in [&mut victim, &mut thief] {
        assert_eq!(who(browser).await.status.code(), Code::Unauthenticated);
        assert_eq!(refresh(browser).await.status.code(), Code::Unauthenticated);
    }
}

#[tokio::test]
async fn access_ends_after_an_hour_and_the_session_after_a_week_without_refresh() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut browser = sign_in(&practice).await;
    let wait = |seconds: i64| {
        practice.clock.set(practice.regiment.now() + SignedDuration::from_secs(seconds));
    };
    wait(3599);
    assert_eq!(who(&mut browser).await.status.code(), Code::Ok);
    wait(1);
    assert_eq!(who(&mut browser).await.status.code(), Code::Unauthenticated);
    wait(7 * 24 * 3600 - 3601);
    refresh(&mut browser).await.message::<RefreshSessionResponse>();
    assert_eq!(who(&mut browser).await.status.code(), Code::Ok);
    wait(7 * 24 * 3600);
    assert_eq!(refresh(&mut browser).await.status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn who_signs_out_is_out_at_once() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut browser = sign_in(&practice).await;
    assert_eq!(who(&mut browser).await.status.code(), Code::Ok);
    let mut copy = Browser::at(&practice.address);
    copy.cookies = browser.cookies.clone();
    assert_eq!(browser.call(SIGN_OUT, &SignOutRequest {}).await.status.code(), Code::Ok);
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    assert_eq!(who(&mut copy).await.status.code(), Code::Unauthenticated);
    assert_eq!(refresh(&mut copy).await.status.code(), Code::Unauthenticated);
    assert_eq!(browser.call(SIGN_OUT, &SignOutRequest {}).await.status.code(), Code::Ok, "twice");
}

#[tokio::test]
async fn pages_of_other_sites_do_nothing_with_the_cookies() {
    let (practice, discord) = practice().await;
    discord.gives(&["11"]);
    let mut browser = sign_in(&practice).await;
    let expected = (Code::PermissionDenied, "WRONG_ORIGIN".to_owned());
    for site in ["cross-site", "same-site", "none"] {
        browser.headers.insert("sec-fetch-site", site.to_owned());
        assert_eq!(who(&mut browser).await.refused(), expected, "{site}");
        assert_eq!(refresh(&mut browser).await.refused(), expected, "{site}");
        let out = browser.call(SIGN_OUT, &SignOutRequest {}).await;
        assert_eq!(out.refused(), expected, "{site}");
    }
    browser.headers.remove("sec-fetch-site");
    assert_eq!(who(&mut browser).await.refused(), expected, "nobody says which page it is");
    browser.headers.insert("origin", "https://evil.example".to_owned());
    assert_eq!(who(&mut browser).await.refused(), expected);
    browser.headers.insert("origin", practice.address.clone());
    assert_eq!(who(&mut browser).await.status.code(), Code::Ok);
}

#[tokio::test]
async fn a_one_time_link_opens_once_and_within_the_hour() {
    let practice = Practice::open(SUNDAY).await;
    let link = async || {
        let account = Account { user_id: None, name: "demo".to_owned(), role: store::Role::Admin };
        let minted = practice.regiment.one_time_link(account).await.expect("a link");
        format!("/auth/link?token={}", minted.secret)
    };
    let path = link().await;
    let mut browser = Browser::at(&practice.address);
    assert_eq!(location(&browser.open(&path).await), "/");
    let known: WhoAmIResponse = who(&mut browser).await.message();
    assert_eq!((known.principal.as_str(), known.role()), ("demo", Role::Admin));
    refresh(&mut browser).await.message::<RefreshSessionResponse>();

    let mut second = Browser::at(&practice.address);
    assert_eq!(second.open(&path).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(who(&mut browser).await.status.code(), Code::Ok, "the first stays signed in");
    let path = link().await;
    practice.clock.set(practice.regiment.now() + SignedDuration::from_hours(1));
    assert_eq!(second.open(&path).await.status(), StatusCode::FORBIDDEN);
    let unset = second.open("/auth/sign-in").await;
    assert_eq!(unset.status(), StatusCode::NOT_FOUND, "Discord is not set up here");
}
