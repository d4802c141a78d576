//! Newest saves under `/v1/preview`, with `drafts=true`, in place of what is live.

use actix_web::{HttpRequest, HttpResponse};

use super::{Asked, too_far};
use crate::articles::delivered::Fields;
use crate::articles::delivered::drafts::PreviewArticleList;
use crate::articles::reads::{self, DraftsQuery, FoundDraft, Wanted};
use crate::categories::context::view::AsOf;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, Collector, answer};
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::tallies::Order;

/// Readers read what is live, and that is what stands beside what is live.
pub(super) fn refuse_includes(q: &mut Collector<'_>) {
    q.error("include", "conflict", "with `drafts` nothing was read, and nothing stands beside it; leave all but `body` out");
}

/// The same of what there is of live articles alone.
pub(super) fn refuse(q: &mut Collector<'_>) {
    q.error("drafts", "conflict", "what stands beside an article is live; leave `drafts` out");
}

/// A page.
pub(super) async fn list(request: &HttpRequest, db: &Db, delivery: &Delivery, asked: Asked) -> Result<HttpResponse> {
    let sort = if asked.order == Order::Newest { "-published_at" } else { "published_at" };
    let parameters = asked.filters.parameters("previewDrafts").with("sort", Some(sort));
    let place = delivery.cursor_key.place(&parameters, asked.cursor.as_deref())?;
    let (as_of, limit, has_total) = (asked.as_of, asked.limit, asked.has_total);
    let reserved = Budget::reserve(request, if asked.fields.has_body() { limit.rows() } else { 0 })?;
    let (passed, is_counted) = (asked.passed(), asked.is_counted());
    if passed > reads::MOST_SEEN {
        return Err(too_far("with `drafts`"));
    }
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        // Of one state are names and lists only where the read is.
        let selection = if is_counted { asked.filters.fewest(reading.names) } else { asked.filters.selection(reading.names) };
        let query = DraftsQuery {
            selection: selection.dated(),
            order: asked.order,
            limit,
            place: place.clone(),
            skipped: 0,
            has_total: asked.has_total,
            fields: asked.fields,
            parameters: parameters.clone(),
        };
        let query = if passed > 0 { query.skipping(passed) } else { query };
        Ok(reads::drafts(connection, &reading, &query)?)
    };
    let (page, lifetime) = if is_counted { delivery.read_long(db, as_of, read).await? } else { delivery.read(db, as_of, read).await? };
    if has_total && page.total.is_none() {
        let detail = format!("The list has more than {} newest saves; ask without `count`, or for fewer of them.", reads::MOST_SEEN);
        return Err(Problem::new(Code::CountTooLarge, detail));
    }
    answer::Delivered::new(lifetime).reserved(reserved).page(request, &page).json(request, &PreviewArticleList::new(page, limit)).await
}

/// One of them. A slug that its newest save does not have any more leads on.
pub(super) async fn get_one(
    request: &HttpRequest,
    db: &Db,
    delivery: &Delivery,
    as_of: AsOf,
    wanted: Wanted,
    fields: Fields,
) -> Result<HttpResponse> {
    let find = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(reads::find_draft(connection, &reading, &wanted, fields)?);
    let (found, lifetime) = delivery.read(db, as_of, find).await?;
    match found {
        FoundDraft::Here(draft) => answer::delivered(request, &draft, lifetime).await,
        FoundDraft::Moved(slug) => answer::moved(request, &slug, lifetime),
        FoundDraft::Nothing => Err(Problem::not_found()),
    }
}
