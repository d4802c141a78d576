//! How often articles were read, up to a whole minute: whatever is written after it, the answer stays the same until the next one.

pub mod ranks;

use std::collections::HashMap;

use diesel::sql_types::BigInt;

use super::rules::MINUTE_MS;
pub use super::rules::{Told, Window};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;

/// How often these articles were read, ever; those that never were are left out.
///
/// # Errors
/// If the database fails.
pub fn totals(connection: &mut AnyConnection, told: Told, ids: impl IntoIterator<Item = ArticleId>) -> Result<HashMap<ArticleId, i64>> {
    let mut ids = ids.into_iter().peekable();
    if ids.peek().is_none() {
        return Ok(HashMap::new());
    }
    // What was written after the minute: that of the present one, of the one that ends just now, and of a clock that is ahead.
    let after = [0, MINUTE_MS, 2 * MINUTE_MS].map(|ms| told.until().plus_millis(ms));
    let statement = Statement::<(IdSql, BigInt)>::new(
        "SELECT t.article_id, t.views + t.imported - COALESCE((SELECT CAST(sum(b.views) AS BIGINT) FROM view_buckets b WHERE b.width = ",
    );
    let statement = statement.bind(MINUTE_MS).sql(" AND b.starts_at IN (").bind_all(after);
    let statement = statement.sql(") AND b.article_id = t.article_id), 0) FROM view_totals t WHERE t.article_id IN (").bind_all(ids);
    let totals: Vec<(ArticleId, i64)> = statement.sql(")").once().load(connection)?;
    Ok(totals.into_iter().collect())
}
