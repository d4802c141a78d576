//! Where each article stands from when until when: one row for each status that it has or will come to if nothing is written any more, with
//! what editors order their list by, so that a page of articles of a status is one range scan. Written in the transaction of each change.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::rules::Publication;
use super::rules::standing::Written;
use super::subject::Subject;
use crate::db::schema::standings;
use crate::db::{AnyConnection, Bind, Result, Statement};
use crate::kernel::instant::Instant;

/// So many rows are written by one statement.
const ROWS: usize = 100;

/// What the status of an article is derived from.
pub fn written<'a>(subject: &Subject, history: &'a [Publication]) -> Written<'a> {
    Written { history, newest: subject.newest_revision, is_trashed: subject.trashed_at.is_some() }
}

/// Brings an article's rows up to date with its history. What has passed is forgotten: nobody lists by a status of the past.
///
/// # Errors
/// If the database fails.
pub fn rewrite(connection: &mut AnyConnection, subject: &Subject, history: &[Publication], now: Instant) -> Result<()> {
    diesel::delete(standings::table.filter(standings::article_id.eq(subject.id))).execute(connection)?;
    for rows in written(subject, history).standings(now).chunks(ROWS) {
        let mut statement = Statement::<()>::new(
            "INSERT INTO standings (article_id, from_at, until_at, status, kind, locale, created_by, created_at, saved_at) VALUES (",
        );
        for (at, row) in rows.iter().enumerate() {
            statement = if at > 0 { statement.sql("), (") } else { statement };
            statement = statement.bind_all([
                Bind::from(subject.id),
                row.from_at.into(),
                row.until_at.into(),
                row.status.name().into(),
                subject.kind.as_str().into(),
                subject.locale.as_str().into(),
                subject.created_by.into(),
                subject.created_at.into(),
                subject.saved_at.into(),
            ]);
        }
        statement.sql(")").once().execute(connection)?;
    }
    Ok(())
}
