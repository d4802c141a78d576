//! Revisions in the database: the newest save of an article, and writing the next one.

pub mod autosave;
pub mod calendar;
pub mod desk;
pub mod history;
mod named;
pub mod retention;

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::bodies::Rendered;
use crate::db::schema::{categories, revision_bodies, revision_keys, revisions, term_slugs, terms};
use crate::db::{AnyConnection, Error, IdSql, Result, Statement, StoredId};
use crate::kernel::id::{ArticleId, CategoryId, TermId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::{Refs, Relation};
pub use crate::publications::revision::{Content, revision};

/// Deletes all revisions of an article that has no publications.
///
/// # Errors
/// If the database fails.
pub fn erase(connection: &mut AnyConnection, article_id: ArticleId) -> Result<()> {
    diesel::delete(revision_keys::table.filter(revision_keys::article_id.eq(article_id))).execute(connection)?;
    diesel::delete(revision_bodies::table.filter(revision_bodies::article_id.eq(article_id))).execute(connection)?;
    diesel::delete(revisions::table.filter(revisions::article_id.eq(article_id))).execute(connection)?;
    Ok(())
}

/// The path on the site of a revision, the newest one unless it is named: `/{slug of the category}/{slug}`, without a category `/{slug}`. `None` if there is
/// no such revision, or if the newest one is in the trash.
///
/// # Errors
/// If the database fails.
pub fn path_on_site(connection: &mut AnyConnection, article_id: ArticleId, number: Option<i64>) -> Result<Option<String>> {
    let slugs = Statement::<(Nullable<Text>, Text)>::new(
        "SELECT c.slug, r.slug FROM articles a JOIN revisions r ON r.article_id = a.id LEFT JOIN categories c ON c.id = r.category_id WHERE a.id = ",
    );
    let slugs = slugs
        .bind(article_id)
        .sql(" AND r.number = COALESCE(")
        .bind(number)
        .sql(", CASE WHEN a.trashed_at IS NULL THEN a.newest_revision END)");
    let slugs: Option<(Option<String>, String)> = slugs.get_result(connection).optional()?;
    Ok(slugs.map(|(category, slug)| category.map_or(format!("/{slug}"), |category| format!("/{category}/{slug}"))))
}

/// The newest revision that an article had at one of its versions, which also count trash and restore; none where that may be one that is kept no more.
///
/// # Errors
/// If the database fails.
pub fn number_at(connection: &mut AnyConnection, article_id: ArticleId, version: i64) -> Result<Option<i64>> {
    let of_article = || revisions::table.filter(revisions::article_id.eq(article_id)).select(revisions::number);
    let then = of_article().filter(revisions::version.le(version)).order(revisions::number.desc()).first::<i64>(connection).optional()?;
    let next = of_article().filter(revisions::version.gt(version)).order(revisions::number).first::<i64>(connection).optional()?;
    Ok(then.filter(|then| next.is_none_or(|next| next == then + 1)))
}

/// Which revision is written, by whom and when.
#[derive(Clone, Copy, Debug)]
pub struct Save<'a> {
    /// The article.
    pub article_id: ArticleId,
    /// The number.
    pub number: i64,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: UserId,
    /// The article's version as of it.
    pub version: i64,
    /// What they said about it.
    pub note: Option<&'a str>,
    /// The number of the revision whose content is saved again.
    pub restored_from: Option<i64>,
}

/// Writes a revision: its card, its body, and the lists that it names.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, save: Save<'_>, content: &Content, body: &Rendered) -> Result<()> {
    diesel::insert_into(revisions::table)
        .values((
            revisions::article_id.eq(save.article_id),
            revisions::number.eq(save.number),
            revisions::slug.eq(&content.slug),
            revisions::title.eq(&content.title),
            revisions::excerpt.eq(&content.excerpt),
            revisions::category_id.eq(content.category_id),
            revisions::refs.eq(serde_json::to_string(&content.refs).map_err(Error::corrupt)?),
            revisions::image.eq(content.image.as_deref()),
            revisions::seo.eq(content.seo.as_deref()),
            revisions::custom.eq(content.custom.as_deref()),
            revisions::word_count.eq(i64::from(body.word_count)),
            revisions::saved_at.eq(save.at),
            revisions::saved_by.eq(save.by),
            revisions::version.eq(save.version),
            revisions::note.eq(save.note),
            revisions::restored_from.eq(save.restored_from),
        ))
        .execute(connection)?;
    diesel::insert_into(revision_bodies::table)
        .values((
            revision_bodies::article_id.eq(save.article_id),
            revision_bodies::number.eq(save.number),
            revision_bodies::format.eq(&content.format),
            revision_bodies::source.eq(&content.source),
            revision_bodies::html.eq(&body.html),
            revision_bodies::text.eq(&body.text),
            revision_bodies::warnings.eq(serde_json::to_string(&body.warnings).map_err(Error::corrupt)?),
        ))
        .execute(connection)?;
    insert_keys(connection, save, content)
}

fn insert_keys(connection: &mut AnyConnection, save: Save<'_>, content: &Content) -> Result<()> {
    let categories = content.category_id.iter().chain(&content.refs.further_categories).map(|id| ("category", id.uuid()));
    let tags = content.refs.tags.iter().map(|id| ("tag", id.uuid()));
    let authors = content.refs.authors.iter().map(|id| ("author", id.uuid()));
    let keys: std::collections::BTreeSet<(&str, uuid::Uuid)> = categories.chain(tags).chain(authors).collect();
    for (relation, id) in keys {
        diesel::insert_into(revision_keys::table)
            .values((
                revision_keys::article_id.eq(save.article_id),
                revision_keys::number.eq(save.number),
                revision_keys::relation.eq(relation),
                revision_keys::target_id.eq(StoredId(id)),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// Which of these categories there are.
///
/// # Errors
/// If the database fails.
pub fn known_categories(connection: &mut AnyConnection, ids: &[CategoryId]) -> Result<Vec<CategoryId>> {
    Ok(categories::table.filter(categories::id.eq_any(ids.to_vec())).select(categories::id).load(connection)?)
}

/// The tags or authors that have these slugs, or else had them.
///
/// # Errors
/// If the database fails.
pub fn terms_by_slug<Id: From<TermId>>(connection: &mut AnyConnection, relation: Relation, slugs: &[String]) -> Result<Vec<(String, Id)>> {
    let present = terms::table.filter(terms::relation.eq(relation.name())).filter(terms::slug.eq_any(slugs.to_vec()));
    let mut found: Vec<(String, TermId)> = present.select((terms::slug, terms::id)).load(connection)?;
    let missing: Vec<String> = slugs.iter().filter(|slug| !found.iter().any(|(known, _)| known == *slug)).cloned().collect();
    if !missing.is_empty() {
        let former = term_slugs::table.filter(term_slugs::relation.eq(relation.name())).filter(term_slugs::slug.eq_any(missing));
        found.extend(former.select((term_slugs::slug, term_slugs::term_id)).load::<(String, TermId)>(connection)?);
    }
    Ok(found.into_iter().map(|(slug, id)| (slug, id.into())).collect())
}

/// The slugs of the tags and authors that some revisions name.
#[derive(Debug)]
pub struct RefSlugs(HashMap<TermId, String>);

impl RefSlugs {
    /// Reads them: one statement, however many revisions there are.
    ///
    /// # Errors
    /// If the database fails.
    pub fn load(connection: &mut AnyConnection, refs: &[Refs]) -> Result<Self> {
        let ids: BTreeSet<TermId> = refs.iter().flat_map(Refs::terms).collect();
        let slugs = terms::table.filter(terms::id.eq_any(Vec::from_iter(ids))).select((terms::id, terms::slug));
        Ok(Self(slugs.load::<(TermId, String)>(connection)?.into_iter().collect()))
    }

    /// Those of one revision, in its order: tags, then authors.
    pub fn of(&self, refs: &Refs) -> (Vec<String>, Vec<String>) {
        let tags = refs.tags.iter().filter_map(|id| self.0.get(&TermId::from(*id)).cloned()).collect();
        let authors = refs.authors.iter().filter_map(|id| self.0.get(&TermId::from(*id)).cloned()).collect();
        (tags, authors)
    }
}

/// The slugs of these tags and authors.
///
/// # Errors
/// If the database fails.
pub fn slugs_of(connection: &mut AnyConnection, refs: &Refs) -> Result<(Vec<String>, Vec<String>)> {
    Ok(RefSlugs::load(connection, std::slice::from_ref(refs))?.of(refs))
}

/// The body of a revision as it was rendered, with what the sanitiser took out.
///
/// # Errors
/// If the database fails, or there is no such revision.
pub fn rendered(connection: &mut AnyConnection, article_id: ArticleId, number: i64) -> Result<Rendered> {
    let (html, text, warnings, words): (String, String, String, i64) = Statement::<(Text, Text, Text, BigInt)>::new(
        "SELECT b.html, b.text, b.warnings, r.word_count FROM revision_bodies b \
         JOIN revisions r ON r.article_id = b.article_id AND r.number = b.number WHERE b.article_id = ",
    )
    .bind(article_id)
    .sql(" AND b.number = ")
    .bind(number)
    .get_result(connection)?;
    let warnings = serde_json::from_str(&warnings).map_err(Error::corrupt)?;
    Ok(Rendered { html, text, word_count: u32::try_from(words).map_err(Error::corrupt)?, warnings })
}

/// A body as it was rendered when it was saved.
#[derive(Clone, Debug)]
pub struct StoredBody {
    /// The article.
    pub article_id: ArticleId,
    /// The number of the revision.
    pub number: i64,
    /// The format of the source.
    pub format: String,
    /// The body as written.
    pub source: String,
    /// What readers get.
    pub html: String,
}

/// The bodies behind one of them, in the order of articles and numbers.
///
/// # Errors
/// If the database fails.
pub fn bodies_behind(connection: &mut AnyConnection, article_id: ArticleId, number: i64, most: i64) -> Result<Vec<StoredBody>> {
    let rows: Vec<(ArticleId, i64, String, String, String)> = Statement::<(IdSql, BigInt, Text, Text, Text)>::new(
        "SELECT article_id, number, format, source, html FROM revision_bodies WHERE (article_id, number) > (",
    )
    .bind(article_id)
    .sql(", ")
    .bind(number)
    .sql(") ORDER BY article_id, number LIMIT ")
    .bind(most)
    .load(connection)?;
    let body = |(article_id, number, format, source, html)| StoredBody { article_id, number, format, source, html };
    Ok(rows.into_iter().map(body).collect())
}
