//! What people write and have not saved, in the database: one row for each person and article.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::Content;
use crate::db::schema::autosaves;
use crate::db::{AnyConnection, Error, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;

/// An autosave as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = autosaves, treat_none_as_default_value = false)]
struct Row {
    article_id: ArticleId,
    user_id: UserId,
    base_version: i64,
    saved_at: Instant,
    note: Option<String>,
    slug: String,
    title: String,
    excerpt: String,
    format: String,
    source: String,
    category_id: Option<CategoryId>,
    refs: String,
    image: Option<String>,
    seo: Option<String>,
    custom: Option<String>,
}

/// What somebody wrote and has not saved.
#[derive(Clone, Debug)]
pub struct Autosaved {
    /// The article.
    pub article_id: ArticleId,
    /// Who wrote it.
    pub user_id: UserId,
    /// The article's version that it is based on.
    pub base_version: i64,
    /// When it was kept.
    pub saved_at: Instant,
    /// What the save will be about.
    pub note: Option<String>,
    /// What is written.
    pub content: Content,
}

/// What a person wrote of an article and has not saved.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, article_id: ArticleId, user_id: UserId) -> Result<Option<Autosaved>> {
    let row = autosaves::table.find((article_id, user_id)).select(Row::as_select()).first(connection).optional()?;
    row.map(|row| {
        let Row { article_id, user_id, base_version, saved_at, note, slug, title, excerpt, format, source, category_id, .. } = row;
        let refs = serde_json::from_str(&row.refs).map_err(Error::corrupt)?;
        let Row { image, seo, custom, .. } = row;
        let content = Content { slug, title, excerpt, format, source, category_id, refs, image, seo, custom };
        Ok(Autosaved { article_id, user_id, base_version, saved_at, note, content })
    })
    .transpose()
}

/// When it was kept and which version it is based on, without what it holds.
///
/// # Errors
/// If the database fails.
pub fn mark(connection: &mut AnyConnection, article_id: ArticleId, user_id: UserId) -> Result<Option<(Instant, i64)>> {
    let row = autosaves::table.find((article_id, user_id)).select((autosaves::saved_at, autosaves::base_version));
    Ok(row.first(connection).optional()?)
}

/// Keeps it in place of the person's earlier one. The article is locked.
///
/// # Errors
/// If the database fails.
pub fn keep(connection: &mut AnyConnection, kept: Autosaved) -> Result<()> {
    remove(connection, kept.article_id, kept.user_id)?;
    let Autosaved { article_id, user_id, base_version, saved_at, note, content } = kept;
    let refs = serde_json::to_string(&content.refs).map_err(Error::corrupt)?;
    let Content { slug, title, excerpt, format, source, category_id, image, seo, custom, .. } = content;
    let row = Row {
        article_id,
        user_id,
        base_version,
        saved_at,
        note,
        slug,
        title,
        excerpt,
        format,
        source,
        category_id,
        refs,
        image,
        seo,
        custom,
    };
    diesel::insert_into(autosaves::table).values(row).execute(connection)?;
    Ok(())
}

/// Removes it; whether there was one.
///
/// # Errors
/// If the database fails.
pub fn remove(connection: &mut AnyConnection, article_id: ArticleId, user_id: UserId) -> Result<bool> {
    Ok(diesel::delete(autosaves::table.find((article_id, user_id))).execute(connection)? > 0)
}

/// The same as a write that goes along with others.
pub fn removal(article_id: ArticleId, user_id: UserId) -> Statement<()> {
    let statement = Statement::new("DELETE FROM autosaves WHERE article_id = ").bind(article_id);
    statement.sql(" AND user_id = ").bind(user_id)
}

/// Removes those of everybody.
///
/// # Errors
/// If the database fails.
pub fn remove_all(connection: &mut AnyConnection, article_id: ArticleId) -> Result<()> {
    diesel::delete(autosaves::table.filter(autosaves::article_id.eq(article_id))).execute(connection)?;
    Ok(())
}
