//! Preview links over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{NewPreviewLink, PreviewLink, PreviewLinkCreate, PreviewLinkList};
use super::service::{self, Previews};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::PreviewLinkId;
use crate::kernel::page::CursorKey;
use crate::kernel::problem::Result;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(revoke);
}

/// Make a preview link
///
/// It lets whoever has it look at one article, or at the whole site, as of `at` or of now, or at newest saves by `drafts`, without a login: below `/v1/preview`, with its token as the
/// parameter `preview` or the header `Dateline-Preview`. What it shows cannot be widened. A link to the whole
/// site leaves out, of everything, what is under embargo until then, unless it is live. An article is there by
/// its id and by its own slugs, which are looked up in its own language; one that it had before leads on to the present one. The path in `url` is that of the revision that is shown at `at`, or of the newest save if none is.
#[utoipa::path(tag = "Preview", operation_id = "createPreviewLink", request_body = PreviewLinkCreate, responses((status = 201, description = "The link, with its token.", body = NewPreviewLink)), security(("bearer" = [])))]
#[post("/v1/editor/preview-links")]
async fn create(
    caller: Caller,
    db: Data<Db>,
    previews: Data<Previews>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::SharePreview)?;
    let json = body.json_or_empty(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let new = previews.create(&db, &caller, json.check()?).await?;
    answer::editor(StatusCode::CREATED).location(&format!("/v1/editor/preview-links/{}", new.link.id)).json(&new)
}

/// List preview links
///
/// Those that are still good, the newest first, without their tokens.
#[utoipa::path(tag = "Preview", operation_id = "listPreviewLinks", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Links.", body = PreviewLinkList)), security(("bearer" = [])))]
#[get("/v1/editor/preview-links")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::SharePreview)?;
    let query: PageQuery = query.parse()?;
    let page = service::list(&db, &key, query.limit, query.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&PreviewLinkList::new(page, query.limit))
}

/// Get a preview link
///
/// While it is good; without its token.
#[utoipa::path(tag = "Preview", operation_id = "getPreviewLink", params(("id" = PreviewLinkId, Path, description = "The link.")), responses((status = 200, description = "The link.", body = PreviewLink)), security(("bearer" = [])))]
#[get("/v1/editor/preview-links/{id}")]
async fn get_one(caller: Caller, id: PathId<PreviewLinkId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::SharePreview)?;
    let link = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&link)
}

/// Revoke a preview link
///
/// From the answer on nobody sees anything by it, on any node.
#[utoipa::path(tag = "Preview", operation_id = "deletePreviewLink", params(("id" = PreviewLinkId, Path, description = "The link.")), responses((status = 204, description = "It is revoked.")), security(("bearer" = [])))]
#[delete("/v1/editor/preview-links/{id}")]
async fn revoke(caller: Caller, id: PathId<PreviewLinkId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::SharePreview)?;
    let id = id.get()?;
    service::get(&db, id).await?;
    query.none()?;
    service::revoke(&db, &caller, id).await?;
    Ok(answer::no_content())
}
