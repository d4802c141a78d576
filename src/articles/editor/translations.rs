//! The translations of an article, over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::articles::dto::translations::EditorTranslationList;
use crate::articles::service::translations::list as of;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{PathId, RawQuery, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::Result;

/// List the translations of an article
///
/// The other articles of its group that are not in the trash, by their languages, whatever of them is live; for authors those that they created. An article joins a group by `translation_of` when it is saved.
#[utoipa::path(tag = "Articles (editors)", operation_id = "listTranslations", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 200, description = "The translations.", body = EditorTranslationList)), security(("bearer" = [])))]
#[get("/v1/editor/articles/{id}/translations")]
pub(super) async fn list(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadArticles)?;
    let data = of(&db, &caller, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&EditorTranslationList { data })
}
