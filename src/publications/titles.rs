//! By which characters articles are found that have a text in their titles: every three that follow each other, of each folded title. Written where the
//! title changes.

use std::collections::BTreeSet;

use diesel::sql_types::BigInt;

use crate::db::{AnyConnection, Bind, Result, Statement};
use crate::kernel::id::ArticleId;

/// How many characters are looked for together.
const LENGTH: usize = 3;

/// Every three characters that follow each other, once.
fn grams(folded: &str) -> BTreeSet<String> {
    let characters: Vec<char> = folded.chars().collect();
    characters.windows(LENGTH).map(|three| three.iter().collect()).collect()
}

/// Brings an article's rows from one folded title to another one.
///
/// # Errors
/// If the database fails.
pub fn rewrite(connection: &mut AnyConnection, article_id: ArticleId, before: &str, after: &str) -> Result<()> {
    let (before, after) = (grams(before), grams(after));
    let gone: Vec<&str> = before.difference(&after).map(String::as_str).collect();
    if !gone.is_empty() {
        let statement = Statement::<()>::new("DELETE FROM title_grams WHERE article_id = ").bind(article_id).sql(" AND gram IN (");
        statement.bind_all(gone).sql(")").once().execute(connection)?;
    }
    let new: Vec<[Bind; 2]> = after.difference(&before).map(|gram| [gram.as_str().into(), article_id.into()]).collect();
    Ok(Statement::insert(connection, "INSERT INTO title_grams (gram, article_id) VALUES ", &new)?)
}

/// The three characters of a folded text that the fewest titles have, if no more than `most` do. One statement; none for a text that is shorter.
///
/// # Errors
/// If the database fails.
pub fn rarest(connection: &mut AnyConnection, folded: &str, most: i64) -> Result<Option<String>> {
    let mut counts = Statement::<(BigInt, BigInt)>::new("");
    let grams = Vec::from_iter(grams(folded));
    for (at, gram) in (0_i64..).zip(&grams) {
        counts = counts.sql(if at > 0 { " UNION ALL SELECT " } else { "SELECT " }).bind(at).sql(COUNT).bind(gram.as_str());
        counts = counts.sql(" LIMIT ").bind(most + 1).sql(") g");
    }
    let counts: Vec<(i64, i64)> = if grams.is_empty() { Vec::new() } else { counts.once().load(connection)? };
    let fewest = counts.into_iter().min_by_key(|(_, count)| *count).filter(|(_, count)| *count <= most);
    Ok(fewest.and_then(|(at, _)| usize::try_from(at).ok()).and_then(|at| grams.into_iter().nth(at)))
}

const COUNT: &str = ", count(*) FROM (SELECT 1 FROM title_grams WHERE gram = ";
