//! Sitemaps and robots.txt over HTTP. They say nothing of when they change: whoever fetches them does so now and then, and asks again each time.

use std::collections::VecDeque;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, get, routes};
use futures_util::stream;

use super::refuse_drafts;
use crate::articles::reads::Stretch;
use crate::categories::context::view::{AsOf, View};
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::feeds::dto::{RobotsTxt, Xml};
use crate::feeds::reads::sitemaps::{self as reads, OfFile, OfList, READ_AT_ONCE};
use crate::feeds::sitemaps;
use crate::http::caching::Lifetime;
use crate::http::{Budget, RawQuery, Share, answer};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Problem, Result};

/// The file that has no articles.
const SECTIONS: &str = "sections";
const LONGEST_NAME: usize = 200;

/// What a stretch may hold, in bodies of lists.
const PART_BODIES: usize = 8;

/// How many files of one list there can be: a number behind it names none.
const MOST_FILES: u64 = 1_000_000;

/// Get the sitemap
///
/// Without `file` the index of its files (sitemaps.org), as addresses of the site: a front end hands `/sitemap.xml` on with its query. Each file has 50,000 articles or pages of one language at most, the oldest first, so that
/// new ones come into the last one; `sections` has the front page and the categories. What search engines are told not to list (`seo.noindex`) is left out. A file is sent while it is read; an answer that breaks off is not
/// whole: its last chunk is missing.
#[utoipa::path(
    get, path = "/sitemap.xml", tag = "Delivery", operation_id = "getSitemap",
    params(("file" = Option<String>, Query, max_length = 200, description = "The name of a file, as the index has it.", nullable = false)),
    responses(
        (status = 200, description = "The index, or the file.", body = Xml, content_type = "application/xml"),
    ),
    security(()),
)]
#[routes]
#[get("/sitemap.xml")]
#[get("/v1/preview/sitemap.xml")]
pub(super) async fn sitemap(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    if as_of.is_of_newest() {
        refuse_drafts(&mut q);
    }
    let (has_file, file) = (q.has("file"), q.text("file", LONGEST_NAME));
    q.finish()?;
    match file {
        None if !has_file => index(&request, as_of, &db, &delivery).await,
        Some(name) if name == SECTIONS => sections(&request, as_of, &db, &delivery).await,
        name => {
            let of = name.and_then(|name| named(&name, &delivery.locales.names())).ok_or_else(unknown)?;
            let share = Budget::reserve(&request, PART_BODIES)?;
            file_of(&request, Parts { as_of, of, left: i64::from(sitemaps::MOST), db, delivery, is_at_end: false, _share: share }).await
        }
    }
}

fn unknown() -> Problem {
    Problem::invalid_parameter("file", "unknown", "there is no such file; the answer without `file` has those that there are")
}

/// The index.
async fn index(request: &HttpRequest, as_of: AsOf, db: &Db, delivery: &Delivery) -> Result<HttpResponse> {
    let lists = OfList::all(&delivery.locales.names());
    let names: Vec<String> = lists.iter().map(OfList::name).collect();
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(reads::totals(connection, &reading, &lists)?);
    let (totals, _) = delivery.read_long(db, as_of, read).await?;
    let files = names
        .iter()
        .zip(totals)
        .flat_map(|(name, total)| (1..=total.div_ceil(u64::from(sitemaps::MOST))).map(move |number| format!("{name}-{number}")));
    let files = std::iter::once(SECTIONS.to_owned()).chain(files);
    let bytes = sitemaps::index(files.map(|name| format!("{}/sitemap.xml?file={name}", delivery.site_url)));
    xml(request, bytes).await
}

/// A file, sent while it is read.
async fn file_of(request: &HttpRequest, mut parts: Parts) -> Result<HttpResponse> {
    // The first part is read before the answer begins, so that it can still be refused.
    let first = parts.next().await?.ok_or_else(unknown)?;
    let waiting = VecDeque::from([sitemaps::begin(), first]);
    let bytes = stream::try_unfold((waiting, parts), |(mut waiting, mut parts)| async move {
        let next = match waiting.pop_front() {
            Some(bytes) => Some(bytes),
            None => parts.next().await?,
        };
        Ok::<_, Problem>(next.map(|bytes| (Bytes::from(bytes), (waiting, parts))))
    });
    Ok(answer::Delivered::new(Lifetime::NONE).content_type("application/xml").stream(request, bytes))
}

/// The file of this name, if it can be one.
fn named(name: &str, locales: &[String]) -> Option<OfFile> {
    let (list, number) = name.rsplit_once('-')?;
    let list = OfList::all(locales).into_iter().find(|of| of.name() == list)?;
    let is_plain = !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|number| is_plain && (1..=MOST_FILES).contains(number))?;
    let passed = i64::try_from((number - 1) * u64::from(sitemaps::MOST)).ok()?;
    Some(OfFile { list, passed, stretch: None })
}

/// What of a file is still to come.
struct Parts {
    as_of: AsOf,
    of: OfFile,
    left: i64,
    db: Data<Db>,
    delivery: Data<Delivery>,
    is_at_end: bool,
    /// What a stretch holds of the memory that large answers have together.
    _share: Share,
}

impl Parts {
    /// The next stretch as it is written, and behind the last one the end; nothing of a file that has no article.
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.is_at_end {
            return Ok(None);
        }
        let of = self.of.clone();
        let read = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(reads::file(connection, &reading, &of)?);
        let ((at, mut standings), _): ((Instant, _), _) = self.delivery.read_long(&self.db, self.as_of, read).await?;
        let is_first = self.of.stretch.is_none();
        let read = i64::try_from(standings.len()).unwrap_or(i64::MAX);
        standings.truncate(usize::try_from(self.left).unwrap_or(0));
        self.left -= read;
        // What follows is of the same instant.
        self.as_of = self.as_of.at(at);
        self.is_at_end = read < READ_AT_ONCE || self.left <= 0;
        let Some(last) = standings.last() else {
            return Ok(if is_first { None } else { Some(sitemaps::end()) });
        };
        self.of.stretch = Some(Stretch { place: Some(last.place()), is_descending: false, skipped: 0, rows: READ_AT_ONCE });
        let mut bytes = sitemaps::part(&self.delivery.site_url, &standings);
        if self.is_at_end {
            bytes.extend(sitemaps::end());
        }
        Ok(Some(bytes))
    }
}

/// The front page of the site and its categories.
async fn sections(request: &HttpRequest, as_of: AsOf, db: &Db, delivery: &Delivery) -> Result<HttpResponse> {
    let site_url = delivery.site_url.clone();
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let categories = reading.names.categories().map(|category| format!("{site_url}/{}", category.slug));
        let addresses: Vec<String> = std::iter::once(format!("{site_url}/")).chain(categories).collect();
        let (_, ground) = reads::totals(connection, &reading, &[])?;
        Ok((addresses, ground))
    };
    let (addresses, _) = delivery.read(db, as_of, read).await?;
    xml(request, sitemaps::plain(addresses.into_iter())).await
}

/// Get the news sitemap
///
/// For Google News: articles of the last 48 hours of every language, the newest first, at most 1,000, without those that search engines are told not to list (`seo.noindex`).
#[utoipa::path(get, path = "/news-sitemap.xml", tag = "Delivery", operation_id = "getNewsSitemap", responses((status = 200, description = "The sitemap.", body = Xml, content_type = "application/xml")), security(()))]
#[routes]
#[get("/news-sitemap.xml")]
#[get("/v1/preview/news-sitemap.xml")]
pub(super) async fn news(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    if as_of.is_of_newest() {
        refuse_drafts(&mut q);
    }
    q.finish()?;
    let locales = delivery.locales.names();
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(reads::news(connection, &reading, &locales)?);
    let (news, _) = delivery.read_long(&db, as_of, read).await?;
    xml(&request, sitemaps::news((&delivery.site_name, &delivery.site_url), &news)).await
}

/// Get robots.txt
///
/// For a front end to hand on: programs may fetch everything, and the sitemaps are named.
#[utoipa::path(get, path = "/robots.txt", tag = "Operations", operation_id = "getRobots", responses((status = 200, description = "The file.", body = RobotsTxt, content_type = "text/plain")), security(()))]
#[get("/robots.txt")]
pub(super) async fn robots(request: HttpRequest, raw: RawQuery, delivery: Data<Delivery>) -> Result<HttpResponse> {
    raw.none()?;
    let site = &delivery.site_url;
    let text = format!("User-agent: *\nDisallow:\n\nSitemap: {site}/sitemap.xml\nSitemap: {site}/news-sitemap.xml\n");
    let answer = answer::Delivered::new(Lifetime::seconds(delivery.usual.0)).content_type("text/plain; charset=utf-8");
    answer.bytes(&request, Bytes::from(text)).await
}

async fn xml(request: &HttpRequest, bytes: Vec<u8>) -> Result<HttpResponse> {
    answer::Delivered::new(Lifetime::NONE).content_type("application/xml").bytes(request, Bytes::from(bytes)).await
}
