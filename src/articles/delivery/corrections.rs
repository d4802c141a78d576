//! What was corrected on the whole site.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};

use super::filters::Filters;
use crate::articles::delivered::corrections::{CorrectionList, SiteCorrection};
use crate::articles::dto::Kind;
use crate::articles::reads::{self, CorrectionsQuery};
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{FilterItem, RawQuery, answer};
use crate::kernel::page::Page;
use crate::kernel::problem::{Problem, Result};

/// List corrections
///
/// Those of the articles that are live now, the newest first, each with its article. `category` takes slugs, with commas between for any of them, and means everything below them too.
#[utoipa::path(
    get, path = "/v1/corrections", tag = "Delivery", operation_id = "listCorrections",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "Of which articles: `article` unless said. With commas between for any of them, each once.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`, but not with other filters.", nullable = false),
    ),
    responses(
        (status = 200, description = "A page of corrections.", body = CorrectionList),
        (status = 400, description = "`invalid_parameter`, `invalid_cursor` or `invalid_header`."),
    ),
    security(()),
)]
#[routes]
#[get("/v1/corrections")]
#[get("/v1/preview/corrections")]
pub(super) async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let filters = Filters::of_categories(&mut q, &delivery);
    let (limit, cursor) = (q.limit(), q.cursor());
    q.finish()?;
    let parameters = filters.parameters("listCorrections");
    let place = delivery.cursor_key.place(&parameters, cursor.as_deref())?;
    let page = move |connection: &mut AnyConnection, reading: &Reading<'_>| {
        let (locale, selection) = (filters.locale().to_owned(), filters.selection(reading.names));
        let query = CorrectionsQuery { locale, selection, limit, place: place.clone(), parameters: parameters.clone() };
        reads::corrections(connection, reading, &query)
    };
    let told =
        move |page: &Page<SiteCorrection>| serde_json::to_string(&(&page.items, &page.next, &page.previous)).map_err(Problem::internal);
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let (found, ground) = page(connection, &reading)?;
        let ask = |connection: &mut AnyConnection, reading: &Reading<'_>| {
            let (found, ground) = page(connection, reading)?;
            Ok((told(&found)?, ground))
        };
        let ground = reads::until_it_differs(connection, &reading, (&told(&found)?, ground), ask)?;
        Ok((found, ground))
    };
    let (page, lifetime) = delivery.read_long(&db, as_of, read).await?;
    answer::Delivered::new(lifetime).page(&request, &page).json(&request, &CorrectionList::new(page, limit)).await
}
