//! Newest saves under `/v1/preview`, with `drafts=true`, in place of what is live.

use actix_web::{HttpRequest, HttpResponse};

use super::Asked;
use crate::articles::delivered::Fields;
use crate::articles::delivered::drafts::PreviewArticleList;
use crate::articles::reads::{self, DraftsQuery, FoundDraft, Wanted};
use crate::categories::context::view::AsOf;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, Collector, answer};
use crate::kernel::problem::{Problem, Result};
use crate::publications::tallies::Order;

/// Nothing counts newest saves, and so none of their pages has a number.
pub(super) fn refuse_counting(q: &mut Collector<'_>) {
    for name in ["page", "count"] {
        if q.has(name) {
            q.error(name, "conflict", "with `drafts` nothing is counted; go from page to page by `cursor`");
        }
    }
}

/// A page.
pub(super) async fn list(request: &HttpRequest, db: &Db, delivery: &Delivery, asked: Asked) -> Result<HttpResponse> {
    let sort = if asked.order == Order::Newest { "-published_at" } else { "published_at" };
    let parameters = asked.filters.parameters("previewDrafts").with("sort", Some(sort));
    let place = delivery.cursor_key.place(&parameters, asked.cursor.as_deref())?;
    let (as_of, limit) = (asked.as_of, asked.limit);
    let reserved = Budget::reserve(request, if asked.fields.has_body() { limit.rows() } else { 0 })?;
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let query = DraftsQuery {
            selection: asked.filters.selection(reading.names).dated(),
            order: asked.order,
            limit,
            place: place.clone(),
            fields: asked.fields,
            parameters: parameters.clone(),
        };
        Ok(reads::drafts(connection, &reading, &query)?)
    };
    let (page, lifetime) = delivery.read(db, as_of, read).await?;
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
