//! What a coach does to a compiled cycle of meals.

use jiff::civil::Date;
use regiment_core::UserId;
use regiment_core::engine::meals::Basis;
use regiment_core::record::Macros;
use regiment_core::regiment::Regiment;
use regiment_proto::v1;
use regiment_proto::v1::{
    GetPlanRequest, GetPlanResponse, PlanRefeedRequest, PlanRefeedResponse, RecompilePlanRequest,
    RecompilePlanResponse,
};
use tonic::{Request, Response, Status};

use super::{Clients, failed};
use crate::server::auth::Principal;
use crate::server::once::{Asked, act};
use crate::server::{convert, meals};
use crate::status::{self, Violations};

pub(super) async fn get(
    clients: &Clients,
    asked: GetPlanRequest,
) -> Result<GetPlanResponse, Status> {
    let GetPlanRequest { name, date } = asked;
    let mut violations = Violations::default();
    let user_id = violations.check("name", convert::client_name("name", &name));
    let date = violations.check("date", convert::date("date", &date));
    violations.done()?;
    let (user_id, date) = user_id.zip(date).expect("neither was refused");
    Ok(GetPlanResponse { plan: shown(clients, user_id, date).await? })
}

pub(super) async fn recompile(
    clients: &Clients,
    request: Request<RecompilePlanRequest>,
) -> Result<Response<RecompilePlanResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let RecompilePlanRequest { name, cycle_start_date, assigned_template, request_id } = content;
    let asked = Asked { by, method: "RecompilePlan", request_id, content };
    let actor = by.staff()?;
    let mut violations = Violations::default();
    let user_id = violations.check("name", convert::client_name("name", name));
    let start = convert::required_date("cycle_start_date", cycle_start_date);
    let start = violations.check("cycle_start_date", start);
    violations.done()?;
    let (user_id, start) = user_id.zip(start).expect("neither was refused");
    let basis = if *assigned_template { Basis::Assigned } else { Basis::Running };
    let recompile = async |regiment: Regiment| {
        let recompiled = regiment.recompile(user_id, (start, basis), &actor).await;
        recompiled.map_err(|error| status::renamed(error, &[("cycle_start", "cycle_start_date")]))
    };
    let read =
        async || Ok(RecompilePlanResponse { plan: shown(clients, user_id, Some(start)).await? });
    act(&clients.regiment, asked, recompile, read).await
}

pub(super) async fn refeed(
    clients: &Clients,
    request: Request<PlanRefeedRequest>,
) -> Result<Response<PlanRefeedResponse>, Status> {
    let by = &Principal::of(&request)?;
    let content = &request.into_inner();
    let PlanRefeedRequest { name, date, macros, request_id } = content;
    let asked = Asked { by, method: "PlanRefeed", request_id, content };
    let actor = by.staff()?;
    let mut violations = Violations::default();
    let user_id = violations.check("name", convert::client_name("name", name));
    let date = violations.check("date", convert::required_date("date", date));
    let macros = violations.check("macros", read_macros(macros.unwrap_or_default()));
    violations.done()?;
    let ((user_id, date), macros) = user_id.zip(date).zip(macros).expect("none was refused");
    let refeed = async |regiment: Regiment| {
        let planned = regiment.plan_refeed(user_id, (date, macros), &actor).await;
        planned.map_err(|error| status::renamed(error, &[("cycle_start", "date")]))
    };
    let read = async || Ok(PlanRefeedResponse { plan: shown(clients, user_id, Some(date)).await? });
    act(&clients.regiment, asked, refeed, read).await
}

fn read_macros(macros: v1::Macros) -> Result<Macros, regiment_core::Invalid> {
    let v1::Macros { protein, carbs, fats } = macros;
    Macros::new(protein.into(), carbs.into(), fats.into())
}

async fn shown(
    clients: &Clients,
    user_id: UserId,
    date: Option<Date>,
) -> Result<Option<v1::CompiledPlan>, Status> {
    let plan = clients.regiment.plan(user_id, date).await.map_err(failed)?;
    let library = clients.regiment.library();
    Ok(plan.map(|plan| meals::plan(&library, plan)))
}
