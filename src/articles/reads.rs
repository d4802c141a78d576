//! What readers get of articles: functions of an instant. Pages are one range scan; the text in force is one probe a row.

mod corrected;
mod counting;
mod curated;
mod dates;
mod differs;
mod drafts;
mod entries;
mod one;
mod paths;
mod ranked;
mod related;
mod selection;
mod translated;

use diesel::sql_types::{BigInt, Bool, Nullable, Text};

pub use self::corrected::{CorrectionsQuery, corrections};
pub use self::counting::{FEW_SEEN, MOST_SEEN, behind, total};
pub use self::curated::{CuratedQuery, curated};
pub use self::dates::{DatesQuery, dates, dates_on};
pub use self::differs::until_it_differs;
pub use self::drafts::{DraftsQuery, FoundDraft, drafts, find_draft};
pub use self::one::{Found, Wanted, find, locale_of_own};
pub use self::paths::{Standing, Stretch, standings};
pub use self::ranked::{RankedQuery, add_views, by_ids, most_read, views_of};
pub use self::related::{Among, Beside, beside};
pub use self::selection::Selection;
use self::selection::Window;
use super::delivered::{Article, Card, Fields};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, ListParameters, Page, Place, SortValue};
pub use crate::publications::tallies::Order;
use crate::publications::visibility::{
    Ground, GroundRow, GroundSql, IN_FORCE, IN_FORCE_END, Part, Rows, Shown, ground, ground_columns, shown_rows,
};

/// Which page of which lists.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// What is on the list.
    pub selection: Selection,
    /// In which order.
    pub order: Order,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub place: Option<Place>,
    /// How many of those are left out.
    pub skipped: i64,
    /// How many come before a page that is asked for by its number, else 0: what comes or goes among them shifts it.
    pub passed: i64,
    /// How many more rows are read and left out again at the beginning, since so many articles of a release may come among them.
    pub mixed: i64,
    /// Whether how many articles there are on all pages is told beside it.
    pub has_total: bool,
    /// Which members the articles have.
    pub fields: Fields,
    /// What describes the list for its cursors.
    pub parameters: ListParameters,
}

type CardSql = (
    IdSql,
    Text,
    Text,
    Text,
    Text,
    Text,
    Nullable<IdSql>,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    BigInt,
    BigInt,
    BigInt,
    Nullable<Text>,
    Nullable<Text>,
    Bool,
    Nullable<IdSql>,
);
type CardRow = (
    ArticleId,
    String,
    String,
    String,
    String,
    String,
    Option<CategoryId>,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
    Instant,
    Instant,
    Option<String>,
    Option<String>,
    bool,
    Option<ArticleId>,
);

fn card(row: CardRow) -> Card {
    let (
        id,
        kind,
        locale,
        slug,
        title,
        excerpt,
        category_id,
        refs,
        image,
        seo,
        custom,
        word_count,
        published_at,
        updated_at,
        html,
        text,
        may_be_corrected,
        translation_group,
    ) = row;
    Card {
        id,
        kind,
        locale,
        slug,
        title,
        excerpt,
        category_id,
        refs,
        image,
        seo,
        custom,
        word_count,
        published_at,
        updated_at,
        body: html.zip(text),
        may_be_corrected,
        translation_group,
    }
}

const TEXT: &str = "a.id, a.kind, a.locale, r.slug, r.title, r.excerpt, r.category_id, r.refs, r.image, r.seo, r.custom, r.word_count";
const DATES: &str = ", p.published_at, p.updated_at";
const WITH_BODY: &str = ", b.html, b.text, EXISTS (SELECT 1 FROM corrections k WHERE k.article_id = a.id), a.translation_group FROM ";
const WITHOUT_BODY: &str = ", NULL, NULL, EXISTS (SELECT 1 FROM corrections k WHERE k.article_id = a.id), a.translation_group FROM ";
const TEXTS: &str = " JOIN articles a ON a.id = p.article_id JOIN revisions r ON r.article_id = p.article_id AND r.number = p.revision";
const BODIES: &str = " JOIN revision_bodies b ON b.article_id = r.article_id AND b.number = r.number";

/// The articles on the lists at the snapshot, with the cursors of the neighbouring pages. One statement, whatever the size of the page, or more where
/// it is empty, and one where any of them was corrected; equal dates are ordered by id.
///
/// # Errors
/// If the database fails.
pub fn list(connection: &mut AnyConnection, reading: &Reading<'_>, query: &ListQuery) -> Result<(Page<Article>, Ground)> {
    let rows: Vec<(GroundRow, CardRow)> = match query.selection.lists.is_empty() {
        true => Vec::new(),
        false => page_statement(reading, query).load(connection)?,
    };
    let ground = match rows.first() {
        Some((below, _)) => (*below).into(),
        None => empty_ground(connection, reading, query)?,
    };
    let cards = query.merged(connection, reading, rows.into_iter().map(|(_, row)| card(row)).collect())?;
    let articles = cards.into_iter().map(|card| card.deliver(reading.names, query.fields)).collect::<Result<Vec<_>>>()?;
    let place = |article: &Article| (SortValue::Number(article.ordering().millis()), article.id.uuid());
    let mut page = Page::cut(articles, query.limit, query.place.as_ref(), reading.cursor_key, query.parameters.as_str(), place);
    let ground = ground.changing(complete(connection, reading, &mut page.items)?);
    Ok((page, ground))
}

/// Adds what lies apart from texts: corrections and translations. Tells when any of it becomes something else.
fn complete<'a>(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    articles: impl IntoIterator<Item = &'a mut Article>,
) -> Result<Option<Instant>> {
    let mut articles: Vec<&mut Article> = articles.into_iter().collect();
    let corrected = corrected::add(connection, reading, articles.iter_mut().map(|article| &mut **article))?;
    let translated = translated::add(connection, reading, &mut articles)?;
    Ok(corrected.into_iter().chain(translated).min())
}

/// A page by its number behind the last article stays empty until enough more have come.
fn empty_ground(connection: &mut AnyConnection, reading: &Reading<'_>, query: &ListQuery) -> Result<Ground> {
    let shown = match (query.passed, query.has_total) {
        (0, _) => query.shown(false),
        (_, true) => query.selection.shown(Part::Total),
        (passed, false) => {
            let total = counting::total(connection, reading, &query.selection)?;
            let total = i64::try_from(total.unwrap_or(u64::MAX)).unwrap_or(passed);
            query.selection.shown(Part::Empty { missing: (passed - total).max(0) })
        }
    };
    ground(connection, reading.snapshot.at, &shown, reading.span_ms)
}

impl ListQuery {
    /// Whether the newest rows come first as they are read, which is against the order of the list where the page lies before a place.
    fn is_descending(&self) -> bool {
        let is_backward = self.place.as_ref().is_some_and(|place| place.direction == Direction::Backward);
        (self.order == Order::Newest) != is_backward
    }

    /// What the page depends on; whether the statement has its rows.
    fn shown(&self, are_read: bool) -> Shown {
        let place = self.place.clone().filter(|_| self.passed == 0);
        let rows = Rows { place, are_descending: self.is_descending(), are_read };
        self.selection.shown(Part::Page { rows, has_total: self.has_total })
    }
}

/// The first rows behind the place of the query, each with the text in force and the ground under all of them.
fn page_statement(reading: &Reading<'_>, query: &ListQuery) -> Statement<(GroundSql, CardSql)> {
    let (snapshot, is_descending) = (reading.snapshot, query.is_descending());
    let limit = i64::try_from(query.limit.rows()).unwrap_or(i64::MAX);
    let window = Window { place: query.place.as_ref(), is_descending, skipped: query.skipped, rows: limit + 1 + query.mixed };
    let statement = shown_rows(is_descending, limit, |statement| query.selection.listed(statement, snapshot, window));
    let statement = ground_columns(statement, snapshot.at, &query.shown(true), reading.span_ms);
    let statement = statement.sql(", ").sql(TEXT).sql(DATES).sql(if query.fields.has_body() { WITH_BODY } else { WITHOUT_BODY });
    let mut statement = statement.sql("shown l").sql(IN_FORCE).bind(snapshot.at).sql(IN_FORCE_END).bind(snapshot.at).sql(TEXTS);
    if query.fields.has_body() {
        statement = statement.sql(BODIES);
    }
    let order =
        if is_descending { " ORDER BY l.first_at DESC, l.article_id DESC LIMIT " } else { " ORDER BY l.first_at, l.article_id LIMIT " };
    statement.sql(order).bind(limit + 1 + query.mixed)
}
