//! Lists that editors made: front pages.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};

use super::{ArticleInclude, includes};
use crate::articles::delivered::curated::PublicList;
use crate::articles::delivered::{ArticleField, Fields};
use crate::articles::reads::{self, CuratedQuery};
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::curated::dto::MOST_ARTICLES;
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, RawQuery, answer, path};
use crate::kernel::problem::{Problem, Result};
use crate::views::reads::Told;

/// Get a curated list
///
/// By its slug: what editors decided that it shows now, in their order, in the default language or `locale=`. What is pinned and not live, or in another language, leaves no hole: what follows moves up.
/// No article is there twice. A list that nothing has begun of is not there. Previews show it as of their instant, of what is live then, whatever `drafts` says.
#[utoipa::path(
    get, path = "/v1/lists/{slug}", tag = "Delivery", operation_id = "getList",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug."),
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("fields" = inline(Option<Vec<ArticleField>>), Query, style = Form, explode = false, min_items = 1, max_items = 24, description = "The members that the articles have; all but bodies unless said. With commas between, each once.", nullable = false),
        ("include" = inline(Option<Vec<ArticleInclude>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "What they have besides: `body` adds `body_html` and `body_text`, `views` how often they were read, ever.", nullable = false),
    ),
    responses((status = 200, description = "The list.", body = PublicList)),
    security(()),
)]
#[routes]
#[get("/v1/lists/{slug}")]
#[get("/v1/preview/lists/{slug}")]
pub(super) async fn get_list(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
) -> Result<HttpResponse> {
    let slug = path::text(&request, "slug")?;
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let locale = delivery.locale(&mut q);
    let (fields, has_views) = includes(&mut q, Fields::CARD);
    q.finish()?;
    let told = has_views.then(|| Told::at(db.clock().now()));
    let reserved = Budget::reserve(&request, if fields.has_body() { MOST_ARTICLES } else { 0 })?;
    let query = CuratedQuery { slug, locale, fields };
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let (mut list, ground) = reads::curated(connection, &reading, &query)?;
        let text = |list: &Option<PublicList>| serde_json::to_string(list).map_err(Problem::internal);
        let ask = |connection: &mut AnyConnection, reading: &Reading<'_>| {
            let (list, ground) = reads::curated(connection, reading, &query)?;
            Ok((text(&list)?, ground))
        };
        let mut ground = reads::until_it_differs(connection, &reading, (&text(&list)?, ground), ask)?;
        if let (Some(told), Some(PublicList { data, .. })) = (told, &mut list) {
            reads::add_views(connection, told, data)?;
            ground = ground.changing_at(told.renewed_at());
        }
        Ok((list, ground))
    };
    let (list, lifetime) = delivery.read(&db, as_of, read).await?;
    answer::Delivered::new(lifetime).reserved(reserved).json(&request, &list.ok_or_else(Problem::not_found)?).await
}
