//! What a person does for himself: he enlists, asks to be excused, chooses a plan, and sets what is his to set.

use regiment_core::UserId;
use regiment_core::calendar::Zone;
use regiment_core::engine::onboarding::{self, Form};
use regiment_core::record::ClientProfile;
use regiment_core::regiment::{Enlisted, Regiment};
use regiment_core::{Invalid, Slug};
use regiment_proto::v1;
use regiment_proto::v1::{
    ChoosePlanRequest, ChoosePlanResponse, EnlistRequest, EnlistResponse, GetSettingsRequest,
    GetSettingsResponse, RequestExcuseRequest, RequestExcuseResponse, Settings,
    UpdateSettingsRequest, UpdateSettingsResponse,
};
use tonic::{Request, Response, Status};

use super::{Clients, excuses, failed, form};
use crate::server::auth::Principal;
use crate::server::convert::{self, Twin as _};
use crate::server::once::{Asked, act, once};
use crate::status::{self, Violations};

pub(super) async fn enlist(
    clients: &Clients,
    request: Request<EnlistRequest>,
) -> Result<Response<EnlistResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let asked = Asked { by, method: "Enlist", request_id: &content.request_id, content };
    let user_id: UserId =
        content.user_id.parse().map_err(|refused| status::invalid("user_id", &refused))?;
    by.check_himself(user_id)?;
    let enlist = async |regiment: Regiment| {
        let enlisted = regiment.enlist(&typed(content)).await;
        let enlisted =
            enlisted.map_err(|error| status::renamed(error, &[("name", "display_name")]))?;
        Ok(match enlisted {
            Enlisted::Pending(profile) => standing(&profile, false),
            Enlisted::Known(profile) => standing(&profile, true),
        })
    };
    let read = async { Ok(standing(&clients.find(user_id).await?, false)) };
    once(&clients.regiment, asked, enlist, read).await
}

pub(super) async fn request_excuse(
    clients: &Clients,
    request: Request<RequestExcuseRequest>,
) -> Result<Response<RequestExcuseResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let RequestExcuseRequest { name, span, request_id } = content;
    let asked = Asked { by, method: "RequestExcuse", request_id, content };
    let user_id = convert::user_id("name", name)?;
    by.check_himself(user_id)?;
    let mut violations = Violations::default();
    let span = excuses::read_span(span.clone().unwrap_or_default(), &mut violations);
    violations.done()?;
    let span = &span.expect("nothing of it was refused");
    let ask = async |regiment: Regiment| {
        regiment.ask_excuse(user_id, span.clone()).await.map_err(excuses::refused)
    };
    let read = async || {
        let waiting = clients.regiment.requests(user_id).await.map_err(failed)?;
        let asked = waiting.into_iter().find(|waiting| {
            (waiting.from, waiting.until) == (span.from, span.until)
                && waiting.streams == span.streams
                && waiting.item == span.item
        });
        Ok(RequestExcuseResponse { excuse_request: asked.map(excuses::shown) })
    };
    act(&clients.regiment, asked, ask, read).await
}

pub(super) async fn choose_plan(
    clients: &Clients,
    request: Request<ChoosePlanRequest>,
) -> Result<Response<ChoosePlanResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let ChoosePlanRequest { name, cycle_start_date, meal_template_id, request_id } = content;
    let asked = Asked { by, method: "ChoosePlan", request_id, content };
    let user_id = convert::user_id("name", name)?;
    by.check_himself(user_id)?;
    let mut violations = Violations::default();
    let start = convert::required_date("cycle_start_date", cycle_start_date);
    let start = violations.check("cycle_start_date", start);
    let template = violations.check("meal_template_id", meal_template_id.parse::<Slug<_>>());
    violations.done()?;
    let (start, template) = start.zip(template).expect("neither was refused");
    let choose = async |regiment: Regiment| {
        let chosen = regiment.choose_plan(user_id, start, template.clone()).await;
        chosen.map_err(|error| status::renamed(error, &[("template_id", "meal_template_id")]))
    };
    act(&clients.regiment, asked, choose, async || Ok(ChoosePlanResponse {})).await
}

pub(super) async fn settings(
    clients: &Clients,
    request: Request<GetSettingsRequest>,
) -> Result<GetSettingsResponse, Status> {
    let by = Principal::of(&request)?;
    let user_id = convert::user_id("name", &request.into_inner().name)?;
    by.check_himself(user_id)?;
    Ok(GetSettingsResponse { settings: Some(shown(clients.find(user_id).await?)) })
}

pub(super) async fn update_settings(
    clients: &Clients,
    request: Request<UpdateSettingsRequest>,
) -> Result<Response<UpdateSettingsResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let asked = Asked { by, method: "UpdateSettings", request_id: &content.request_id, content };
    let from = &content.settings.clone().unwrap_or_default();
    let user_id = convert::user_id("settings.name", &from.name)?;
    by.check_himself(user_id)?;
    let mask = content.update_mask.clone().unwrap_or_default().paths;
    let mut violations = Violations::default();
    let changes = &changes(from, &mask, &mut violations);
    violations.done()?;
    let set = async |regiment: Regiment| {
        clients.find_at(&from.name, &from.etag).await?;
        let set = regiment.set(user_id, changes.clone()).await;
        set.map_err(|error| status::of(error, "settings"))
    };
    let read =
        async || Ok(UpdateSettingsResponse { settings: Some(shown(clients.find(user_id).await?)) });
    act(&clients.regiment, asked, set, read).await
}

/// Writes a request as the form that the person filled in.
fn typed(asked: &EnlistRequest) -> Form {
    let EnlistRequest {
        user_id,
        display_name,
        email,
        age,
        gender,
        height_cm,
        weight_kg,
        timezone_offset,
        goal: _,
        photo_url,
        guild_id,
        request_id: _,
    } = asked;
    form::form(&v1::Client {
        user_id: user_id.clone(),
        display_name: display_name.clone(),
        email: email.clone(),
        age: *age,
        gender: gender.clone(),
        height_cm: *height_cm,
        weight_kg: *weight_kg,
        timezone_offset: timezone_offset.clone(),
        goal: asked.goal().into(),
        photo_url: photo_url.clone(),
        guild_id: guild_id.clone(),
        ..v1::Client::default()
    })
}

fn standing(profile: &ClientProfile, was_known: bool) -> EnlistResponse {
    EnlistResponse {
        name: format!("clients/{}", profile.user_id),
        was_known,
        status: v1::ClientStatus::from_record(profile.status).into(),
        paused: profile.paused,
        start_date: profile.start_date.to_string(),
    }
}

/// Reads the masked settings; without a mask, every populated one.
fn changes(from: &Settings, mask: &[String], violations: &mut Violations) -> onboarding::Settings {
    let Settings { public_callout_opt_in, honors_opt_in, alias, timezone_offset, .. } = from;
    let populated = [
        ("timezone_offset", !timezone_offset.is_empty()),
        ("public_callout_opt_in", *public_callout_opt_in),
        ("honors_opt_in", *honors_opt_in),
        ("alias", !alias.is_empty()),
    ];
    for path in mask {
        if !populated.iter().any(|(field, _)| field == path) {
            let accepted = format!("made of {}", populated.map(|(field, _)| field).join(", "));
            violations.add("update_mask", &Invalid::new("update_mask", path, accepted));
        }
    }
    let [zone, callout, honors, named] = populated.map(|(field, is_populated)| {
        if mask.is_empty() { is_populated } else { mask.iter().any(|path| path == field) }
    });
    let zone = zone.then(|| Zone::parse(timezone_offset)).transpose();
    onboarding::Settings {
        public_callout_opt_in: callout.then_some(*public_callout_opt_in),
        honors_opt_in: honors.then_some(*honors_opt_in),
        alias: named.then(|| alias.clone()),
        timezone_offset: violations.check("settings.timezone_offset", zone).flatten(),
    }
}

fn shown(profile: ClientProfile) -> Settings {
    Settings {
        name: format!("clients/{}", profile.user_id),
        timezone_offset: profile.timezone_offset.to_string(),
        public_callout_opt_in: profile.public_callout_opt_in,
        honors_opt_in: profile.honors_opt_in,
        alias: profile.alias.unwrap_or_default(),
        etag: profile.version.to_string(),
    }
}
