//! Redirects over HTTP, for editors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EditorRedirect, EditorRedirectList, RedirectCreate};
use super::service::{self, OnSite};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::RedirectId;
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(remove);
}

/// Make a redirect
///
/// From a path of the site, which is in use or not, to another path of it or to another site. Front ends answer by it (`GET /v1/redirects`) while no article is live at the path and no
/// category stands there. No redirect leads to a path that is redirected itself, be it by hand, or because an article or a category had the slug: whoever would make such a chain is told where
/// that leads. It lies in no category: who is limited to some makes none.
#[utoipa::path(tag = "Redirects", operation_id = "createRedirect", request_body = RedirectCreate, responses((status = 201, description = "The redirect.", body = EditorRedirect), (status = 409, description = "`redirect_exists` or `redirect_chain`.")), security(("bearer" = [])))]
#[post("/v1/editor/redirects")]
async fn create(
    caller: Caller,
    db: Data<Db>,
    delivery: Data<Delivery>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ChangeRedirects)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    let create = json.check::<RedirectCreate>()?;
    answer::once(service::create(&db, &caller, OnSite::of(&delivery), create, keyed).await?, created)
}

impl OnSite {
    fn of(delivery: &Delivery) -> Self {
        Self { url: delivery.site_url.to_string(), locales: delivery.locales.names() }
    }
}

fn created(redirect: &EditorRedirect) -> Result<Kept> {
    Ok(Kept::new(201, redirect)?.location(format!("/v1/editor/redirects/{}", redirect.id)))
}

/// List redirects as editors see them
///
/// By the path that is redirected.
#[utoipa::path(tag = "Redirects", operation_id = "listEditorRedirects", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "A page of redirects.", body = EditorRedirectList)), security(("bearer" = [])))]
#[get("/v1/editor/redirects")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, delivery: Data<Delivery>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ChangeRedirects)?;
    let query: PageQuery = query.parse()?;
    let page = service::list(&db, &delivery.cursor_key, query.limit, query.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&EditorRedirectList::new(page, query.limit))
}

/// Get a redirect
#[utoipa::path(tag = "Redirects", operation_id = "getRedirect", params(("id" = RedirectId, Path, description = "The redirect.")), responses((status = 200, description = "The redirect.", body = EditorRedirect)), security(("bearer" = [])))]
#[get("/v1/editor/redirects/{id}")]
async fn get_one(caller: Caller, id: PathId<RedirectId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ChangeRedirects)?;
    let redirect = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&redirect)
}

/// Delete a redirect
///
/// Its path answers again by what stands there.
#[utoipa::path(tag = "Redirects", operation_id = "deleteRedirect", params(("id" = RedirectId, Path, description = "The redirect.")), responses((status = 204, description = "It is gone.")), security(("bearer" = [])))]
#[delete("/v1/editor/redirects/{id}")]
async fn remove(caller: Caller, id: PathId<RedirectId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ChangeRedirects)?;
    let id = id.get()?;
    service::get(&db, id).await?;
    query.none()?;
    service::delete(&db, &caller, id).await?;
    Ok(answer::no_content())
}
