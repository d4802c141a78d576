//! Tags and authors over HTTP, for editors: what is done to both alike.

mod authors;
mod tags;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EditorAuthor, EditorTag, TermPatch};
use super::service::{self, Seen};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::{Collector, FromQuery, JsonBody, PageQuery, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::TermId;
use crate::kernel::page::{Limit, Page};
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    tags::routes(config);
    authors::routes(config);
}

/// Where editors find one, and its version.
trait Addressed: Seen + Serialize {
    fn path(&self) -> String;
    fn version(&self) -> i64;
}

impl Addressed for EditorTag {
    fn path(&self) -> String {
        format!("/v1/editor/tags/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

impl Addressed for EditorAuthor {
    fn path(&self) -> String {
        format!("/v1/editor/authors/{}", self.id)
    }

    fn version(&self) -> i64 {
        self.version
    }
}

fn created<A: Addressed>(made: &A) -> Result<Kept> {
    Ok(Kept::new(201, made)?.location(made.path()).version(made.version()))
}

fn seen(found: &impl Addressed) -> Result<HttpResponse> {
    answer::editor(StatusCode::OK).version(found.version().unsigned_abs()).json(found)
}

async fn listed<A: Addressed>(
    caller: &Caller,
    operation: &str,
    db: &Db,
    delivery: &Delivery,
    query: &RawQuery,
) -> Result<(Page<A>, Limit)> {
    require(caller, Action::ReadTerms)?;
    let asked: PageQuery = query.parse()?;
    let page = service::list(db, operation, &delivery.cursor_key, asked.limit, asked.cursor.as_deref()).await?;
    Ok((page, asked.limit))
}

/// Checked in the order that holds everywhere, 404 before 415, 413, 400, 412 and 422.
async fn updated<A: Addressed, P>(
    request: &HttpRequest,
    caller: &Caller,
    id: TermId,
    db: &Db,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse>
where
    P: ToSchema + DeserializeOwned + Into<TermPatch> + Send + 'static,
{
    let current: A = service::get(db, id).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(request)?;
    expected.check_alone(current.version().unsigned_abs())?;
    let changed: A = service::update(db, caller, id, expected, json.check::<P>()?).await?;
    seen(&changed)
}

struct Removal {
    reassign_to: Option<TermId>,
}

impl FromQuery for Removal {
    fn from_query(q: &mut Collector<'_>) -> Self {
        Self { reassign_to: q.id("reassign_to") }
    }
}

async fn removed<A: Addressed>(request: &HttpRequest, caller: &Caller, id: TermId, db: &Db, query: RawQuery) -> Result<HttpResponse> {
    let _: A = service::get(db, id).await?;
    let asked: Removal = query.parse()?;
    let expected = conditional::optional(request)?;
    service::delete(db, caller, A::RELATION, id, expected, asked.reassign_to).await?;
    Ok(answer::no_content())
}
