//! Where each article stands from when until when: one row for each status that it has or will come to if nothing is written any more, with
//! what editors order their list by, so that a page of articles of a status is one range scan. Written in the transaction of each change.

use super::rules::Publication;
use super::rules::standing::Written;
use super::subject::Subject;
use crate::db::{AnyConnection, Bind, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// What the status of an article is derived from.
pub fn written<'a>(subject: &Subject, history: &'a [Publication]) -> Written<'a> {
    Written { history, newest: subject.newest_revision, is_trashed: subject.trashed_at.is_some() }
}

/// Brings an article's rows up to date with its history. What has passed is forgotten: nobody lists by a status of the past.
///
/// # Errors
/// If the database fails.
pub fn rewrite(connection: &mut AnyConnection, subject: &Subject, history: &[Publication], now: Instant) -> Result<()> {
    Statement::<()>::new(DELETE).bind(subject.id).execute(connection)?;
    let rows = written(subject, history).standings(now).into_iter().map(|row| {
        [
            Bind::from(subject.id),
            row.from_at.into(),
            row.until_at.into(),
            row.status.name().into(),
            subject.kind.as_str().into(),
            subject.locale.as_str().into(),
            subject.created_by.into(),
            subject.created_at.into(),
            subject.saved_at.into(),
        ]
    });
    const ROWS: &str =
        "INSERT INTO standings (article_id, from_at, until_at, status, kind, locale, created_by, created_at, saved_at) VALUES ";
    Ok(Statement::insert(connection, ROWS, &Vec::from_iter(rows))?)
}

/// Brings what an article's newest save names up to date with its rows: categories with those above them, and authors. The tree is locked.
///
/// # Errors
/// If the database fails.
pub(super) fn rewrite_named(connection: &mut AnyConnection, article_id: ArticleId) -> Result<()> {
    const NAMED: &str = "INSERT INTO named_standings (target_id, status, saved_at, created_at, article_id, from_at, until_at) \
        SELECT DISTINCT COALESCE(d.ancestor_id, k.target_id), s.status, s.saved_at, s.created_at, s.article_id, s.from_at, s.until_at \
        FROM articles a JOIN revision_keys k ON k.article_id = a.id AND k.number = a.newest_revision AND k.relation IN ('category', 'author') \
        JOIN standings s ON s.article_id = a.id LEFT JOIN category_ancestors d ON k.relation = 'category' AND d.category_id = k.target_id WHERE a.id = ";
    Statement::<()>::new(UNNAME).bind(article_id).execute(connection)?;
    Statement::<()>::new(NAMED).bind(article_id).execute(connection)?;
    Ok(())
}

/// Deletes all rows of an article.
///
/// # Errors
/// If the database fails.
pub(super) fn erase(connection: &mut AnyConnection, article_id: ArticleId) -> Result<()> {
    let deletes = [UNNAME, DELETE].map(|sql| Statement::new(sql).bind(article_id));
    Ok(Statement::together(connection, deletes.into())?)
}

const DELETE: &str = "DELETE FROM standings WHERE article_id = ";
const UNNAME: &str = "DELETE FROM named_standings WHERE article_id = ";
