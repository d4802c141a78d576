//! Categories over HTTP, for editors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::context::Delivery;
use super::dto::{CategoryCreate, CategoryPatch, CategoryReplace, EditorCategory, EditorCategoryList};
use super::service;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{Collector, FromQuery, IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::CategoryId;
use crate::kernel::mistakes::Checked;
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;
use crate::kernel::version::Expected;

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(replace).service(update).service(remove);
}

/// Make a category
///
/// At the root, or below `parent_id`. It is public at once. A slug that another category had before, and that still leads there, becomes its own if it
/// is given; one that is made from the name goes around those.
#[utoipa::path(tag = "Categories", operation_id = "createCategory", request_body = CategoryCreate, responses((status = 201, description = "The category.", body = EditorCategory), (status = 409, description = "`slug_taken`.")), security(("bearer" = [])))]
#[post("/v1/editor/categories")]
async fn create(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::ChangeCategories)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    let create = json.check::<CategoryCreate>()?;
    answer::once(service::create(&db, &caller, create, keyed).await?, created)
}

fn created(category: &EditorCategory) -> Result<Kept> {
    Ok(Kept::new(201, category)?.location(format!("/v1/editor/categories/{}", category.id)).version(category.version))
}

/// List categories
///
/// In the order of the tree: each before what lies below it, siblings by position and name.
#[utoipa::path(
    tag = "Categories", operation_id = "listEditorCategories",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of categories.", body = EditorCategoryList)), security(("bearer" = [])),
)]
#[get("/v1/editor/categories")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, delivery: Data<Delivery>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadCategories)?;
    let asked: PageQuery = query.parse()?;
    let page = service::list(&db, &delivery.names, &delivery.cursor_key, asked.limit, asked.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&EditorCategoryList::new(page, asked.limit))
}

/// Get a category
///
/// With the way to it.
#[utoipa::path(tag = "Categories", operation_id = "getEditorCategory", params(("id" = CategoryId, Path, description = "The category.")), responses((status = 200, description = "The category.", body = EditorCategory)), security(("bearer" = [])))]
#[get("/v1/editor/categories/{id}")]
async fn get_one(caller: Caller, id: PathId<CategoryId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadCategories)?;
    let category = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(category.version.unsigned_abs()).json(&category)
}

/// What a category is to become, and the version that it is based on: checked in the order that holds everywhere, 404 before 415, 413, 400, 412 and 422.
async fn opened<T: ToSchema + DeserializeOwned>(
    request: &HttpRequest,
    id: CategoryId,
    db: &Db,
    query: RawQuery,
    body: JsonBody,
) -> Result<(Expected, Checked<T>)> {
    let current = service::get(db, id).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    Ok((expected, json.check()?))
}

/// Replace a category
///
/// All of it; without `slug` it keeps the slug, without `parent_id` it moves to the root. With `If-Match` only if it still has that version.
#[utoipa::path(tag = "Categories", operation_id = "replaceCategory", params(("id" = CategoryId, Path, description = "The category.")), request_body = CategoryReplace, responses((status = 200, description = "The category.", body = EditorCategory), (status = 409, description = "`slug_taken` or `cycle`.")), security(("bearer" = [])))]
#[put("/v1/editor/categories/{id}")]
async fn replace(
    request: HttpRequest,
    caller: Caller,
    id: PathId<CategoryId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ChangeCategories)?;
    let id = id.get()?;
    let (expected, whole) = opened::<CategoryReplace>(&request, id, &db, query, body).await?;
    let category = service::replace(&db, &caller, id, expected, whole).await?;
    answer::editor(StatusCode::OK).version(category.version.unsigned_abs()).json(&category)
}

/// Change a category
///
/// The fields that the merge patch names (RFC 7396). Under another `slug` readers still find it by the former one, until another category takes that. Another `parent_id` moves it with everything below it. With `If-Match` only if it still has
/// that version.
#[utoipa::path(tag = "Categories", operation_id = "updateCategory", params(("id" = CategoryId, Path, description = "The category.")), request_body(content((CategoryPatch = "application/merge-patch+json"), (CategoryPatch = "application/json"))), responses((status = 200, description = "The category.", body = EditorCategory), (status = 409, description = "`slug_taken` or `cycle`.")), security(("bearer" = [])))]
#[patch("/v1/editor/categories/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<CategoryId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ChangeCategories)?;
    let id = id.get()?;
    let (expected, patch) = opened::<CategoryPatch>(&request, id, &db, query, body).await?;
    let category = service::update(&db, &caller, id, expected, patch).await?;
    answer::editor(StatusCode::OK).version(category.version.unsigned_abs()).json(&category)
}

struct Removal {
    reassign_to: Option<CategoryId>,
}

impl FromQuery for Removal {
    fn from_query(q: &mut Collector<'_>) -> Self {
        Self { reassign_to: q.id("reassign_to") }
    }
}

/// Delete a category
///
/// One that articles name by their newest save or by what was or will be published, or in which other categories lie, is in use and stays, unless
/// `reassign_to` says where they go: in all revisions, without another date or version. Its slug, and those that it had before, are free then.
#[utoipa::path(tag = "Categories", operation_id = "deleteCategory", params(("id" = CategoryId, Path, description = "The category."), ("reassign_to" = Option<CategoryId>, Query, description = "The category that its articles and the categories in it go to.", nullable = false)), responses((status = 204, description = "It is gone."), (status = 409, description = "`in_use` or `cycle`."), (status = 422, description = "`invalid`: something would lie too deep.")), security(("bearer" = [])))]
#[delete("/v1/editor/categories/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<CategoryId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ChangeCategories)?;
    let current = service::get(&db, id.get()?).await?;
    let asked: Removal = query.parse()?;
    let expected = conditional::optional(&request)?;
    service::delete(&db, &caller, current.id, expected, asked.reassign_to).await?;
    Ok(answer::no_content())
}
