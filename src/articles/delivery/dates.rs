//! On which dates articles were published.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};

use super::filters::Filters;
use super::on;
use super::too_many;
use crate::articles::delivered::dates::{Granularity, PublicationDates};
use crate::articles::dto::Kind;
use crate::articles::reads::{self, DatesQuery};
use crate::categories::context::Delivery;
use crate::categories::context::view::View;
use crate::db::Db;
use crate::http::{FilterItem, RawQuery, answer};
use crate::kernel::problem::Result;

/// List publication dates
///
/// The days, months or years on which articles that are live now were published (`published_at`), each with how many, the newest first: all of them
/// at once. Clocks of the site's time zone tell the day, or those of `time_zone=`; a day may have 23 or 25 hours. `published_from` and
/// `published_before` may lie within one. `on` narrows them to one year, month or day, which need not have articles, and tells the ones beside it that do.
#[utoipa::path(
    get, path = "/v1/publication-dates", tag = "Delivery", operation_id = "listPublicationDates",
    params(
        ("granularity" = inline(Option<Granularity>), Query, description = "`day` unless said.", nullable = false),
        ("on" = Option<String>, Query, pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", max_length = 10, description = "A year, a month or a day, such as `2021-02`: instead of `granularity`, `published_from` and `published_before`.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "A name of the IANA database, such as `Asia/Kathmandu`; the site's zone unless said.", nullable = false),
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "`article` unless said. With commas between for any of them, each once.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
        ("published_from" = Option<String>, Query, format = DateTime, description = "Dates from this instant on.", nullable = false),
        ("published_before" = Option<String>, Query, format = DateTime, description = "Dates before this instant.", nullable = false),
    ),
    responses(
        (status = 200, description = "The dates.", body = PublicationDates),
        (status = 400, description = "`invalid_parameter` or `invalid_header`; or `count_too_large`: several kinds, categories of which none lies below another, \
            tags or authors, or several filters, have more than 10,000 articles."),
    ),
    security(()),
)]
#[routes]
#[get("/v1/publication-dates")]
#[get("/v1/preview/publication-dates")]
pub(super) async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let filters = Filters::of(&mut q, &delivery);
    let on = on::read(&mut q, &["granularity", "published_from", "published_before"]);
    let granularity = q.one_of("granularity", Granularity::ALL).or(on.map(|on| on.granularity)).unwrap_or(Granularity::Day);
    let zone = q.zone("time_zone").unwrap_or_else(|| delivery.zone.clone());
    q.finish()?;
    let (time_zone, on) = (zone.name().to_owned(), on.map(|on| on.instants(&zone)));
    let ((dates, beside), lifetime) = delivery
        .read_long(&db, as_of, move |connection, reading| {
            let selection = filters.fewest(reading.names).by_fewest(connection, reading.snapshot)?;
            let query = DatesQuery { selection, zone: zone.clone(), granularity };
            let Some(on) = on else {
                let (dates, ground) = reads::dates(connection, &reading, &query)?;
                return Ok(((dates, None), ground));
            };
            let (dates, beside, ground) = reads::dates_on(connection, &reading, query, on)?;
            Ok(((dates, Some(beside)), ground))
        })
        .await?;
    let data = dates.ok_or_else(|| too_many("ask for one of them"))?;
    let [previous, next] = beside.map_or([None, None], |beside| beside.map(Some));
    answer::delivered(&request, &PublicationDates { data, granularity, time_zone, previous, next }, lifetime).await
}
