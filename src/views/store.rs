//! Views in the database. Rows are written in the order of their keys, so that nodes that write at once do not wait for each other in a circle.

use std::collections::BTreeMap;

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Binary};

use super::rules::{DAY_MS, HOUR_MS, MINUTE_MS, MOST_OF_ADDRESS, ONCE_IN_MS};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// So many readers are written by one statement.
const AT_ONCE: usize = 500;

/// A reader of an article, as nobody can tell who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest {
    /// Of the address.
    pub address: i64,
    /// Of the address and the `User-Agent`.
    pub agent: i64,
}

/// That a reader looked at an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The article.
    pub article_id: ArticleId,
    /// The reader, with the salt of the day.
    pub reader: Digest,
    /// The same with the salt of the day before, for as long as a view of that day forbids another.
    pub before: Digest,
    /// When.
    pub at: Instant,
    /// How many others with this address come before it in what is written at once.
    pub others: i64,
}

/// Keeps these views, of different readers or articles each, of those who did not look within the last half hour: how many of each article and minute.
///
/// # Errors
/// If the database fails.
pub fn keep(connection: &mut AnyConnection, views: &[View]) -> Result<BTreeMap<(ArticleId, Instant), i64>> {
    let mut counted = BTreeMap::new();
    for some in views.chunks(AT_ONCE) {
        let kept: Vec<(ArticleId, Instant)> = keeping(some).load(connection)?;
        for (article_id, at) in kept {
            *counted.entry((article_id, at.floored(MINUTE_MS))).or_insert(0) += 1;
        }
    }
    Ok(counted)
}

/// Of those who did not look within the last half hour as many of one address as may.
fn keeping(views: &[View]) -> Statement<(IdSql, BigInt)> {
    let mut statement = Statement::new(
        "INSERT INTO view_readers (article_id, address, agent, counted_at) SELECT v.column1, v.column2, v.column3, v.column4 FROM \
         (SELECT c.*, row_number() OVER (PARTITION BY c.column1, c.column2 ORDER BY c.column5) AS place FROM (VALUES (",
    );
    for (at, view) in views.iter().enumerate() {
        statement = if at == 0 { statement } else { statement.sql("), (") };
        statement = statement.bind(view.article_id).sql(", ").bind(view.reader.address).sql(", ").bind(view.reader.agent).sql(", ");
        statement = statement.bind(view.at).sql(", ").bind(view.others).sql(", ").bind(view.before.address).sql(", ");
        statement = statement.bind(view.before.agent);
    }
    let statement = statement.sql(
        ")) c WHERE NOT EXISTS (SELECT 1 FROM view_readers o WHERE o.article_id = c.column1 AND o.address = c.column2 AND o.agent = c.column3 AND o.counted_at > c.column4 - ",
    );
    let statement = statement.bind(ONCE_IN_MS).sql(
        ") AND NOT EXISTS (SELECT 1 FROM view_readers o WHERE o.article_id = c.column1 AND o.address = c.column6 AND o.agent = c.column7 AND o.counted_at > c.column4 - ",
    );
    let statement = statement.bind(ONCE_IN_MS).sql(
        ")) v WHERE v.place + (SELECT count(*) FROM view_readers o WHERE o.article_id = v.column1 AND o.address = v.column2 AND o.counted_at > v.column4 - ",
    );
    // Another node may have written the same reader meanwhile.
    let statement = statement.bind(ONCE_IN_MS).sql(") <= ").bind(MOST_OF_ADDRESS).sql(
        " ON CONFLICT (article_id, address, agent) DO UPDATE SET counted_at = excluded.counted_at WHERE view_readers.counted_at <= excluded.counted_at - ",
    );
    statement.bind(ONCE_IN_MS).sql(" RETURNING article_id, counted_at").once()
}

/// Adds what was counted, by article and minute, to the totals and to what windows are made of.
///
/// # Errors
/// If the database fails.
pub fn add(connection: &mut AnyConnection, counted: &BTreeMap<(ArticleId, Instant), i64>) -> Result<()> {
    let (mut totals, mut buckets) = (BTreeMap::new(), BTreeMap::new());
    for ((article_id, minute), views) in counted {
        *totals.entry(*article_id).or_insert(0) += views;
        for width in [MINUTE_MS, HOUR_MS, DAY_MS] {
            *buckets.entry((width, minute.floored(width), *article_id)).or_insert(0) += views;
        }
    }
    for some in chunks(&totals) {
        let mut statement = Statement::<BigInt>::new("INSERT INTO view_totals (article_id, views, imported) VALUES (");
        for (at, (article_id, views)) in some.into_iter().enumerate() {
            statement = if at == 0 { statement } else { statement.sql(", 0), (") };
            statement = statement.bind(*article_id).sql(", ").bind(*views);
        }
        let statement = statement.sql(", 0) ON CONFLICT (article_id) DO UPDATE SET views = view_totals.views + excluded.views");
        statement.once().execute(connection)?;
    }
    for some in chunks(&buckets) {
        let mut statement = Statement::<BigInt>::new("INSERT INTO view_buckets (width, starts_at, article_id, views) VALUES (");
        for (at, ((width, starts_at, article_id), views)) in some.into_iter().enumerate() {
            statement = if at == 0 { statement } else { statement.sql("), (") };
            statement = statement.bind(*width).sql(", ").bind(*starts_at).sql(", ").bind(*article_id).sql(", ").bind(*views);
        }
        let statement =
            statement.sql(") ON CONFLICT (width, starts_at, article_id) DO UPDATE SET views = view_buckets.views + excluded.views");
        statement.once().execute(connection)?;
    }
    Ok(())
}

fn chunks<K, V>(rows: &BTreeMap<K, V>) -> Vec<Vec<(&K, &V)>> {
    let rows: Vec<(&K, &V)> = rows.iter().collect();
    rows.chunks(AT_ONCE).map(<[_]>::to_vec).collect()
}

/// Says how often an article was read elsewhere, before it came here.
///
/// # Errors
/// If the database fails.
pub fn import(connection: &mut AnyConnection, article_id: ArticleId, views: i64) -> Result<()> {
    let statement = Statement::<BigInt>::new("INSERT INTO view_totals (article_id, views, imported) VALUES (").bind(article_id);
    let statement = statement.sql(", 0, ").bind(views).sql(") ON CONFLICT (article_id) DO UPDATE SET imported = excluded.imported");
    statement.execute(connection)?;
    Ok(())
}

/// Deletes how often an article was read, which is purged. What windows are made of goes by its age.
///
/// # Errors
/// If the database fails.
pub fn erase(connection: &mut AnyConnection, article_id: ArticleId) -> Result<()> {
    Statement::<BigInt>::new("DELETE FROM view_totals WHERE article_id = ").bind(article_id).execute(connection)?;
    Statement::<BigInt>::new("DELETE FROM view_readers WHERE article_id = ").bind(article_id).execute(connection)?;
    Ok(())
}

/// The salt of a day.
///
/// # Errors
/// If the database fails.
pub fn salt(connection: &mut AnyConnection, day: Instant) -> Result<Option<Vec<u8>>> {
    let found = Statement::<Binary>::new("SELECT salt FROM view_salts WHERE day = ").bind(day).get_result(connection);
    Ok(found.optional()?)
}

/// The salt of a day: `salt`, if it has none.
///
/// # Errors
/// If the database fails.
pub fn salt_or(connection: &mut AnyConnection, day: Instant, salt: &[u8]) -> Result<Vec<u8>> {
    let insert = Statement::<Binary>::new("INSERT INTO view_salts (day, salt) VALUES (").bind(day).sql(", ").bind(salt.to_vec());
    insert.sql(") ON CONFLICT (day) DO NOTHING").execute(connection)?;
    Ok(self::salt(connection, day)?.unwrap_or_else(|| salt.to_vec()))
}

/// Deletes the salts of the days before this one.
///
/// # Errors
/// If the database fails.
pub fn delete_salts(connection: &mut AnyConnection, before: Instant) -> Result<()> {
    Statement::<BigInt>::new("DELETE FROM view_salts WHERE day < ").bind(before).execute(connection)?;
    Ok(())
}

/// Deletes at most so many readers who counted up to an instant: how many there were.
///
/// # Errors
/// If the database fails.
pub fn delete_readers(connection: &mut AnyConnection, until: Instant, most: i64) -> Result<usize> {
    let old = Statement::<BigInt>::new(
        "DELETE FROM view_readers WHERE (article_id, address, agent) IN (SELECT article_id, address, agent FROM view_readers WHERE counted_at <= ",
    );
    Ok(old.bind(until).sql(" ORDER BY counted_at LIMIT ").bind(most).sql(")").execute(connection)?)
}

/// Deletes at most so many of the buckets of a width that began before an instant: how many there were.
///
/// # Errors
/// If the database fails.
pub fn delete_buckets(connection: &mut AnyConnection, width: i64, before: Instant, most: i64) -> Result<usize> {
    let old = Statement::<BigInt>::new(
        "DELETE FROM view_buckets WHERE (width, starts_at, article_id) IN (SELECT width, starts_at, article_id FROM view_buckets WHERE width = ",
    );
    let old = old.bind(width).sql(" AND starts_at < ").bind(before).sql(" ORDER BY starts_at LIMIT ").bind(most).sql(")");
    Ok(old.execute(connection)?)
}
