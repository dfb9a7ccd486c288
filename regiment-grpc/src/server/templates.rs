//! `TemplateService`: validate, convert, call, convert.

mod block;
mod library;
mod meal;

use std::future::Future;
use std::sync::Arc;

use prost::Message;
use regiment_core::record::{MealTemplate, TrainingTemplate};
use regiment_core::regiment::{Edition, Regiment};
use regiment_core::{Invalid, Slug};
use regiment_proto::v1;
use regiment_proto::v1::template_service_server::TemplateService;
use regiment_proto::v1::{
    CreateMealTemplateRequest, CreateMealTemplateResponse, CreateTrainingTemplateRequest,
    CreateTrainingTemplateResponse, GetMealTemplateRequest, GetMealTemplateResponse,
    GetTrainingTemplateRequest, GetTrainingTemplateResponse, ListExercisesRequest,
    ListExercisesResponse, ListFoodsRequest, ListFoodsResponse, ListMealTemplatesRequest,
    ListMealTemplatesResponse, ListTrainingTemplatesRequest, ListTrainingTemplatesResponse,
    PreviewMealsRequest, PreviewMealsResponse, UpdateMealTemplateRequest,
    UpdateMealTemplateResponse, UpdateTrainingTemplateRequest, UpdateTrainingTemplateResponse,
};
use tonic::{Request, Response, Status};

use super::auth::Principal;
use super::once::{Asked, once};
use super::page;
use crate::status::{self, Violations};

/// Answers for the templates and the library.
#[derive(Debug)]
pub(super) struct Templates {
    regiment: Arc<Regiment>,
}

impl Templates {
    pub(super) fn new(regiment: Arc<Regiment>) -> Self {
        Self { regiment }
    }

    async fn meal_template(&self, name: &str, version: i32) -> Result<MealTemplate, Status> {
        let id = id_of("name", name, "mealTemplates/")?;
        let found = match read_version(version)? {
            None => self.library().await?.meal_templates.get(&id).cloned(),
            Some(version) => {
                self.regiment.meal_template_version(&id, version).await.map_err(failed)?
            }
        };
        found.ok_or_else(no_template)
    }

    async fn block(&self, name: &str, version: i32) -> Result<TrainingTemplate, Status> {
        let id = id_of("name", name, "trainingTemplates/")?;
        let found = match read_version(version)? {
            None => self.library().await?.training_templates.get(&id).cloned(),
            Some(version) => {
                self.regiment.training_template_version(&id, version).await.map_err(failed)?
            }
        };
        found.ok_or_else(no_template)
    }

    async fn library(&self) -> Result<Arc<regiment_core::Library>, Status> {
        self.regiment.current_library().await.map_err(failed)
    }

    async fn show_meals(&self, template: MealTemplate) -> Result<Option<v1::MealTemplate>, Status> {
        let assigned = self.regiment.assigned().await.map_err(failed)?;
        Ok(Some(meal::shown(&*self.library().await?, &assigned, template)))
    }

    async fn show_block(
        &self,
        template: TrainingTemplate,
    ) -> Result<Option<v1::TrainingTemplate>, Status> {
        let assigned = self.regiment.assigned().await.map_err(failed)?;
        Ok(Some(block::shown(&assigned, template)))
    }

    /// Saves a meal template once, or only checks it. The draft is made when it is to be saved, so that
    /// a repeated request gets its answer and not a refusal.
    async fn save_meals<R: Message, A: Message + Default>(
        &self,
        asked: Asked<'_, R>,
        (name, validate_only): (&str, bool),
        draft: impl Future<Output = Result<(MealTemplate, Edition), Status>>,
        say: fn(Option<v1::MealTemplate>) -> A,
    ) -> Result<Response<A>, Status> {
        let actor = asked.by.staff()?;
        if validate_only {
            let (template, _) = draft.await?;
            let checked = self.library().await?.adopt_meals(template);
            let checked = checked.map_err(|refused| refused_in("meal_template", &refused))?;
            return Ok(Response::new(say(self.show_meals(checked).await?)));
        }
        let work = async |regiment: Regiment| {
            let (template, edition) = draft.await?;
            let saved = regiment.save_meal_template(template, edition, &actor).await;
            let saved = saved.map_err(|error| status::of(error, "meal_template"))?;
            Ok(say(self.show_meals(saved).await?))
        };
        let read = async {
            let template = self.meal_template(name, 0).await?;
            Ok(say(self.show_meals(template).await?))
        };
        once(&self.regiment, asked, work, read).await
    }

    /// Saves a training block once, or only checks it, as [`Templates::save_meals`] does.
    async fn save_block<R: Message, A: Message + Default>(
        &self,
        asked: Asked<'_, R>,
        (name, validate_only): (&str, bool),
        draft: impl Future<Output = Result<(TrainingTemplate, Edition), Status>>,
        say: fn(Option<v1::TrainingTemplate>) -> A,
    ) -> Result<Response<A>, Status> {
        let actor = asked.by.staff()?;
        if validate_only {
            let (template, _) = draft.await?;
            let checked = self.library().await?.adopt_training(template);
            let checked = checked.map_err(|refused| refused_in("training_template", &refused))?;
            return Ok(Response::new(say(self.show_block(checked).await?)));
        }
        let work = async |regiment: Regiment| {
            let (template, edition) = draft.await?;
            let saved = regiment.save_training_template(template, edition, &actor).await;
            let saved = saved.map_err(|error| status::of(error, "training_template"))?;
            Ok(say(self.show_block(saved).await?))
        };
        let read = async {
            let template = self.block(name, 0).await?;
            Ok(say(self.show_block(template).await?))
        };
        once(&self.regiment, asked, work, read).await
    }
}

#[tonic::async_trait]
impl TemplateService for Templates {
    async fn get_meal_template(
        &self,
        request: Request<GetMealTemplateRequest>,
    ) -> Result<Response<GetMealTemplateResponse>, Status> {
        let GetMealTemplateRequest { name, version } = request.into_inner();
        let template = self.meal_template(&name, version).await?;
        let meal_template = self.show_meals(template).await?;
        Ok(Response::new(GetMealTemplateResponse { meal_template }))
    }

    async fn list_meal_templates(
        &self,
        request: Request<ListMealTemplatesRequest>,
    ) -> Result<Response<ListMealTemplatesResponse>, Status> {
        let mut filters = request.into_inner();
        let page = page::Page::read(&mut filters.page_size, &mut filters.page_token)?;
        let goals = meal::goals(&filters.goals)?;
        let library = self.library().await?;
        let assigned = self.regiment.assigned().await.map_err(failed)?;
        let listed = library.meal_templates.values();
        let listed = listed.filter(|one| goals.is_empty() || goals.contains(&one.goal));
        let (found, next_page_token) =
            page.of(&filters, listed, |template| template.template_id.to_string())?;
        let shown = found.into_iter().cloned();
        let meal_templates = shown.map(|one| meal::shown(&library, &assigned, one)).collect();
        Ok(Response::new(ListMealTemplatesResponse { meal_templates, next_page_token }))
    }

    async fn create_meal_template(
        &self,
        request: Request<CreateMealTemplateRequest>,
    ) -> Result<Response<CreateMealTemplateResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let CreateMealTemplateRequest { meal_template, validate_only, request_id } = content;
        let asked = Asked { by, method: "CreateMealTemplate", request_id, content };
        let from = meal_template.clone().unwrap_or_default();
        let name = format!("mealTemplates/{}", from.template_id);
        let draft = async { Ok((meal::create(&from, &*self.library().await?)?, Edition::First)) };
        let say = |meal_template| CreateMealTemplateResponse { meal_template };
        Box::pin(self.save_meals(asked, (&name, *validate_only), draft, say)).await
    }

    async fn update_meal_template(
        &self,
        request: Request<UpdateMealTemplateRequest>,
    ) -> Result<Response<UpdateMealTemplateResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let UpdateMealTemplateRequest { meal_template, update_mask, validate_only, request_id } =
            content;
        let asked = Asked { by, method: "UpdateMealTemplate", request_id, content };
        let from = meal_template.clone().unwrap_or_default();
        let mask = update_mask.clone().unwrap_or_default().paths;
        let draft = async {
            let held = self.meal_template(&from.name, 0).await?;
            let edition = edition(&from.etag, held.version)?;
            Ok((meal::update(held, &from, &mask, &*self.library().await?)?, edition))
        };
        let say = |meal_template| UpdateMealTemplateResponse { meal_template };
        Box::pin(self.save_meals(asked, (&from.name, *validate_only), draft, say)).await
    }

    async fn get_training_template(
        &self,
        request: Request<GetTrainingTemplateRequest>,
    ) -> Result<Response<GetTrainingTemplateResponse>, Status> {
        let GetTrainingTemplateRequest { name, version } = request.into_inner();
        let template = self.block(&name, version).await?;
        let training_template = self.show_block(template).await?;
        Ok(Response::new(GetTrainingTemplateResponse { training_template }))
    }

    async fn list_training_templates(
        &self,
        request: Request<ListTrainingTemplatesRequest>,
    ) -> Result<Response<ListTrainingTemplatesResponse>, Status> {
        let mut filters = request.into_inner();
        let page = page::Page::read(&mut filters.page_size, &mut filters.page_token)?;
        let library = self.library().await?;
        let assigned = self.regiment.assigned().await.map_err(failed)?;
        let listed = library.training_templates.values();
        let (found, next_page_token) =
            page.of(&filters, listed, |template| template.template_id.to_string())?;
        let shown = found.into_iter().cloned();
        let training_templates = shown.map(|one| block::shown(&assigned, one)).collect();
        Ok(Response::new(ListTrainingTemplatesResponse { training_templates, next_page_token }))
    }

    async fn create_training_template(
        &self,
        request: Request<CreateTrainingTemplateRequest>,
    ) -> Result<Response<CreateTrainingTemplateResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let CreateTrainingTemplateRequest { training_template, validate_only, request_id } =
            content;
        let asked = Asked { by, method: "CreateTrainingTemplate", request_id, content };
        let from = training_template.clone().unwrap_or_default();
        let name = format!("trainingTemplates/{}", from.template_id);
        let draft = async { Ok((block::create(&from, &*self.library().await?)?, Edition::First)) };
        let say = |training_template| CreateTrainingTemplateResponse { training_template };
        Box::pin(self.save_block(asked, (&name, *validate_only), draft, say)).await
    }

    async fn update_training_template(
        &self,
        request: Request<UpdateTrainingTemplateRequest>,
    ) -> Result<Response<UpdateTrainingTemplateResponse>, Status> {
        let by = &Principal::of(&request)?;
        let content = &request.into_inner();
        let UpdateTrainingTemplateRequest {
            training_template,
            update_mask,
            validate_only,
            request_id,
        } = content;
        let asked = Asked { by, method: "UpdateTrainingTemplate", request_id, content };
        let from = training_template.clone().unwrap_or_default();
        let mask = update_mask.clone().unwrap_or_default().paths;
        let draft = async {
            let held = self.block(&from.name, 0).await?;
            let edition = edition(&from.etag, held.version)?;
            Ok((block::update(held, &from, &mask, &*self.library().await?)?, edition))
        };
        let say = |training_template| UpdateTrainingTemplateResponse { training_template };
        Box::pin(self.save_block(asked, (&from.name, *validate_only), draft, say)).await
    }

    async fn preview_meals(
        &self,
        request: Request<PreviewMealsRequest>,
    ) -> Result<Response<PreviewMealsResponse>, Status> {
        library::preview(self, request.into_inner()).await.map(Response::new)
    }

    async fn list_foods(
        &self,
        request: Request<ListFoodsRequest>,
    ) -> Result<Response<ListFoodsResponse>, Status> {
        library::foods(&*self.library().await?, request.into_inner()).map(Response::new)
    }

    async fn list_exercises(
        &self,
        request: Request<ListExercisesRequest>,
    ) -> Result<Response<ListExercisesResponse>, Status> {
        library::exercises(&*self.library().await?, request.into_inner()).map(Response::new)
    }
}

/// Refuses a mask that names a field which can't be written.
fn check_mask(mask: &[String], fields: &[&str], violations: &mut Violations) {
    for path in mask.iter().filter(|path| !fields.contains(&path.as_str())) {
        let accepted = format!("made of {}", fields.join(", "));
        violations.add("update_mask", &Invalid::new("update_mask", path, accepted));
    }
}

/// Reads the id out of a name, such as `mealTemplates/template_a`.
fn id_of<T>(path: &str, name: &str, prefix: &str) -> Result<Slug<T>, Status> {
    let id = name.strip_prefix(prefix).and_then(|id| id.parse().ok());
    id.ok_or_else(|| {
        let accepted = format!("{prefix}{{template_id}}");
        status::invalid(path, &Invalid::new(path, name, accepted))
    })
}

fn read_version(version: i32) -> Result<Option<u32>, Status> {
    match u32::try_from(version) {
        Ok(0) => Ok(None),
        Ok(version) => Ok(Some(version)),
        Err(_) => {
            let refused = Invalid::new("version", version, "0 or a positive number");
            Err(status::invalid("version", &refused))
        }
    }
}

/// Reads which version an update follows; without an etag, the one that is held.
fn edition(etag: &str, held: u32) -> Result<Edition, Status> {
    if etag.is_empty() || etag == held.to_string() {
        Ok(Edition::After(held))
    } else {
        Err(status::stale())
    }
}

fn refused_in(path: &str, refused: &Invalid) -> Status {
    status::invalid(&format!("{path}.{}", refused.field()), refused)
}

fn no_template() -> Status {
    status::not_found("no template has that id and version", "UNKNOWN_TEMPLATE")
}

fn failed(error: regiment_core::regiment::Error) -> Status {
    status::of(error, "")
}
