//! Articles by their ids: many in one request, in the order in which they are asked for.

use actix_web::{HttpRequest, HttpResponse};

use super::filters::{every, ids};
use super::includes;
use crate::articles::delivered::{ArticleList, Fields};
use crate::articles::reads;
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, Collector, RawQuery, answer};
use crate::kernel::page::{Limit, Page};
use crate::kernel::problem::Result;
use crate::views::reads::Told;

/// What says otherwise which articles are asked for, and in which order.
const OTHERS: [&str; 16] = [
    "locale",
    "kind",
    "category",
    "tag",
    "author",
    "published_from",
    "published_before",
    "on",
    "time_zone",
    "exclude",
    "sort",
    "limit",
    "cursor",
    "page",
    "count",
    "drafts",
];

/// Whether a list is asked for by ids.
pub(super) fn is_asked(raw: &RawQuery) -> bool {
    raw.collect().has("ids")
}

fn refuse_others(q: &mut Collector<'_>) {
    for name in OTHERS {
        if q.has(name) {
            q.error(name, "conflict", "with `ids` the articles are those that it names, in its order; leave this out");
        }
    }
}

/// Those that are live, in the order of their ids, whatever their language and kind. The others leave no trace.
pub(super) async fn list(request: &HttpRequest, view: View, raw: &RawQuery, db: &Db, delivery: &Delivery) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let ids = ids(&mut q, "ids");
    let (fields, has_views) = includes(&mut q, Fields::CARD);
    refuse_others(&mut q);
    q.finish()?;
    let reserved = Budget::reserve(request, if fields.has_body() { ids.len() } else { 0 })?;
    let (selection, told) = (every(delivery), has_views.then(|| Told::at(db.clock().now())));
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let (mut articles, mut ground) = reads::by_ids(connection, &reading, &selection, &ids, fields)?;
        if let Some(told) = told {
            reads::add_views(connection, told, &mut articles)?;
            ground = ground.changing_at(told.renewed_at());
        }
        Ok((articles, ground))
    };
    let (items, lifetime) = delivery.read_long(db, as_of, read).await?;
    let page = Page { items, next: None, previous: None, total: None };
    let limit = Limit::new(Limit::MAX).unwrap_or(Limit::DEFAULT);
    answer::Delivered::new(lifetime).reserved(reserved).json(request, &ArticleList::new(page, limit)).await
}
