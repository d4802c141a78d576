//! Saving an article that is there, over HTTP: as a revision, or beside the revisions with `autosave=true`.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, patch, put};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::require_for;
use crate::articles::dto::autosave::{ArticleCreateOrUnfinished, ArticlePatchOrUnfinished, EditorArticleOrAutosave, Sent};
use crate::articles::dto::{ArticleCreate, ArticlePatch, EditorArticle};
use crate::articles::service::autosave::{self, Written};
use crate::articles::service::{self, Site, merge};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{JsonBody, MAX_BODY_BYTES, PathId, RawQuery, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::Checked;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::version::Expected;

/// What is asked of an article.
enum Opened<T> {
    /// It is to become this.
    Save(Opening<T>),
    /// This is to be kept beside its saves.
    Keep(Box<Written>),
}

/// What an article is to become, on top of which version, and how that is meant.
struct Opening<T> {
    given: Checked<T>,
    expected: Expected,
    /// A refusal of a stale version is to help.
    is_helped: bool,
}

/// Checked in the order that holds everywhere, 404 before 415, 413, 400, 428, 412 and 422; who may not publish hears so before they hear of the version.
async fn opened<T: ToSchema + DeserializeOwned + Into<Sent>>(
    request: &HttpRequest,
    caller: &Caller,
    id: ArticleId,
    db: &Db,
    (query, body): (RawQuery, JsonBody),
    publishes: fn(&T) -> bool,
) -> Result<Opened<T>> {
    let current = service::version(db, caller, id).await?;
    let json = body.json(MAX_BODY_BYTES).await?;
    let mut q = query.collect();
    let is_autosave = q.flag("autosave");
    let is_helped = q.one_of("merge", &[("preview", true)]).unwrap_or(false);
    q.finish()?;
    if is_autosave {
        // It changes no version, so that none need be said.
        let expected = conditional::optional(request)?;
        expected.base(current)?;
        return Ok(Opened::Keep(Box::new(Written { expected, is_whole: request.method() == Method::PUT, unfinished: json.check()? })));
    }
    let given = json.check::<T>()?;
    require_for(caller, publishes(&given.value))?;
    let expected = conditional::required(request, current)?;
    if expected.check_alone(current).is_err()
        && let Err(stale) = service::check_version(db, id, &expected).await
    {
        // What was sent is looked at only in order to help: its mistakes would come after the version.
        let sent = if is_helped { given.finish().ok() } else { None };
        return Err(helped(db, id, &expected, sent, stale).await);
    }
    Ok(Opened::Save(Opening { given, expected, is_helped }))
}

async fn helped<T: Into<Sent>>(db: &Db, id: ArticleId, expected: &Expected, sent: Option<T>, refused: Problem) -> Problem {
    match sent {
        Some(sent) if refused.code() == Code::PreconditionFailed => merge::help(db, id, expected, sent.into(), refused).await,
        _ => refused,
    }
}

/// What a save is answered with; where it came too late, with help if that was asked for.
async fn finished<T: Into<Sent>>(
    db: &Db,
    id: ArticleId,
    expected: &Expected,
    sent: Option<T>,
    saved: Result<EditorArticle>,
) -> Result<HttpResponse> {
    match saved {
        Ok(article) => answered(EditorArticleOrAutosave::Article(Box::new(article))),
        Err(refused) => Err(helped(db, id, expected, sent, refused).await),
    }
}

fn answered(saved: EditorArticleOrAutosave) -> Result<HttpResponse> {
    match saved {
        EditorArticleOrAutosave::Article(article) => answer::editor(StatusCode::OK).version(article.version.unsigned_abs()).json(&article),
        kept @ EditorArticleOrAutosave::Autosave(_) => answer::editor(StatusCode::OK).json(&kept),
    }
}

/// Replace an article
///
/// All of its content; without `slug` it keeps the slug. Nothing that is live changes. A body that becomes more than 4 MiB of HTML is refused:
/// `too_long_rendered` at `/body`, 422.
///
/// With `autosave=true` it is kept for you alone, beside the saves, and `merge=preview` helps where others saved in between: both as for `updateArticle`.
#[utoipa::path(tag = "Articles (editors)", operation_id = "replaceArticle", params(("id" = ArticleId, Path, description = "The article."), ("autosave" = Option<bool>, Query, description = "`true` keeps it beside the saves, for you alone, until you save; `false` unless said.", nullable = false), ("merge" = Option<String>, Query, pattern = "^(preview)$", max_length = 7, description = "`preview` adds `merge` to the refusal of a stale version: what the change was based on, what became of that, and both together.", nullable = false)), request_body = inline(ArticleCreateOrUnfinished), responses((status = 200, description = "The article, or with `autosave=true` what was kept.", body = EditorArticleOrAutosave), (status = 409, description = "`slug_taken`, `translation_taken` or `trashed`; `embargoed` where what is scheduled starts within the embargo; or with `publish` what publishing answers: `past_is_history`, `publication_instant_taken`, `base_changed` or `embargoed`."), (status = 428, description = "`precondition_required`.")), security(("bearer" = [])))]
#[put("/v1/editor/articles/{id}")]
pub(super) async fn replace(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    let publishes = |whole: &ArticleCreate| whole.publish.is_some();
    let Opening { given, expected, is_helped } = match opened(&request, &caller, id, &db, (query, body), publishes).await? {
        Opened::Save(opening) => opening,
        Opened::Keep(written) => return kept(&db, &site, &caller, id, *written).await,
    };
    let sent = is_helped.then(|| given.value.clone());
    let saved = service::replace(&db, &site, &caller, id, expected.clone(), given).await;
    finished(&db, id, &expected, sent, saved).await
}

/// Change an article
///
/// The fields that the merge patch names (RFC 7396). Nothing that is live changes. A body that becomes more than 4 MiB of HTML is refused:
/// `too_long_rendered` at `/body`, 422.
///
/// With `autosave=true` nothing of the article changes: what you write is kept for you alone, one text for each person and article, until you save the article,
/// discard it (`deleteAutosave`) or the article is purged. It may be unfinished: the title may be empty, and with `PUT` anything may be missing; what is there is checked as in a save. It takes no
/// number and never goes live, so `publish` is not taken, nor are the members of an embargo; it takes no slug, and its body is not rendered. It changes no version and needs no `If-Match`: that may
/// name the version that you began with, which need not be the present one, and is the `base_version` of the answer. Without it, as with `*`, it goes on
/// with that of your autosave, and is else the present one. The patch goes on top of your autosave, if that has the same `base_version`; otherwise it begins anew from the save
/// of that version.
///
/// With `merge=preview` a 412 has `merge` besides: the save that the change was based on, the newest one, what was sent, and both changes together, to be sent again with the
/// `ETag` of the answer. It has none where the article never had the version, where the save of that version is kept no more, or where what was sent has
/// mistakes.
#[utoipa::path(tag = "Articles (editors)", operation_id = "updateArticle", params(("id" = ArticleId, Path, description = "The article."), ("autosave" = Option<bool>, Query, description = "`true` keeps it beside the saves, for you alone, until you save; `false` unless said.", nullable = false), ("merge" = Option<String>, Query, pattern = "^(preview)$", max_length = 7, description = "`preview` adds `merge` to the refusal of a stale version: what the change was based on, what became of that, and both together.", nullable = false)), request_body(content((inline(ArticlePatchOrUnfinished) = "application/merge-patch+json"), (inline(ArticlePatchOrUnfinished) = "application/json"))), responses((status = 200, description = "The article, or with `autosave=true` what was kept.", body = EditorArticleOrAutosave), (status = 409, description = "`slug_taken`, `translation_taken` or `trashed`; `embargoed` where what is scheduled starts within the embargo; or with `publish` what publishing answers: `past_is_history`, `publication_instant_taken`, `base_changed` or `embargoed`."), (status = 428, description = "`precondition_required`.")), security(("bearer" = [])))]
#[patch("/v1/editor/articles/{id}")]
pub(super) async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    let publishes = |patch: &ArticlePatch| patch.publish.is_some();
    let Opening { given, expected, is_helped } = match opened(&request, &caller, id, &db, (query, body), publishes).await? {
        Opened::Save(opening) => opening,
        Opened::Keep(written) => return kept(&db, &site, &caller, id, *written).await,
    };
    let sent = is_helped.then(|| given.value.clone());
    let saved = service::update(&db, &site, &caller, id, expected.clone(), given).await;
    finished(&db, id, &expected, sent, saved).await
}

async fn kept(db: &Db, site: &Site, caller: &Caller, id: ArticleId, written: Written) -> Result<HttpResponse> {
    answered(EditorArticleOrAutosave::Autosave(Box::new(autosave::keep(db, site, caller, id, written).await?)))
}
