use prost_types::FieldMask;
use regiment_proto::v1;
use regiment_proto::v1::{
    Client, CreateMealTemplateRequest, CreateTrainingTemplateRequest, GetMealTemplateRequest,
    GetTrainingTemplateRequest, Goal, ListExercisesRequest, ListFoodsRequest,
    ListMealTemplatesRequest, ListTrainingTemplatesRequest, Macros, MealTemplate,
    PreviewMealsRequest, TrainingTemplate, UpdateMealTemplateRequest,
    UpdateTrainingTemplateRequest,
};
use tonic::Code;

use crate::errors::check;
use crate::practice::{Practice, recruit};

const SUNDAY: &str = "2026-03-01T12:00:00Z";

impl Practice {
    async fn meals(&self, id: &str, version: i32) -> MealTemplate {
        let asked = GetMealTemplateRequest { name: format!("mealTemplates/{id}"), version };
        let found = self.templates().get_meal_template(asked).await.expect("a template");
        found.into_inner().meal_template.expect("a template")
    }

    async fn block(&self, id: &str) -> TrainingTemplate {
        let asked =
            GetTrainingTemplateRequest { name: format!("trainingTemplates/{id}"), version: 0 };
        let found = self.templates().get_training_template(asked).await.expect("a block");
        found.into_inner().training_template.expect("a block")
    }
}

fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

#[tokio::test]
async fn what_ships_is_listed_page_by_page_with_where_it_is_used() {
    let practice = Practice::open(SUNDAY).await;
    practice.enlist("42").await;
    let mut asked = ListMealTemplatesRequest { page_size: 3, ..Default::default() };
    let mut listed = Vec::new();
    loop {
        let page = practice.templates().list_meal_templates(asked.clone()).await.unwrap();
        let page = page.into_inner();
        listed.extend(page.meal_templates);
        asked.page_token = page.next_page_token;
        if asked.page_token.is_empty() {
            break;
        }
    }
    let ids: Vec<_> = listed.iter().map(|one| one.template_id.as_str()).collect();
    assert_eq!(ids, ["template_a", "template_b", "template_c", "template_d"]);
    let used: Vec<_> = listed.iter().map(|one| one.clients).collect();
    assert_eq!(used, [0, 1, 0, 0]);
    assert!(listed.iter().all(|one| one.days.len() == 7 && !one.ingredients.is_empty()));
    let cut = ListMealTemplatesRequest { goals: vec![Goal::Cut.into()], ..Default::default() };
    let page = practice.templates().list_meal_templates(cut).await.unwrap().into_inner();
    assert!(!page.meal_templates.is_empty() && page.meal_templates.len() < 4);

    let blocks = ListTrainingTemplatesRequest::default();
    let blocks = practice.templates().list_training_templates(blocks).await.unwrap().into_inner();
    let ids: Vec<_> = blocks
        .training_templates
        .iter()
        .map(|one| (one.template_id.as_str(), one.clients))
        .collect();
    assert_eq!(ids, [("steel_block_a", 1), ("steel_block_b", 0), ("steel_block_c", 0)]);
}

#[tokio::test]
async fn a_template_is_saved_as_the_next_version_and_the_earlier_one_stays() {
    let practice = Practice::open(SUNDAY).await;
    let before = practice.meals("template_a", 0).await;
    let change = MealTemplate {
        name: before.name.clone(),
        display_name: "Warrior Bulk II".to_owned(),
        instructions: "not asked for".to_owned(),
        etag: before.etag.clone(),
        ..MealTemplate::default()
    };
    let asked = UpdateMealTemplateRequest {
        meal_template: Some(change),
        update_mask: Some(mask(&["display_name"])),
        request_id: "u-1".to_owned(),
        ..Default::default()
    };
    let after = practice.templates().update_meal_template(asked.clone()).await.unwrap();
    let after = after.into_inner().meal_template.unwrap();
    assert_eq!((after.version, after.display_name.as_str()), (2, "Warrior Bulk II"));
    assert_eq!((&after.days, &after.instructions), (&before.days, &before.instructions));
    let again = practice.templates().update_meal_template(asked.clone()).await.unwrap();
    assert_eq!(again.into_inner().meal_template.unwrap(), after);
    assert_eq!(practice.meals("template_a", 1).await.display_name, before.display_name);
    assert_eq!(practice.meals("template_a", 0).await, after);

    let late = UpdateMealTemplateRequest { request_id: String::new(), ..asked };
    let refused = practice.templates().update_meal_template(late.clone()).await.unwrap_err();
    check(&refused, Code::Aborted, "STALE_ETAG", &[]);
    let strange = UpdateMealTemplateRequest { update_mask: Some(mask(&["version"])), ..late };
    let mut strange = strange;
    strange.meal_template.as_mut().unwrap().etag.clear();
    let refused = practice.templates().update_meal_template(strange).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["update_mask"]);
    let unknown =
        GetMealTemplateRequest { name: "mealTemplates/template_a".to_owned(), version: 9 };
    let refused = practice.templates().get_meal_template(unknown).await.unwrap_err();
    check(&refused, Code::NotFound, "UNKNOWN_TEMPLATE", &[]);
}

#[tokio::test]
async fn a_new_template_is_checked_to_the_item() {
    let practice = Practice::open(SUNDAY).await;
    let shipped = practice.meals("template_a", 0).await;
    let draft = MealTemplate { template_id: "template_e".to_owned(), ..shipped };
    let create = |draft: &MealTemplate, validate_only| CreateMealTemplateRequest {
        meal_template: Some(draft.clone()),
        validate_only,
        ..Default::default()
    };
    let mut wrong = draft.clone();
    wrong.days[1].meals[2].items[0].food_id = "fd_dragon".to_owned();
    let refused =
        practice.templates().create_meal_template(create(&wrong, true)).await.unwrap_err();
    let path = "meal_template.days[1].meals[2].items[0].food_id";
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    let nothing = MealTemplate::default();
    let refused =
        practice.templates().create_meal_template(create(&nothing, false)).await.unwrap_err();
    let paths = ["meal_template.template_id", "meal_template.goal"];
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &paths);

    let checked = practice.templates().create_meal_template(create(&draft, true)).await.unwrap();
    assert_eq!(checked.into_inner().meal_template.unwrap().version, 0);
    let unstored =
        GetMealTemplateRequest { name: "mealTemplates/template_e".to_owned(), version: 0 };
    let refused = practice.templates().get_meal_template(unstored).await.unwrap_err();
    check(&refused, Code::NotFound, "UNKNOWN_TEMPLATE", &[]);
    // An id says which food it is.
    let mut nameless = draft.clone();
    nameless.days[0].meals[0].items[0].food.clear();
    let created =
        practice.templates().create_meal_template(create(&nameless, false)).await.unwrap();
    let created = created.into_inner().meal_template.unwrap();
    assert_eq!((created.version, &created.days), (1, &draft.days));
    let refused =
        practice.templates().create_meal_template(create(&draft, false)).await.unwrap_err();
    check(&refused, Code::AlreadyExists, "EXISTS", &[]);
}

#[tokio::test]
async fn a_block_is_created_changed_and_checked() {
    let practice = Practice::open(SUNDAY).await;
    let shipped = practice.block("steel_block_a").await;
    let draft = TrainingTemplate { template_id: "steel_block_d".to_owned(), ..shipped.clone() };
    let asked = CreateTrainingTemplateRequest {
        training_template: Some(draft.clone()),
        ..Default::default()
    };
    let created = practice.templates().create_training_template(asked).await.unwrap();
    let created = created.into_inner().training_template.unwrap();
    assert_eq!((created.version, &created.schedule), (1, &shipped.schedule));

    let mut wrong = created.clone();
    wrong.schedule[0].exercises[1].exercise_id = "ex_zz_999".to_owned();
    let update = |template: TrainingTemplate| UpdateTrainingTemplateRequest {
        training_template: Some(template),
        update_mask: Some(mask(&["schedule"])),
        ..Default::default()
    };
    let refused = practice.templates().update_training_template(update(wrong)).await.unwrap_err();
    let path = "training_template.schedule[0].exercises[1].exercise_id";
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);
    let mut many = created.clone();
    many.schedule[0].exercises[0].sets = 256;
    let refused = practice.templates().update_training_template(update(many)).await.unwrap_err();
    let path = "training_template.schedule[0].exercises[0].sets";
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &[path]);

    let mut longer = created.clone();
    longer.schedule[0].exercises[0].sets += 1;
    let saved =
        practice.templates().update_training_template(update(longer.clone())).await.unwrap();
    let saved = saved.into_inner().training_template.unwrap();
    assert_eq!((saved.version, &saved.schedule), (2, &longer.schedule));
    assert_eq!(practice.block("steel_block_d").await, saved);
}

#[tokio::test]
async fn days_are_previewed_for_a_client_and_nothing_is_stored() {
    let practice = Practice::open(SUNDAY).await;
    let client = Client {
        allergens: vec!["fish".to_owned()],
        meal_template_id: String::new(),
        ..recruit("42")
    };
    let asked = v1::CreateClientRequest { client: Some(client), ..Default::default() };
    practice.clients().create_client(asked).await.unwrap();
    let of_client = PreviewMealsRequest {
        meal_template_id: "template_b".to_owned(),
        client: "clients/42".to_owned(),
        day_indexes: vec![7, 1],
        ..Default::default()
    };
    let seen = practice.templates().preview_meals(of_client.clone()).await.unwrap().into_inner();
    let days: Vec<_> = seen.days.iter().map(|day| day.day_index).collect();
    assert_eq!(days, [7, 1]);
    let held = seen.days[0].totals.unwrap();
    assert!((held.protein - 180).abs() <= 9 && (held.fats - 60).abs() <= 3, "{held:?}");
    assert!(seen.days[0].gaps.is_empty());
    assert_eq!(seen.allergens, ["fish"]);

    let mut draft = practice.meals("template_b", 0).await;
    draft.days.truncate(1);
    let other = PreviewMealsRequest {
        meal_template: Some(draft),
        macros: Some(Macros { protein: 150, carbs: 250, fats: 70 }),
        day_indexes: vec![2],
        ..Default::default()
    };
    let seen = practice.templates().preview_meals(other).await.unwrap().into_inner();
    let held = seen.days[0].totals.unwrap();
    assert!((held.carbs - 250).abs() <= 13, "{held:?}");

    let wrong = PreviewMealsRequest { client: String::new(), day_indexes: vec![8], ..of_client };
    let refused = practice.templates().preview_meals(wrong).await.unwrap_err();
    check(&refused, Code::InvalidArgument, "INVALID_FIELD", &["macros", "day_indexes"]);
}

#[tokio::test]
async fn the_library_is_searched_by_name() {
    let practice = Practice::open(SUNDAY).await;
    let all =
        |page_token: String| ListFoodsRequest { page_size: 50, page_token, ..Default::default() };
    let mut foods = Vec::new();
    let mut token = String::new();
    loop {
        let page = practice.templates().list_foods(all(token)).await.unwrap().into_inner();
        foods.extend(page.foods);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert!(foods.len() >= 120, "{}", foods.len());
    assert!(foods.is_sorted_by(|one, next| one.display_name <= next.display_name));
    let oats = ListFoodsRequest { query: "OATS".to_owned(), ..Default::default() };
    let found = practice.templates().list_foods(oats).await.unwrap().into_inner().foods;
    assert!(found.iter().any(|food| food.display_name == "Oats, dry"), "{found:?}");
    let squats = ListExercisesRequest { query: "squat".to_owned(), ..Default::default() };
    let found = practice.templates().list_exercises(squats).await.unwrap().into_inner().exercises;
    assert!(found.iter().any(|exercise| exercise.exercise_id == "ex_sq_001"), "{found:?}");
}
