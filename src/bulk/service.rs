//! Many changes of articles in one transaction. What each of them does, and whether it may be done, the services say that do it alone.

use std::collections::BTreeSet;

use super::dto::{
    Bulk, BulkArticle, BulkMode, BulkMove, BulkOperation, BulkProblem, BulkPublish, BulkResult, BulkResults, BulkTag, BulkUnpublish,
};
use crate::articles::service::publishing::{publish_in, unpublish_in};
use crate::articles::service::shelving::{Shelving, shelve_in};
use crate::articles::service::trash::discard_in;
use crate::auth::permission::{Action, require};
use crate::db::{Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::publications::dto::{PublicationCreate, Unpublish, Unpublished};
use crate::publications::rules::standing::Status;
use crate::publications::service::hold_releases;
use crate::publications::subject;

/// Does them in their order, at one instant. All articles are locked first, in the order of their ids, so that two of these never wait for each other.
///
/// # Errors
/// 409 `bulk_refused` in the mode `all`.
pub async fn run(db: &Db, caller: &Caller, bulk: Bulk, keyed: Option<Keyed<BulkResults>>) -> Result<Once<BulkResults>> {
    let caller = caller.clone();
    let ids: BTreeSet<ArticleId> = bulk.operations.iter().map(|operation| operation.article().0).collect();
    let taken_down = bulk.operations.iter().filter(|operation| matches!(operation, BulkOperation::Unpublish(_)));
    let taken_down: Vec<ArticleId> = taken_down.map(|operation| operation.article().0).collect();
    idempotency::write(db, keyed, move |tx| {
        hold_releases(tx, &taken_down)?;
        for id in &ids {
            subject::lock(tx.conn(), *id)?;
        }
        let mut results = Vec::with_capacity(bulk.operations.len());
        for (at, operation) in bulk.operations.iter().enumerate() {
            let done = match bulk.mode {
                BulkMode::All => done(tx, &caller, operation),
                BulkMode::Each => tx.savepoint(|tx| done(tx, &caller, operation)),
            };
            results.push(match done {
                Ok(result) => result,
                Err(failed) if failed.code().status() >= 500 => return Err(failed),
                Err(refused) => {
                    let refused = refused.below(&format!("/operations/{at}"));
                    match bulk.mode {
                        BulkMode::All => return Err(all_refused(at, &refused)),
                        BulkMode::Each => BulkResult::refused(operation.article().0, &refused),
                    }
                }
            });
        }
        Ok(BulkResults { results })
    })
    .await
}

/// The answer where they go together, and one may not be done.
fn all_refused(at: usize, refused: &Problem) -> Problem {
    let detail = format!("Operation {at} was refused, so nothing was done: {}", refused.detail());
    let problem = match serde_json::to_value(BulkProblem::from(refused)) {
        Ok(problem) => problem,
        Err(error) => return Problem::internal(error),
    };
    Problem::new(Code::BulkRefused, detail).with("operation", at).with("problem", problem).with_errors(refused.errors().to_vec())
}

/// One of them, with the right that it takes alone.
fn done(tx: &mut Tx<'_>, caller: &Caller, operation: &BulkOperation) -> Result<BulkResult> {
    let (id, version) = operation.article();
    let expected = version.map_or(Expected::Anything, |version| Expected::OneOf(vec![version]));
    require(caller, action(operation))?;
    match operation {
        BulkOperation::Publish(publish) => {
            let (publication, is_new) = publish_in(tx, caller, id, &expected, &PublicationCreate::from(publish).into())?;
            Ok(BulkResult { publication: Some(publication), ..BulkResult::new(if is_new { 201 } else { 200 }, id) })
        }
        BulkOperation::Unpublish(unpublish) => {
            let ended = unpublish_in(tx, caller, id, &expected, &Unpublish::from(unpublish).into())?;
            let Unpublished { publication, returns_at, cancelled } = ended;
            Ok(BulkResult { publication: Some(publication), returns_at, cancelled, ..BulkResult::new(200, id) })
        }
        BulkOperation::Move(moved) => shelved(tx, caller, (id, &expected), categories(moved)?),
        BulkOperation::Tag(tag) => shelved(tx, caller, (id, &expected), tags(tag)?),
        BulkOperation::Trash(_) => {
            let subject = discard_in(tx, caller, id, &expected)?;
            let article = BulkArticle { version: subject.version, revision: subject.newest_revision, status: Status::Trashed };
            Ok(BulkResult { article: Some(article), ..BulkResult::new(204, id) })
        }
    }
}

fn action(operation: &BulkOperation) -> Action {
    match operation {
        BulkOperation::Publish(_) | BulkOperation::Unpublish(_) => Action::Publish,
        BulkOperation::Move(_) | BulkOperation::Tag(_) | BulkOperation::Trash(_) => Action::WriteArticles,
    }
}

fn shelved(tx: &mut Tx<'_>, caller: &Caller, (id, expected): (ArticleId, &Expected), shelving: Shelving) -> Result<BulkResult> {
    let article = shelve_in(tx, caller, id, expected, &shelving)?;
    let article = BulkArticle { version: article.version, revision: article.revision, status: article.status };
    Ok(BulkResult { article: Some(article), ..BulkResult::new(200, id) })
}

fn categories(moved: &BulkMove) -> Result<Shelving> {
    if moved.category_id.is_absent() && moved.further_category_ids.is_absent() {
        return Err(Problem::invalid_field("/category_id", "required", "`move` takes `category_id`, `further_category_ids` or both"));
    }
    Ok(Shelving::Move { main: moved.category_id.clone(), further: moved.further_category_ids.clone() })
}

fn tags(tag: &BulkTag) -> Result<Shelving> {
    let changes = tag.add.is_some() || tag.remove.is_some();
    match &tag.tags {
        Some(_) if changes => Err(Problem::invalid_field("/tags", "not_taken", "`tag` takes either `tags`, or `add` and `remove`")),
        Some(tags) => Ok(Shelving::Tagged(tags.clone())),
        None if changes => {
            let of = |slugs: &Option<Vec<String>>| slugs.clone().unwrap_or_default();
            Ok(Shelving::Retagged { add: of(&tag.add), remove: of(&tag.remove) })
        }
        None => Err(Problem::invalid_field("/tags", "required", "`tag` takes `tags`, or `add`, `remove` or both")),
    }
}

impl From<&BulkPublish> for PublicationCreate {
    fn from(publish: &BulkPublish) -> Self {
        let publish = publish.clone();
        Self {
            publish_at: publish.publish_at,
            unpublish_at: publish.unpublish_at,
            time_zone: publish.time_zone,
            revision: publish.revision,
            published_at: publish.published_at,
            minor: publish.minor,
            base_revision: publish.base_revision,
            override_embargo: publish.override_embargo,
        }
    }
}

impl From<&BulkUnpublish> for Unpublish {
    fn from(unpublish: &BulkUnpublish) -> Self {
        let unpublish = unpublish.clone();
        Self { at: unpublish.at, time_zone: unpublish.time_zone, withdrawn: unpublish.withdrawn, keep_scheduled: unpublish.keep_scheduled }
    }
}
