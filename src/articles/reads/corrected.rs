//! What was corrected: of articles that are read anyway, and on the whole site. A correction is there from its instant on while its article is live; what is read ahead of that is
//! the instant alone, for lifetimes.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Nullable};

use super::{Selection, ranked};
use crate::articles::delivered::corrections::{CorrectedArticle, SiteCorrection};
use crate::articles::delivered::{Article, ArticleField, Fields};
use crate::categories::context::Reading;
use crate::corrections::reads::{COLUMNS, CorrectionRow, CorrectionSql, correction, of_articles};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::publications::entries::Entry;
use crate::publications::visibility::{Ground, LISTED, LISTED_UNTIL, Part, Shown, ground, starting};

/// Adds their corrections to articles, and tells when the next one begins or ends. One statement, if there are any.
pub(super) fn add<'a>(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    articles: impl IntoIterator<Item = &'a mut Article>,
) -> Result<Option<Instant>> {
    let corrected: Vec<&mut Article> = articles.into_iter().filter(|article| article.may_be_corrected).collect();
    if corrected.is_empty() {
        return Ok(None);
    }
    let ids = corrected.iter().map(|article| article.id);
    let (mut corrections, next) = of_articles(connection, reading.snapshot, reading.span_ms, ids)?;
    for article in corrected {
        article.corrections = corrections.remove(&article.id).unwrap_or_default();
    }
    Ok(next)
}

/// Which page of the site's corrections.
#[derive(Clone, Debug)]
pub struct CorrectionsQuery {
    /// The language.
    pub locale: String,
    /// On which lists the articles are; on no others at once.
    pub selection: Selection,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub place: Option<Place>,
    /// What describes the list for its cursors.
    pub parameters: ListParameters,
}

/// So many articles at most are asked one by one whether they come or go.
const MOST_ASKED: usize = 1000;
const SHOWN: [ArticleField; 4] = [ArticleField::Id, ArticleField::Slug, ArticleField::Path, ArticleField::Title];

/// The corrections of the articles that are live on the lists, the newest first. To be asked in one state of the database.
///
/// # Errors
/// If the database fails.
pub fn corrections(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    query: &CorrectionsQuery,
) -> Result<(Page<SiteCorrection>, Ground)> {
    let entered = query.selection.of_release(reading);
    let rows: Vec<CorrectionRow> = match query.selection.lists.is_empty() {
        true => Vec::new(),
        false => page_statement(reading, query, &entered).load(connection)?,
    };
    let place = |(_, id, at, ..): &CorrectionRow| (SortValue::Number(at.millis()), id.uuid());
    let looked_at: Vec<ArticleId> = distinct(rows.iter().map(|row| row.0));
    let page = Page::cut(rows, query.limit, query.place.as_ref(), reading.cursor_key, query.parameters.as_str(), place);
    let shown = distinct(page.items.iter().map(|row| row.0));
    let ground = query.ground(connection, reading, looked_at, &shown)?;
    let articles = ranked::cards_with_entries(connection, reading, &shown, &query.selection, Fields::of(&SHOWN))?;
    let items = page.items.iter().filter_map(|row| told(row.clone(), &articles).transpose()).collect::<Result<Vec<_>>>()?;
    Ok((Page { items, next: page.next, previous: page.previous, total: None }, ground))
}

fn distinct(ids: impl Iterator<Item = ArticleId>) -> Vec<ArticleId> {
    let mut ids: Vec<ArticleId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn told(row: CorrectionRow, articles: &HashMap<ArticleId, Article>) -> Result<Option<SiteCorrection>> {
    let (id, correction) = correction(row)?;
    let article = |article: &Article| {
        let Article { id, slug, path, title, .. } = article;
        CorrectedArticle { id: *id, slug: slug.clone(), path: path.clone(), title: title.clone() }
    };
    Ok(articles.get(&id).map(|found| SiteCorrection { correction, article: article(found) }))
}

/// The corrections behind the place, in the order in which they are read: a range scan that goes past those of articles which are not live.
fn page_statement(reading: &Reading<'_>, query: &CorrectionsQuery, entered: &[&Entry]) -> Statement<CorrectionSql> {
    let at = reading.snapshot.at;
    let statement = Statement::new("SELECT ").sql(COLUMNS).sql(" FROM corrections c WHERE c.locale = ").bind(query.locale.as_str());
    let statement = query.beyond(statement).sql(LISTED).bind(at).sql(LISTED_UNTIL).bind(at).sql(" AND (");
    // By the article: a list may be as long as the site is old.
    let statement = statement.sql("EXISTS (SELECT 1 FROM listings d WHERE d.article_id = c.article_id AND d.list || '' IN (");
    let statement = statement.bind_all(&query.selection.lists).sql(")").sql(LISTED).bind(at).sql(LISTED_UNTIL).bind(at);
    let mut statement = reading.snapshot.shows(statement, " AND d.article_id").sql(")");
    if !entered.is_empty() {
        statement = statement.sql(" OR c.article_id IN (").bind_all(entered.iter().map(|entry| entry.article_id)).sql(")").once();
    }
    let order = if query.is_backward() { ") ORDER BY c.from_at, c.id LIMIT " } else { ") ORDER BY c.from_at DESC, c.id DESC LIMIT " };
    statement.sql(order).bind(query.limit.read_rows())
}

impl CorrectionsQuery {
    fn is_backward(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.direction == Direction::Backward)
    }

    /// Appends what lies beyond the place.
    fn beyond<ST>(&self, statement: Statement<ST>) -> Statement<ST> {
        let Some(Place { value: SortValue::Number(at), id, .. }) = &self.place else { return statement };
        let beyond = if self.is_backward() { " AND (c.from_at, c.id) > (" } else { " AND (c.from_at, c.id) < (" };
        statement.sql(beyond).bind(*at).sql(", ").bind(*id).sql(")")
    }

    /// The ground under the page: what is on it changes, an article comes or goes of which there are corrections, or one begins. Some of that may show nowhere: see
    /// [`super::until_it_differs`].
    fn ground(
        &self,
        connection: &mut AnyConnection,
        reading: &Reading<'_>,
        looked_at: Vec<ArticleId>,
        shown: &[ArticleId],
    ) -> Result<Ground> {
        let (at, until) = (reading.snapshot.at, reading.snapshot.at.plus_millis(reading.span_ms));
        if self.selection.lists.is_empty() {
            return ground(connection, at, &Shown::Nothing, reading.span_ms);
        }
        let coming = Statement::<IdSql>::new("SELECT DISTINCT c.article_id FROM corrections c WHERE c.article_id IN (");
        let coming = starting(coming, at, reading.span_ms).sql(") AND c.from_at <= ").bind(until).sql(" AND c.until_at > ").bind(at);
        let coming: Vec<ArticleId> = coming.load(connection)?;
        let of = distinct(looked_at.into_iter().chain(coming));
        let part = Part::Some { of: Some(of).filter(|of| of.len() <= MOST_ASKED), shown: shown.to_vec() };
        let ground = ground(connection, at, &self.selection.shown(part), reading.span_ms)?;
        let next =
            Statement::<Nullable<BigInt>>::new("SELECT min(c.from_at) FROM corrections c WHERE c.locale = ").bind(self.locale.as_str());
        let next = next.sql(" AND c.from_at > ").bind(at).sql(" AND c.from_at <= ").bind(until);
        Ok(ground.changing(next.get_result(connection)?))
    }
}
