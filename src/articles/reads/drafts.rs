//! What previews of newest saves get: pages and single ones, of articles that are not in the trash, whatever of them is live. Reads of their own: nothing of
//! them is asked by readers.

use diesel::sql_types::{BigInt, Nullable, Text};
use uuid::Uuid;

use super::selection::{Table, Window};
use super::{CardRow, CardSql, MOST_SEEN, Order, Selection, TEXT, WITH_BODY, WITHOUT_BODY, Wanted, card, complete};
use crate::articles::delivered::Fields;
use crate::articles::delivered::drafts::PreviewArticle;
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Error, Result, Statement};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::publications::drafts::{UNDATED, date, status};
use crate::publications::rules::standing::Status;
use crate::publications::visibility::{Ground, GroundRow, GroundSql, IN_FORCE, IN_FORCE_END, Shown, Snapshot, ground, ground_columns};

/// Which page of which lists.
#[derive(Clone, Debug)]
pub struct DraftsQuery {
    /// What is on the list.
    pub selection: Selection,
    /// In which order; what has no date counts as newer than what has one.
    pub order: Order,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub place: Option<Place>,
    /// How many of those are left out.
    pub skipped: i64,
    /// Whether how many there are on all pages is told beside it.
    pub has_total: bool,
    /// Which members the articles have.
    pub fields: Fields,
    /// What describes the list for its cursors.
    pub parameters: ListParameters,
}

/// What a slug or id answers.
pub enum FoundDraft {
    /// An article, by its newest save.
    Here(Box<PreviewArticle>),
    /// Its newest save has another slug.
    Moved(String),
    /// Nothing.
    Nothing,
}

impl DraftsQuery {
    /// The page that so many newest saves come before, which are passed one by one.
    #[must_use]
    pub fn skipping(self, passed: i64) -> Self {
        let (first, id) = match self.order {
            Order::Newest => (UNDATED, Uuid::max()),
            Order::Oldest => (Instant::FIRST, Uuid::nil()),
        };
        let place = Place { value: SortValue::Number(first.millis()), id, direction: Direction::Forward };
        Self { place: Some(place), skipped: passed, ..self }
    }
}

/// Status, number of the newest save, the rest.
type DraftSql = (Text, BigInt, CardSql);
type DraftRow = (String, i64, CardRow);

const NEWEST: &str = ", a.newest_revision, ";
const BODIES: &str = " JOIN revision_bodies b ON b.article_id = r.article_id AND b.number = r.number";

/// A page of newest saves, dated as of the snapshot, with the cursors of the neighbouring pages. One statement, or two where it is empty or something was corrected.
///
/// # Errors
/// If the database fails.
pub fn drafts(connection: &mut AnyConnection, reading: &Reading<'_>, query: &DraftsQuery) -> Result<(Page<PreviewArticle>, Ground)> {
    let rows: Vec<(GroundRow, DraftRow)> = match query.selection.lists.is_empty() {
        true => Vec::new(),
        false => page(reading, query).load(connection)?,
    };
    let below = match rows.first() {
        Some((below, _)) => (*below).into(),
        None => ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?,
    };
    let articles = rows.into_iter().map(|(_, row)| draft(row, reading, query.fields)).collect::<Result<Vec<_>>>()?;
    let place = |draft: &PreviewArticle| (SortValue::Number(draft.article.ordering().millis()), draft.article.id.uuid());
    let mut page = Page::cut(articles, query.limit, query.place.as_ref(), reading.cursor_key, query.parameters.as_str(), place);
    complete(connection, reading, page.items.iter_mut().map(|draft| &mut draft.article))?;
    if query.has_total {
        page.total = total(connection, reading.snapshot, &query.selection)?;
    }
    Ok((page, below))
}

/// How many newest saves the lists have, each looked at; `None` if they are more than [`MOST_SEEN`].
fn total(connection: &mut AnyConnection, snapshot: Snapshot, selection: &Selection) -> Result<Option<u64>> {
    if selection.lists.is_empty() {
        return Ok(Some(0));
    }
    let statement = Statement::<BigInt>::new("SELECT count(*) FROM (");
    let statement = selection.rows_of(Table::Drafts, statement, snapshot, Window::newest(MOST_SEEN + 1));
    let seen: i64 = statement.sql(") l").get_result(connection)?;
    Ok(u64::try_from(seen).ok().filter(|_| seen <= MOST_SEEN))
}

/// The dates that newest saves on the lists have, each with how many; `None` if several lists have more than [`MOST_SEEN`]. One statement.
///
/// # Errors
/// If the database fails.
pub(super) fn draft_dates(
    connection: &mut AnyConnection,
    snapshot: Snapshot,
    selection: &Selection,
) -> Result<Option<Vec<(Instant, i64)>>> {
    let dated = Selection { published_before: selection.published_before.or(Some(UNDATED)), ..selection.clone() };
    let most = if dated.one_list().is_none() { MOST_SEEN } else { i64::MAX - 1 };
    let statement = Statement::<(BigInt, BigInt)>::new("SELECT first_at, count(*) FROM (");
    let statement = dated.rows_of(Table::Drafts, statement, snapshot, Window::newest(most + 1));
    let dates: Vec<(Instant, i64)> = statement.sql(") l GROUP BY first_at").load(connection)?;
    let seen: i64 = dates.iter().map(|(_, articles)| articles).sum();
    Ok(Some(dates).filter(|_| seen <= most))
}

fn draft((status, revision, row): DraftRow, reading: &Reading<'_>, fields: Fields) -> Result<PreviewArticle> {
    let status = Status::find(&status).ok_or_else(|| Error::corrupt("unknown status"))?;
    Ok(PreviewArticle { article: card(row).deliver(reading.names, fields)?, status, revision })
}

fn page(reading: &Reading<'_>, query: &DraftsQuery) -> Statement<(GroundSql, DraftSql)> {
    let at = reading.snapshot.at;
    let is_backward = query.place.as_ref().is_some_and(|place| place.direction == Direction::Backward);
    let is_descending = (query.order == Order::Newest) != is_backward;
    let rows = query.limit.read_rows();
    let window = Window { place: query.place.as_ref(), is_descending, skipped: query.skipped, rows };
    let statement = ground_columns(Statement::new("SELECT "), at, &Shown::Nothing, reading.span_ms).sql(", ");
    let statement = status(statement, at).sql(NEWEST).sql(TEXT).sql(", l.first_at, COALESCE(p.updated_at, ").bind(UNDATED).sql(")");
    let statement = statement.sql(if query.fields.has_body() { WITH_BODY } else { WITHOUT_BODY }).sql("(");
    let statement = query.selection.rows_of(Table::Drafts, statement, reading.snapshot, window);
    let statement = statement
        .sql(") l JOIN articles a ON a.id = l.article_id JOIN revisions r ON r.article_id = a.id AND r.number = a.newest_revision");
    let statement = if query.fields.has_body() { statement.sql(BODIES) } else { statement };
    let statement = statement.sql(" LEFT").sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at);
    let order =
        if is_descending { " ORDER BY l.first_at DESC, l.article_id DESC LIMIT " } else { " ORDER BY l.first_at, l.article_id LIMIT " };
    statement.sql(order).bind(rows)
}

/// The newest save of what a slug or id names. One statement, and one more where it was corrected.
///
/// # Errors
/// If the database fails.
pub fn find_draft(connection: &mut AnyConnection, reading: &Reading<'_>, wanted: &Wanted, fields: Fields) -> Result<(FoundDraft, Ground)> {
    let row: (GroundRow, Option<DraftRow>) = one(reading, wanted, fields).get_result(connection)?;
    let (below, row) = row;
    let mut draft = row.map(|row| draft(row, reading, fields)).transpose()?;
    complete(connection, reading, draft.iter_mut().map(|draft| &mut draft.article))?;
    let found = match draft {
        None => FoundDraft::Nothing,
        Some(draft) => match wanted {
            Wanted::Slug { slug, .. } if draft.article.slug != *slug => FoundDraft::Moved(draft.article.slug),
            _ => FoundDraft::Here(Box::new(draft)),
        },
    };
    Ok((found, below.into()))
}

fn one(reading: &Reading<'_>, wanted: &Wanted, fields: Fields) -> Statement<(GroundSql, Nullable<DraftSql>)> {
    let at = reading.snapshot.at;
    let statement = ground_columns(Statement::new("SELECT "), at, &Shown::Nothing, reading.span_ms).sql(", ");
    // What is not there has neither status nor anything else.
    let statement = status(statement.sql("CASE WHEN a.id IS NULL THEN NULL ELSE "), at).sql(" END").sql(NEWEST).sql(TEXT);
    let statement = date(statement.sql(", COALESCE("), at).sql(", ").bind(UNDATED).sql("), COALESCE(p.updated_at, ").bind(UNDATED).sql(")");
    let statement = statement.sql(if fields.has_body() { WITH_BODY } else { WITHOUT_BODY }).sql("(SELECT ");
    let statement = wanted
        .named(statement, reading.snapshot)
        .sql(" AS article_id) l LEFT JOIN articles a ON a.id = l.article_id AND a.trashed_at IS NULL");
    let statement = statement.sql(" LEFT JOIN revisions r ON r.article_id = a.id AND r.number = a.newest_revision");
    let statement = if fields.has_body() { statement.sql(" LEFT").sql(BODIES) } else { statement };
    statement.sql(" LEFT").sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at)
}
