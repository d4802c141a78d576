//! Releases over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{Release, ReleaseCreate, ReleaseEntry, ReleaseList, ReleaseMember, ReleasePatch};
use super::service::{self, Added};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional, path_parameter};
use crate::kernel::caller::Caller;
use crate::kernel::id::{PublicationId, ReleaseId};
use crate::kernel::page::CursorKey;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update).service(cancel).service(add).service(remove);
}

/// Make a release
///
/// It holds nothing yet. Without a date it gathers what is to be published together; with one, whatever is added is scheduled for that instant.
#[utoipa::path(tag = "Releases", operation_id = "createRelease", request_body = ReleaseCreate, responses((status = 201, description = "The release.", body = Release), (status = 409, description = "`past_is_history`.")), security(("bearer" = [])))]
#[post("/v1/editor/releases")]
async fn create(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::Release)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    answer::once(service::create(&db, &caller, json.check()?, keyed).await?, created)
}

fn created(release: &Release) -> Result<Kept> {
    let path = format!("/v1/editor/releases/{}", release.summary.id);
    Ok(Kept::new(201, release)?.location(path).version(release.summary.version))
}

/// List releases
///
/// The newest first, without what belongs to them.
#[utoipa::path(tag = "Releases", operation_id = "listReleases", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Releases.", body = ReleaseList)), security(("bearer" = [])))]
#[get("/v1/editor/releases")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadReleases)?;
    let query: PageQuery = query.parse()?;
    let page = service::list(&db, &key, query.limit, query.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&ReleaseList::new(page, query.limit))
}

/// Get a release
///
/// With what belongs to it.
#[utoipa::path(tag = "Releases", operation_id = "getRelease", params(("id" = ReleaseId, Path, description = "The release.")), responses((status = 200, description = "The release.", body = Release)), security(("bearer" = [])))]
#[get("/v1/editor/releases/{id}")]
async fn get_one(caller: Caller, id: PathId<ReleaseId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadReleases)?;
    let release = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(release.summary.version.unsigned_abs()).json(&release)
}

/// Change a release
///
/// Another date moves all of it, or nothing: 409 `release_clash` names each publication that stands against it in `clashes`. With its first date what it holds
/// becomes publications, each of the save that it `would_show`: a later one in `not_followed` is not approved by that. With `null` they are held again. An instant that has passed puts
/// all of it before the public now, as for a publication.
///
/// What lies in the trash moves and goes with its release all the same, and begins if it is restored before; this is the one change of it there besides restoring and purging. What
/// is held of it becomes no publication: it is a clash, `trashed`, until it is restored or taken out.
#[utoipa::path(tag = "Releases", operation_id = "updateRelease", params(("id" = ReleaseId, Path, description = "The release.")), request_body(content((ReleasePatch = "application/merge-patch+json"), (ReleasePatch = "application/json"))), responses((status = 200, description = "The release.", body = Release), (status = 409, description = "`release_clash`; of one that holds nothing `already_live` or `past_is_history`.")), security(("bearer" = [])))]
#[patch("/v1/editor/releases/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ReleaseId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Release)?;
    let id = id.get()?;
    let current = service::version(&db, id).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current)?;
    let release = service::update(&db, &caller, id, expected, json.check::<ReleasePatch>()?).await?;
    answer::editor(StatusCode::OK).version(release.summary.version.unsigned_abs()).json(&release)
}

/// Call off a release
///
/// With all that it would publish, also what lies in the trash. One that has begun stays, as what was published together.
#[utoipa::path(tag = "Releases", operation_id = "deleteRelease", params(("id" = ReleaseId, Path, description = "The release.")), responses((status = 204, description = "It is called off."), (status = 409, description = "`already_live` or `release_clash`.")), security(("bearer" = [])))]
#[delete("/v1/editor/releases/{id}")]
async fn cancel(request: HttpRequest, caller: Caller, id: PathId<ReleaseId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Release)?;
    let id = id.get()?;
    service::version(&db, id).await?;
    query.none()?;
    service::cancel(&db, &caller, id, conditional::optional(&request)?).await?;
    Ok(answer::no_content())
}

/// Add an article to a release
///
/// If that has a date, the article is scheduled for it; else when it gets one. Without `revision` it is bound to the newest save, whoever made it, and moves on with each later save by
/// somebody who may publish the article, also while the release has no date. Saves by others wait in `not_followed`; to approve one, save the article or take it out and add it again.
/// The `ETag` is the release's. An article is in a release once, and not while it is in the trash.
#[utoipa::path(tag = "Releases", operation_id = "addReleasePublication", params(("id" = ReleaseId, Path, description = "The release.")), request_body = ReleaseMember, responses((status = 201, description = "What was added.", body = ReleaseEntry), (status = 409, description = "`in_release`, `release_full` or `already_live`; what scheduling answers: `publication_instant_taken`, `embargoed`, `slug_taken`, `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/releases/{id}/publications")]
async fn add(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ReleaseId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Release)?;
    let id = id.get()?;
    service::version(&db, id).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    let keyed = key.of(&caller, json.bytes(), added)?;
    answer::once(service::add(&db, &caller, id, expected, json.check::<ReleaseMember>()?, keyed).await?, added)
}

fn added(added: &Added) -> Result<Kept> {
    let path = format!("/v1/editor/releases/{}", added.release.summary.id);
    Ok(Kept::new(201, &added.entry)?.location(path).version(added.release.summary.version))
}

/// Take an article out of a release
///
/// It is not published at that instant any more; also while the article is in the trash. `unpublishArticle` takes out what it calls off, and purging an article takes it out everywhere.
#[utoipa::path(tag = "Releases", operation_id = "removeReleasePublication", params(("id" = ReleaseId, Path, description = "The release."), ("publication_id" = PublicationId, Path, description = "What belongs to it.")), responses((status = 204, description = "It is out."), (status = 409, description = "`already_live` or `starting`.")), security(("bearer" = [])))]
#[delete("/v1/editor/releases/{id}/publications/{publication_id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<ReleaseId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Release)?;
    let release = service::get(&db, id.get()?).await?;
    let publication: PublicationId = path_parameter(&request, "publication_id")?;
    if release.publications.iter().all(|entry| entry.id != publication) {
        return Err(Problem::not_found());
    }
    query.none()?;
    service::remove(&db, &caller, release.summary.id, publication, conditional::optional(&request)?).await?;
    Ok(answer::no_content())
}
