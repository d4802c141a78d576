//! What `drafts=true` lists: the lists of each article that is not in the trash by its newest save, from when until when under which date, so that a page is
//! one range scan. Kept apart from what readers' lists are made of, and written in the transaction of each change.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Text};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::lists::{ListKey, Stretch, rows};
use super::rules::Publication;
use super::rules::dated::dated;
use super::subject::Subject;
use super::tallies::{Lists, among};
use super::visibility::{LISTED, LISTED_UNTIL, Snapshot};
use crate::db::schema::drafts;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::instant::Instant;

/// The date that orders what has none: before all others where the newest come first.
pub const UNDATED: Instant = Instant::NEVER;

/// Brings an article's rows, which are `present`, up to date with its newest save, which is on these lists, and its history.
///
/// # Errors
/// If the database fails.
pub(super) fn rewrite(
    connection: &mut AnyConnection,
    subject: &Subject,
    present: &BTreeSet<Stretch>,
    lists: &BTreeSet<ListKey>,
    history: &[Publication],
) -> Result<()> {
    let wanted: BTreeSet<Stretch> = if subject.trashed_at.is_some() { BTreeSet::new() } else { stretches(lists, history) };
    if *present == wanted {
        return Ok(());
    }
    diesel::delete(drafts::table.filter(drafts::article_id.eq(subject.id))).execute(connection)?;
    const ROWS: &str = "INSERT INTO drafts (list, first_at, article_id, from_at, until_at) VALUES ";
    Ok(Statement::insert(connection, ROWS, &rows(&wanted, subject.id))?)
}

fn stretches(lists: &BTreeSet<ListKey>, history: &[Publication]) -> BTreeSet<Stretch> {
    let dated = dated(history);
    let of = |list: &ListKey| {
        let stretch = |one: &super::rules::dated::Dated| (list.clone(), one.published_at.unwrap_or(UNDATED), one.from_at, one.until_at);
        dated.iter().map(stretch).collect::<Vec<_>>()
    };
    lists.iter().flat_map(of).collect()
}

/// Appends a column: the name of the status at an instant of the article `a`, of which `p` is in force.
pub fn status<ST>(statement: Statement<ST>, at: Instant) -> Statement<ST> {
    const LIVE: &str = "CASE WHEN p.revision < a.newest_revision THEN 'changed' WHEN p.id IS NOT NULL THEN 'live' \
        WHEN EXISTS (SELECT 1 FROM publications q WHERE q.article_id = a.id AND q.publish_at > ";
    const BEGUN: &str = ") THEN 'scheduled' WHEN EXISTS (SELECT 1 FROM publications q WHERE q.article_id = a.id AND q.cut_at > q.publish_at AND q.publish_at <= ";
    statement.sql(LIVE).bind(at).sql(BEGUN).bind(at).sql(") THEN 'ended' ELSE 'draft' END")
}

/// Appends a column: the date at an instant of the article `a`, of which `p` is in force; null if it has none.
pub fn date<ST>(statement: Statement<ST>, at: Instant) -> Statement<ST> {
    const COMING: &str = "COALESCE(p.published_at, (SELECT q.published_at FROM publications q WHERE q.article_id = a.id AND q.cut_at > q.publish_at AND q.publish_at > ";
    const LAST: &str = " ORDER BY q.publish_at LIMIT 1), (SELECT q.published_at FROM publications q WHERE q.article_id = a.id AND q.cut_at > q.publish_at AND q.publish_at <= ";
    statement.sql(COMING).bind(at).sql(LAST).bind(at).sql(" ORDER BY q.publish_at DESC LIMIT 1))")
}

/// How many newest saves are on each of these lists, each looked at: nothing keeps count of them. A list with none is missing.
///
/// # Errors
/// If the database fails.
pub fn totals(connection: &mut AnyConnection, snapshot: Snapshot, lists: Lists<'_>) -> Result<HashMap<String, i64>> {
    let statement = Statement::<(Text, BigInt)>::new("SELECT list, count(*) FROM drafts WHERE list");
    let statement = among(statement, " AND list", lists).sql(LISTED).bind(snapshot.at).sql(LISTED_UNTIL).bind(snapshot.at);
    let statement = snapshot.shows(statement, " AND article_id").sql(" GROUP BY list");
    let statement = if let Lists::These(_) = lists { statement.once() } else { statement };
    Ok(statement.load::<(String, i64)>(connection)?.into_iter().collect())
}
