//! Publishing an article and taking it down.

use super::open;
use crate::db::{Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::Checked;
use crate::kernel::problem::Result;
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::publications::dto::{EditorPublication, PublicationCreate, Unpublish, Unpublished};
use crate::publications::service as publications;

/// Publishes or schedules; `true` beside the publication if it is new.
///
/// # Errors
/// 404, 412, 409 `trashed`; what the rules refuse.
pub async fn publish(
    db: &Db,
    caller: &Caller,
    id: ArticleId,
    expected: Expected,
    create: impl Into<Checked<PublicationCreate>>,
    keyed: Option<Keyed<(EditorPublication, bool)>>,
) -> Result<Once<(EditorPublication, bool)>> {
    let (caller, create) = (caller.clone(), create.into());
    idempotency::write(db, keyed.filter(|_| create.mistakes.is_empty()), move |tx| publish_in(tx, &caller, id, &expected, &create)).await
}

/// The same within a write.
///
/// # Errors
/// As [`publish`].
pub fn publish_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ArticleId,
    expected: &Expected,
    create: &Checked<PublicationCreate>,
) -> Result<(EditorPublication, bool)> {
    let edited = open(tx, caller, id, expected)?;
    publications::publish(tx, caller, edited, create)
}

/// Takes an article down.
///
/// # Errors
/// 404, 412, 409 `trashed`; what the rules refuse.
pub async fn unpublish(
    db: &Db,
    caller: &Caller,
    id: ArticleId,
    expected: Expected,
    given: impl Into<Checked<Unpublish>>,
    keyed: Option<Keyed<Unpublished>>,
) -> Result<Once<Unpublished>> {
    let (caller, given) = (caller.clone(), given.into());
    idempotency::write(db, keyed.filter(|_| given.mistakes.is_empty()), move |tx| {
        publications::hold_releases(tx, &[id])?;
        unpublish_in(tx, &caller, id, &expected, &given)
    })
    .await
}

/// The same within a write that began with [`publications::hold_releases`].
///
/// # Errors
/// As [`unpublish`].
pub fn unpublish_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ArticleId,
    expected: &Expected,
    given: &Checked<Unpublish>,
) -> Result<Unpublished> {
    let edited = open(tx, caller, id, expected)?;
    publications::unpublish(tx, caller, edited, given)
}
