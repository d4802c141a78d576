//! Why an article is or is not live, over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::articles::dto::visibility::Visibility;
use crate::articles::service::visibility::{Place, of};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::{PathId, RawQuery, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::Result;

/// Say why an article is or is not live
///
/// At this instant or another one: what readers get, why, what happens next, and whether they really could see it. As things stand: `at` in the past shows backdated
/// publications from their start on, which `readers_saw` tells apart. When the article was in the trash it is `trashed` then, also after it was restored.
#[utoipa::path(
    tag = "Articles (editors)", operation_id = "getArticleVisibility",
    params(
        ("id" = ArticleId, Path, description = "The article."),
        ("at" = Option<String>, Query, max_length = 60, description = "The instant; now unless said. With an offset, or local together with `time_zone`.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "The IANA zone of a local time.", nullable = false),
    ),
    responses((status = 200, description = "What readers get, and why.", body = Visibility)), security(("bearer" = [])),
)]
#[get("/v1/editor/articles/{id}/visibility")]
pub(super) async fn get_visibility(
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    delivery: Data<Delivery>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ReadPublications)?;
    let id = id.get()?;
    super::service::version(&db, &caller, id).await?;
    let mut q = query.collect();
    let zone = q.zone("time_zone");
    let at = q.moment("at", zone.as_ref());
    q.finish()?;
    let place = Place { locales: delivery.locales.clone(), site_url: delivery.site_url.to_string() };
    answer::editor(StatusCode::OK).json(&of(&db, &caller, id, at, place).await?)
}
