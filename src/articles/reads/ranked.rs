//! Articles that are chosen by something else than their dates: those of a ranking that are live, and those of which ids are named. A ranking knows
//! nothing of what is live: what is hidden is passed over and leaves no hole.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use diesel::sql_types::BigInt;

use super::selection::Table;
use super::{BODIES, CardRow, CardSql, DATES, Selection, TEXT, TEXTS, WITH_BODY, WITHOUT_BODY, card, complete, entries};
use crate::articles::delivered::{Article, Fields};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::Limit;
use crate::publications::entries::Entry;
use crate::publications::visibility::{Ground, IN_FORCE, IN_FORCE_END, LISTED, LISTED_UNTIL, Part, Snapshot, ground};
use crate::views::reads::ranks::{Ranked, Ranking};
use crate::views::reads::{Told, totals};

/// So many of a ranking are looked at in one statement.
const AT_ONCE: usize = 200;
/// Of more it is not asked which of them come or go, but whether any article of the lists does.
const MOST_ASKED: usize = 1000;

/// Which articles of a ranking.
#[derive(Clone, Debug)]
pub struct RankedQuery {
    /// The ranking.
    pub ranking: Ranking,
    /// On which lists they are.
    pub selection: Selection,
    /// How many.
    pub limit: Limit,
    /// Which members they have.
    pub fields: Fields,
}

/// An article of a ranking that is live.
struct Found {
    id: ArticleId,
    views: i64,
    first_at: Instant,
}

/// The first of a ranking that are live on the lists. To be asked in one state of the database.
///
/// # Errors
/// If the database fails.
pub fn most_read(connection: &mut AnyConnection, reading: &Reading<'_>, query: &RankedQuery) -> Result<(Vec<Article>, Ground)> {
    let limit = query.limit.rows();
    let (mut found, mut passed): (Vec<Found>, usize) = (Vec::new(), 0);
    for some in query.ranking.chunks(AT_ONCE) {
        // Whoever was read as often as the last one may have a newer date.
        let is_full = found.get(limit - 1).is_some_and(|last| some[0].views < last.views);
        if is_full || query.selection.lists.is_empty() {
            break;
        }
        passed += some.len();
        let dates = listed(connection, reading.snapshot, &query.selection, some.iter().map(|ranked| ranked.id))?;
        found.extend(some.iter().filter_map(|Ranked { id, views }| Some(Found { id: *id, views: *views, first_at: *dates.get(id)? })));
        found.sort_by_key(|found| Reverse((found.views, found.first_at, found.id)));
    }
    found.truncate(limit);
    let shown: Vec<ArticleId> = found.iter().map(|found| found.id).collect();
    let least = found.get(limit - 1).map_or(0, |last| last.views);
    let of: Vec<ArticleId> = query.ranking[..passed].iter().take_while(|ranked| ranked.views >= least).map(|ranked| ranked.id).collect();
    let part = Part::Some { of: Some(of).filter(|of| of.len() <= MOST_ASKED), shown: shown.clone() };
    let ground = ground(connection, reading.snapshot.at, &query.selection.shown(part), reading.span_ms)?;
    let mut cards = cards(connection, reading, &shown, query.fields)?;
    let mut articles: Vec<Article> = shown.iter().filter_map(|id| cards.remove(id)).collect();
    let ground = ground.changing(complete(connection, reading, &mut articles)?);
    Ok((articles, ground))
}

/// Which of these articles are live on the lists, and under which dates.
pub(super) fn listed(
    connection: &mut AnyConnection,
    snapshot: Snapshot,
    selection: &Selection,
    ids: impl Iterator<Item = ArticleId>,
) -> Result<HashMap<ArticleId, Instant>> {
    let mut ids = ids.peekable();
    if ids.peek().is_none() || selection.lists.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Instant, ArticleId)> =
        of_ids(Statement::<(BigInt, IdSql)>::new(""), snapshot, selection, ids).once().load(connection)?;
    Ok(rows.into_iter().map(|(first_at, id)| (id, first_at)).collect())
}

/// Appends the rows of these articles that are on the lists, `first_at` and `article_id`. By the article: a list may be as long as the site is old.
pub(super) fn of_ids<ST>(
    statement: Statement<ST>,
    snapshot: Snapshot,
    selection: &Selection,
    ids: impl Iterator<Item = ArticleId>,
) -> Statement<ST> {
    let statement = statement.sql("SELECT first_at, article_id FROM listings d WHERE article_id IN (").bind_all(ids);
    let statement = statement.sql(") AND list || '' IN (").bind_all(&selection.lists).sql(")");
    let statement = selection.within(statement, None, true);
    let statement = statement.sql(LISTED).bind(snapshot.at).sql(LISTED_UNTIL).bind(snapshot.at);
    let statement = selection.also_listed(Table::Listings, statement, snapshot);
    snapshot.shows(statement, " AND article_id")
}

/// The texts in force of these articles, without what was corrected of them.
fn cards(connection: &mut AnyConnection, reading: &Reading<'_>, ids: &[ArticleId], fields: Fields) -> Result<HashMap<ArticleId, Article>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let statement = texts_in_force(Statement::<CardSql>::new("SELECT "), reading.snapshot.at, ids, fields, |statement| statement);
    let rows: Vec<CardRow> = statement.once().load(connection)?;
    let articles = rows.into_iter().map(|row| card(row).deliver(reading.names, fields).map(|article| (article.id, article)));
    articles.collect()
}

/// Appends the columns of the texts in force of these articles, of whatever is joined `beside` them.
pub(super) fn texts_in_force<ST>(
    statement: Statement<ST>,
    at: Instant,
    ids: &[ArticleId],
    fields: Fields,
    beside: impl FnOnce(Statement<ST>) -> Statement<ST>,
) -> Statement<ST> {
    let statement = beside(statement.sql(TEXT).sql(DATES).sql(if fields.has_body() { WITH_BODY } else { WITHOUT_BODY }));
    let statement = statement.sql("(SELECT id AS article_id FROM articles WHERE id IN (").bind_all(ids.iter().copied()).sql(")) l");
    let statement = statement.sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at).sql(TEXTS);
    if fields.has_body() { statement.sql(BODIES) } else { statement }
}

/// The same of what is live on the lists, by the texts of a release where it shows others.
pub(super) fn cards_with_entries(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    ids: &[ArticleId],
    selection: &Selection,
    fields: Fields,
) -> Result<HashMap<ArticleId, Article>> {
    let mut cards = cards(connection, reading, ids, fields)?;
    let entered: Vec<&Entry> = selection.of_release(reading).into_iter().filter(|entry| ids.contains(&entry.article_id)).collect();
    let texts = if entered.is_empty() { Vec::new() } else { entries::texts(connection, &entered, fields)? };
    for text in texts {
        cards.insert(text.id, text.deliver(reading.names, fields)?);
    }
    Ok(cards)
}

/// Those of these articles that are live on the lists, in their order. To be asked in one state of the database.
///
/// # Errors
/// If the database fails.
pub fn by_ids(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    selection: &Selection,
    ids: &[ArticleId],
    fields: Fields,
) -> Result<(Vec<Article>, Ground)> {
    let live = listed(connection, reading.snapshot, selection, ids.iter().copied())?;
    let shown: Vec<ArticleId> = ids.iter().filter(|id| live.contains_key(id)).copied().collect();
    let part = Part::Some { of: Some(ids.to_vec()), shown: shown.clone() };
    let ground = ground(connection, reading.snapshot.at, &selection.shown(part), reading.span_ms)?;
    let entered = selection.of_release(reading).into_iter().map(|entry| entry.article_id).filter(|id| ids.contains(id));
    let chosen: Vec<ArticleId> = shown.into_iter().chain(entered).collect();
    let mut cards = cards_with_entries(connection, reading, &chosen, selection, fields)?;
    let mut articles: Vec<Article> = ids.iter().filter_map(|id| cards.remove(id)).collect();
    let ground = ground.changing(complete(connection, reading, &mut articles)?);
    Ok((articles, ground))
}

/// How often those of these articles were read that are live on the lists, in their order.
///
/// # Errors
/// If the database fails.
pub fn views_of(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    selection: &Selection,
    told: Told,
    ids: &[ArticleId],
) -> Result<(Vec<(ArticleId, i64)>, Ground)> {
    let live: HashSet<ArticleId> = listed(connection, reading.snapshot, selection, ids.iter().copied())?.into_keys().collect();
    let part = Part::Some { of: Some(ids.to_vec()), shown: Vec::new() };
    let ground = ground(connection, reading.snapshot.at, &selection.shown(part), reading.span_ms)?;
    let totals = totals(connection, told, live.iter().copied())?;
    let counted = ids.iter().filter(|id| live.contains(id)).map(|id| (*id, totals.get(id).copied().unwrap_or(0)));
    Ok((counted.collect(), ground))
}

/// Adds to articles how often they were read.
///
/// # Errors
/// If the database fails.
pub fn add_views(connection: &mut AnyConnection, told: Told, articles: &mut [Article]) -> Result<()> {
    let totals = totals(connection, told, articles.iter().map(|article| article.id))?;
    for article in articles {
        article.views = Some(totals.get(&article.id).copied().unwrap_or(0));
    }
    Ok(())
}
