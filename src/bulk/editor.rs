//! Many changes of articles in one request, over HTTP.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{Bulk, BulkResults};
use super::service;
use crate::auth::permission::{Action, reaches_all_articles, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, MAX_BODY_BYTES, RawQuery, answer};
use crate::kernel::caller::Caller;
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts this operation.
pub fn routes(config: &mut ServiceConfig) {
    config.service(bulk);
}

/// Change many articles
///
/// Up to 200 operations in one transaction, in their order, at one instant: `publish`, `unpublish`, `move`, `tag` and `trash`, each done as the operation that does it alone, with the
/// rights that it takes, and recorded likewise. With `mode` `each` every one is done or refused for itself: the answer is 200, and `results` has the status of each, with what came of it or its
/// `problem`. With `all` the first that is refused undoes all, and the answer is 409 `bulk_refused`. A body that is not as the document has it is refused as a whole in
/// both. `move` and `tag` save the article with its body as it is rendered; where it has those categories or tags already, nothing is saved. What is scheduled
/// and follows the newest save moves on to this one only if it showed the one before: a save that waits for an editor, `not_followed`, still does.
#[utoipa::path(
    tag = "Articles (editors)", operation_id = "bulk", request_body = Bulk,
    responses(
        (status = 200, description = "What became of each.", body = BulkResults),
        (status = 409, description = "With `all`, `bulk_refused`: nothing was done. `operation` says which was refused, from 0, and `problem` why."),
    ),
    security(("bearer" = [])),
)]
#[post("/v1/editor/bulk")]
async fn bulk(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::Bulk)?;
    let json = body.json(MAX_BODY_BYTES).await?;
    query.none()?;
    // An answer that shows what others began is kept for those alone who may see that.
    let view: &[u8] = if reaches_all_articles(&caller) { b"" } else { b"own" };
    let keyed = key.of(&caller, &[json.bytes(), view].concat(), answered)?;
    answer::once(service::run(&db, &caller, json.check::<Bulk>()?.finish()?, keyed).await?, answered)
}

fn answered(results: &BulkResults) -> Result<Kept> {
    Kept::new(200, results)
}
