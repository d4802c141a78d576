//! The corrections of articles as readers get them.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Text};

use super::dto::{Correction, CorrectionKind};
use crate::db::{AnyConnection, Error, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CorrectionId};
use crate::kernel::instant::Instant;
use crate::publications::visibility::Snapshot;

/// What is read of a correction.
pub type CorrectionSql = (IdSql, IdSql, BigInt, Text, Text);
/// See [`CorrectionSql`]: its article, its id, since when, kind and text.
pub type CorrectionRow = (ArticleId, CorrectionId, Instant, String, String);

/// The columns of [`CorrectionSql`], of `corrections c`.
pub const COLUMNS: &str = "c.article_id, c.id, c.from_at, c.kind, c.html";

/// A correction, and the article that it is of.
///
/// # Errors
/// If what is stored is no correction.
pub fn correction((article_id, id, at, kind, text_html): CorrectionRow) -> Result<(ArticleId, Correction)> {
    let kind = CorrectionKind::find(&kind).ok_or_else(|| Error::corrupt("unknown kind of correction"))?;
    Ok((article_id, Correction { id, at, kind, text_html }))
}

/// What was corrected of each article.
pub type OfArticles = HashMap<ArticleId, Vec<Correction>>;

/// Those of these articles that have begun and were not retracted, in their order, and when the next of them begins or ends within the span. One statement: what begins within
/// the span is read with the rest, and only its instant is looked at.
///
/// # Errors
/// If the database fails.
pub fn of_articles(
    connection: &mut AnyConnection,
    snapshot: Snapshot,
    span_ms: i64,
    ids: impl IntoIterator<Item = ArticleId>,
) -> Result<(OfArticles, Option<Instant>)> {
    let (at, until) = (snapshot.at, snapshot.at.plus_millis(span_ms));
    let statement = Statement::<(CorrectionSql, BigInt)>::new("SELECT ").sql(COLUMNS).sql(", c.until_at FROM corrections c");
    let statement = statement.sql(" WHERE c.article_id IN (").bind_all(ids).sql(") AND c.from_at <= ").bind(until);
    let statement = statement.sql(" AND c.until_at > ").bind(at).sql(" ORDER BY c.from_at, c.id");
    let rows: Vec<(CorrectionRow, Instant)> = statement.once().load(connection)?;
    let instants = rows.iter().flat_map(|((_, _, from_at, ..), until_at)| [*from_at, *until_at]);
    let next = instants.filter(|instant| *instant > at && *instant <= until).min();
    let mut corrections = OfArticles::new();
    for row in rows.into_iter().map(|(row, _)| row).filter(|(_, _, from_at, ..)| *from_at <= at) {
        let (article_id, correction) = correction(row)?;
        corrections.entry(article_id).or_default().push(correction);
    }
    Ok((corrections, next))
}
