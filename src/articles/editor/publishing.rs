//! Publishing an article and taking it down, over HTTP.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::articles::dto::Amendment;
use crate::articles::dto::amended::Amended;
use crate::articles::service::{self, Site, amending, publishing};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, MAX_BODY_BYTES, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::Checked;
use crate::kernel::problem::Result;
use crate::kernel::repeat::{Kept, Keyed};
use crate::kernel::version::Expected;
use crate::publications::dto::{EditorPublication, PublicationCreate, Unpublish, Unpublished};

/// What is to be done with an article, on which version of it, and how the request is known again.
struct Opened<T, A> {
    expected: Expected,
    given: Checked<T>,
    keyed: Option<Keyed<A>>,
}

async fn opened<T: ToSchema + DeserializeOwned, A>(
    request: &HttpRequest,
    caller: &Caller,
    id: ArticleId,
    db: &Db,
    (query, key, body): (RawQuery, IdempotencyKey, JsonBody),
    answer: fn(&A) -> Result<Kept>,
) -> Result<Opened<T, A>> {
    service::version(db, caller, id).await?;
    let json = body.json_or_empty(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(request)?;
    let keyed = key.of(caller, json.bytes(), answer)?;
    Ok(Opened { expected, given: json.check()?, keyed })
}

/// Publish an article, now or at an instant
///
/// From `publish_at` on, to the millisecond, readers get the revision. Publishing now what is in force already answers 200 with that publication.
#[utoipa::path(tag = "Publications", operation_id = "createPublication", params(("id" = ArticleId, Path, description = "The article.")), request_body = PublicationCreate, responses((status = 201, description = "The publication.", body = EditorPublication), (status = 200, description = "The one that is in force already.", body = EditorPublication), (status = 409, description = "`publication_instant_taken`, `past_is_history`, `base_changed`, `embargoed`, `slug_taken` or `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/publications")]
pub(super) async fn create(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let id = id.get()?;
    let opened = opened::<PublicationCreate, _>(&request, &caller, id, &db, (query, key, body), created).await?;
    let Opened { expected, given, keyed } = opened;
    answer::once(publishing::publish(&db, &caller, id, expected, given, keyed).await?, created)
}

fn created((publication, is_new): &(EditorPublication, bool)) -> Result<Kept> {
    if !is_new {
        return Ok(Kept::new(200, publication)?.version(publication.version));
    }
    let path = format!("/v1/editor/publications/{}", publication.id);
    Ok(Kept::new(201, publication)?.location(path).version(publication.version))
}

/// Take an article down
///
/// Ends the publication in force at `at` or now, and cancels those that start then or later unless `keep_scheduled`, those of releases as well: they are taken out of these. What releases
/// without a date hold of it stays, for it is not scheduled. With `withdrawn` readers get 410 and the reason, else 404.
#[utoipa::path(tag = "Publications", operation_id = "unpublishArticle", params(("id" = ArticleId, Path, description = "The article.")), request_body = Unpublish, responses((status = 200, description = "The publication that ended.", body = Unpublished), (status = 409, description = "`not_live`, `past_is_history` or `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/unpublish")]
pub(super) async fn unpublish(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let id = id.get()?;
    let opened = opened::<Unpublish, _>(&request, &caller, id, &db, (query, key, body), unpublished).await?;
    let Opened { expected, given, keyed } = opened;
    answer::once(publishing::unpublish(&db, &caller, id, expected, given, keyed).await?, unpublished)
}

fn unpublished(ended: &Unpublished) -> Result<Kept> {
    Kept::new(200, ended)
}

/// Amend what readers have
///
/// Patches the text in force and publishes that now, until when the one before would have ended. If a newer save is under way, it gets the same changes as a
/// save of its own, but for fields that it has otherwise: those are `collisions`. What is scheduled and showed the newest save, which it follows, takes it from there; what does not, since it is bound to
/// another save, or those that were made since wait for an editor, or it has those fields otherwise, says `base_changed` and is named in `undone_by`. Within a second before the next start it is refused, 409 `starting`: that one takes
/// nothing more and would undo it. An amendment that changes nothing saves and publishes nothing: the answer has what is live.
#[utoipa::path(tag = "Publications", operation_id = "amendArticle", params(("id" = ArticleId, Path, description = "The article.")), request_body = Amendment, responses((status = 200, description = "The newest save, and what readers have now.", body = Amended), (status = 409, description = "`not_live`, `starting`, `embargoed`, `slug_taken` or `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/amend")]
#[expect(clippy::too_many_arguments, reason = "each is an extractor")]
pub(super) async fn amend(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    require(&caller, Action::Publish)?;
    let id = id.get()?;
    service::version(&db, &caller, id).await?;
    let json = body.json(MAX_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    let keyed = key.of(&caller, json.bytes(), amended)?;
    let given = json.check::<Amendment>()?;
    answer::once(amending::amend(&db, &site, &caller, id, expected, given, keyed).await?, amended)
}

fn amended(amended: &Amended) -> Result<Kept> {
    Ok(Kept::new(200, amended)?.version(amended.article.version))
}
