//! The history of an article over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::restored;
use crate::articles::dto::EditorArticle;
use crate::articles::dto::history::{Revision, RevisionDiff, RevisionList};
use crate::articles::service::history::{self, Asked};
use crate::articles::service::{self, Site};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::{IdempotencyKey, PageQuery, PathId, PathNumber, RawQuery, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::page::ListParameters;
use crate::kernel::problem::Result;

/// The greatest number that `against` takes.
const MOST: u32 = 2_147_483_647;

/// List the revisions of an article
///
/// Its saves, the newest first, without what they hold; also while it lies in the trash. `live` is the one that readers get now. Where the setting
/// `REVISIONS_KEPT_DAYS` is given, older ones go that are not the newest, have no note, and that no publication names, nor waits for; their numbers stay free.
#[utoipa::path(
    tag = "History", operation_id = "listRevisions",
    params(
        ("id" = ArticleId, Path, description = "The article."),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of revisions.", body = RevisionList)), security(("bearer" = [])),
)]
#[get("/v1/editor/articles/{id}/revisions")]
pub(super) async fn list(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    delivery: Data<Delivery>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ReadArticles)?;
    let id = id.get()?;
    service::version(&db, &caller, id).await?;
    let PageQuery { limit, cursor } = query.parse()?;
    let parameters = ListParameters::of("listRevisions").with("article_id", Some(&id.to_string()));
    let page = history::list(&db, &delivery.cursor_key, id, Asked { parameters, limit, cursor }).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&RevisionList::new(page, limit))
}

/// Get a revision
///
/// All of the article's content as it was saved. It never changes, but for categories that were given to another one by `reassign_to`.
#[utoipa::path(
    tag = "History", operation_id = "getRevision",
    params(
        ("id" = ArticleId, Path, description = "The article."),
        ("n" = i64, Path, minimum = 1, maximum = 2_147_483_647, description = "The number of the revision."),
    ),
    responses((status = 200, description = "The revision.", body = Revision)), security(("bearer" = [])),
)]
#[get("/v1/editor/articles/{id}/revisions/{n}")]
pub(super) async fn get_one(
    caller: Caller,
    id: PathId<ArticleId>,
    number: PathNumber,
    db: Data<Db>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ReadArticles)?;
    let revision = history::get(&db, &caller, id.get()?, number.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&revision)
}

/// Compare a revision with another one
///
/// Which fields became what from `against` to this revision; of title, excerpt and body also in which words. Without `against` it is compared with the one before that is kept; the first
/// one with nothing, so that all that it holds is new and `from` is `null`. What takes long is told less finely, as `granularity` says.
#[utoipa::path(
    tag = "History", operation_id = "diffRevision",
    params(
        ("id" = ArticleId, Path, description = "The article."),
        ("n" = i64, Path, minimum = 1, maximum = 2_147_483_647, description = "The number of the revision."),
        ("against" = Option<i64>, Query, minimum = 1, maximum = 2_147_483_647, description = "The number of the revision that it is compared with, which may be a later one; the one before that is kept unless said.", nullable = false),
    ),
    responses((status = 200, description = "In what they differ.", body = RevisionDiff)), security(("bearer" = [])),
)]
#[get("/v1/editor/articles/{id}/revisions/{n}/diff")]
pub(super) async fn diff(caller: Caller, id: PathId<ArticleId>, number: PathNumber, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadArticles)?;
    let (id, number) = (id.get()?, number.get()?);
    history::check(&db, &caller, id, number).await?;
    let mut q = query.collect();
    let against = q.number("against", 1, MOST).map(i64::from);
    q.finish()?;
    answer::editor(StatusCode::OK).json(&history::diff(&db, id, number, against).await?)
}

/// Restore a revision
///
/// Saves its content again, as a new revision: nothing that is live changes, and what follows the newest save follows this one. The body is rendered as bodies
/// are today. A category, tag or author that it names and that was deleted since is left out, and `warnings` say so.
#[utoipa::path(
    tag = "History", operation_id = "restoreRevision",
    params(
        ("id" = ArticleId, Path, description = "The article."),
        ("n" = i64, Path, minimum = 1, maximum = 2_147_483_647, description = "The number of the revision."),
    ),
    responses(
        (status = 200, description = "The article.", body = EditorArticle),
        (status = 409, description = "`trashed`, or `slug_taken` where another article holds the slug by now: save the content under another one."),
        (status = 422, description = "`invalid`, at `/body`, where today more than 4 MiB of HTML would become of the body; or `idempotency_key_reused`."),
    ),
    security(("bearer" = [])),
)]
#[post("/v1/editor/articles/{id}/revisions/{n}/restore")]
#[expect(clippy::too_many_arguments, reason = "extractors")]
pub(super) async fn restore(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    number: PathNumber,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    key: IdempotencyKey,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let (id, number) = (id.get()?, number.get()?);
    // A kept answer is for those alone who still may see the article.
    history::check(&db, &caller, id, number).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    let keyed = key.of(&caller, b"", restored)?;
    answer::once(history::restore(&db, &site, &caller, id, number, expected, keyed).await?, restored)
}
