//! What somebody writes and has not saved, over HTTP. It is kept by `autosave=true` of the operations that save.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete, get};

use crate::articles::dto::autosave::Autosave;
use crate::articles::service::{autosave, version};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{PathId, RawQuery, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::Result;

/// Get your autosave of an article
///
/// What you wrote last with `autosave=true` and have not saved, also while the article lies in the trash. There is none once you save the article.
#[utoipa::path(tag = "Articles (editors)", operation_id = "getAutosave", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 200, description = "What you wrote.", body = Autosave)), security(("bearer" = [])))]
#[get("/v1/editor/articles/{id}/autosave")]
pub(super) async fn get_one(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let kept = autosave::get(&db, &caller, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&kept)
}

/// Discard your autosave of an article
///
/// The article itself stays as it is.
#[utoipa::path(tag = "Articles (editors)", operation_id = "deleteAutosave", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 204, description = "It is gone.")), security(("bearer" = [])))]
#[delete("/v1/editor/articles/{id}/autosave")]
pub(super) async fn discard(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    version(&db, &caller, id).await?;
    query.none()?;
    autosave::discard(&db, &caller, id).await?;
    Ok(answer::no_content())
}
