//! The articles of a group of translations, for editors.

use diesel::sql_types::{BigInt, Text};

use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, UserId};

/// What is read of one: its id, language, newest title and slug, the number of that save.
pub type Row = (ArticleId, String, String, String, i64);

/// The other articles of the group of an article, by their languages; of one who sees their own alone those that they began. One statement.
///
/// # Errors
/// If the database fails.
pub fn of_article(connection: &mut AnyConnection, id: ArticleId, own: Option<UserId>) -> Result<Vec<Row>> {
    let statement = Statement::<(IdSql, Text, Text, Text, BigInt)>::new(
        "SELECT a.id, a.locale, r.title, r.slug, a.newest_revision FROM articles t JOIN articles a ON a.translation_group = t.translation_group AND a.id <> t.id \
         JOIN revisions r ON r.article_id = a.id AND r.number = a.newest_revision WHERE a.trashed_at IS NULL AND t.id = ",
    );
    let statement = statement.bind(id);
    let statement = match own {
        Some(own) => statement.sql(" AND a.created_by = ").bind(own),
        None => statement,
    };
    Ok(statement.sql(" ORDER BY a.locale").load(connection)?)
}
