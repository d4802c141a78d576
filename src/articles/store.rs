//! Revisions in the database: the newest save of an article, and writing the next one.

pub mod autosave;
pub mod calendar;
pub mod desk;
pub mod history;
mod named;
pub mod retention;
pub mod translations;

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::dto::Byline;
use crate::bodies::Rendered;
use crate::db::schema::{articles, categories, revision_bodies, revision_keys, revisions, terms};
use crate::db::{AnyConnection, Bind, Error, IdSql, Result, Statement, StoredId};
use crate::kernel::id::{ArticleId, AuthorId, CategoryId, TagId, TermId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::{Credit, Refs};
pub use crate::publications::revision::{Content, Revision, revision};

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

/// What a revision is made of: which one it is, what was written, and that as it was rendered.
pub type Written<'a> = (Save<'a>, &'a Content, &'a Rendered);

/// Writes revisions: their cards, their bodies, and the lists that they name; `along` is written with them.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, revisions: &[Written<'_>], along: Vec<Statement<()>>) -> Result<()> {
    const CARDS: &str = "INSERT INTO revisions (article_id, number, slug, title, excerpt, category_id, refs, image, seo, custom, word_count, saved_at, saved_by, version, note, restored_from) VALUES ";
    const BODIES: &str = "INSERT INTO revision_bodies (article_id, number, format, source, html, text, warnings) VALUES ";
    const KEYS: &str = "INSERT INTO revision_keys (article_id, number, relation, target_id) VALUES ";
    let cards = revisions.iter().map(card).collect::<Result<Vec<_>>>()?;
    let bodies = revisions.iter().map(body).collect::<Result<Vec<_>>>()?;
    let mut writes = along;
    writes.extend(Statement::inserts(CARDS, &cards));
    writes.extend(Statement::inserts(BODIES, &bodies));
    writes.extend(Statement::inserts(KEYS, &Vec::from_iter(revisions.iter().flat_map(keys))));
    Ok(Statement::together(connection, writes)?)
}

fn card((save, content, body): &Written<'_>) -> Result<[Bind; 16]> {
    let text = |text: &Option<String>| Bind::from(text.clone());
    Ok([
        save.article_id.into(),
        save.number.into(),
        content.slug.as_str().into(),
        content.title.as_str().into(),
        content.excerpt.as_str().into(),
        content.category_id.into(),
        serde_json::to_string(&content.refs).map_err(Error::corrupt)?.into(),
        text(&content.image),
        text(&content.seo),
        text(&content.custom),
        i64::from(body.word_count).into(),
        save.at.into(),
        save.by.into(),
        save.version.into(),
        save.note.into(),
        save.restored_from.into(),
    ])
}

fn body((save, content, body): &Written<'_>) -> Result<[Bind; 7]> {
    Ok([
        save.article_id.into(),
        save.number.into(),
        content.format.as_str().into(),
        content.source.as_str().into(),
        body.html.as_str().into(),
        body.text.as_str().into(),
        serde_json::to_string(&body.warnings).map_err(Error::corrupt)?.into(),
    ])
}

/// Each thing that a revision names, once.
fn keys((save, content, _): &Written<'_>) -> Vec<[Bind; 4]> {
    let categories = content.category_id.iter().chain(&content.refs.further_categories).map(|id| ("category", id.uuid()));
    let tags = content.refs.tags.iter().map(|id| ("tag", id.uuid()));
    let authors = content.refs.authors.iter().map(|credit| ("author", credit.id.uuid()));
    let keys: BTreeSet<(&str, uuid::Uuid)> = categories.chain(tags).chain(authors).collect();
    keys.into_iter().map(|(relation, id)| [save.article_id.into(), save.number.into(), relation.into(), id.into()]).collect()
}

/// Which of these articles there are. One statement, if any are named.
///
/// # Errors
/// If the database fails.
pub fn known_articles(connection: &mut AnyConnection, ids: &[ArticleId]) -> Result<Vec<ArticleId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(articles::table.filter(articles::id.eq_any(ids.to_vec())).select(articles::id).load(connection)?)
}

/// Which of these categories there are.
///
/// # Errors
/// If the database fails.
pub fn known_categories(connection: &mut AnyConnection, ids: &[CategoryId]) -> Result<Vec<CategoryId>> {
    Ok(categories::table.filter(categories::id.eq_any(ids.to_vec())).select(categories::id).load(connection)?)
}

/// What a save names by ids and slugs, of which there may be none.
#[derive(Debug, Default)]
pub struct Known {
    /// The categories.
    pub categories: Vec<CategoryId>,
    /// The tags with their slugs.
    pub tags: Vec<(String, TagId)>,
    /// The authors with theirs.
    pub authors: Vec<(String, AuthorId)>,
}

type NamedSql = (Text, IdSql, Text);
type NamedRow = (String, StoredId, String);

/// Begins to select what is called so, or goes on with it.
fn select(
    statement: Option<Statement<NamedSql>>,
    sql: &'static str,
    values: impl IntoIterator<Item = impl Into<Bind>>,
) -> Option<Statement<NamedSql>> {
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        return statement;
    }
    let statement = statement.map_or_else(|| Statement::new(sql), |statement| statement.sql(" UNION ALL ").sql(sql));
    Some(statement.bind_all(values).sql(")"))
}

impl Known {
    /// Finds categories by their ids, tags and authors by their slugs, or by those that they had. One statement, if anything is asked for.
    ///
    /// # Errors
    /// If the database fails.
    pub fn find(connection: &mut AnyConnection, categories: &[CategoryId], tags: &[String], authors: &[String]) -> Result<Self> {
        let statement = select(None, "SELECT 'category', id, slug FROM categories WHERE id IN (", categories.iter().copied());
        let (tags, authors) = (|| tags.iter().map(String::as_str), || authors.iter().map(String::as_str));
        let statement = select(statement, "SELECT relation, id, slug FROM terms WHERE relation = 'tag' AND slug IN (", tags());
        let statement = select(statement, "SELECT relation, term_id, slug FROM term_slugs WHERE relation = 'tag' AND slug IN (", tags());
        let statement = select(statement, "SELECT relation, id, slug FROM terms WHERE relation = 'author' AND slug IN (", authors());
        let statement =
            select(statement, "SELECT relation, term_id, slug FROM term_slugs WHERE relation = 'author' AND slug IN (", authors());
        let rows: Vec<NamedRow> = statement.map_or_else(|| Ok(Vec::new()), |statement| statement.once().load(connection))?;
        let mut known = Self::default();
        for (what, StoredId(id), slug) in rows {
            match what.as_str() {
                "category" => known.categories.push(id.into()),
                "tag" => known.tags.push((slug, id.into())),
                _ => known.authors.push((slug, id.into())),
            }
        }
        Ok(known)
    }
}

/// What the tags of a revision are called, and its authors, with what they did.
pub type Called = (Vec<String>, Vec<Byline>);

/// The slugs of the tags and authors that some revisions name.
#[derive(Debug)]
pub struct RefSlugs(HashMap<TermId, String>);

impl RefSlugs {
    /// Reads them: one statement, however many revisions there are, if they name any.
    ///
    /// # Errors
    /// If the database fails.
    pub fn load(connection: &mut AnyConnection, refs: &[Refs]) -> Result<Self> {
        let ids: BTreeSet<TermId> = refs.iter().flat_map(Refs::terms).collect();
        if ids.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let slugs = terms::table.filter(terms::id.eq_any(Vec::from_iter(ids))).select((terms::id, terms::slug));
        Ok(Self(slugs.load::<(TermId, String)>(connection)?.into_iter().collect()))
    }

    /// Those of one revision, in its order: tags, then authors.
    pub fn of(&self, refs: &Refs) -> Called {
        let called = |id: TermId| self.0.get(&id).cloned();
        let tags = refs.tags.iter().filter_map(|id| called((*id).into())).collect();
        let byline = |credit: &Credit| Some(Byline { slug: called(credit.id.into())?, role: credit.role });
        (tags, refs.authors.iter().filter_map(byline).collect())
    }
}

/// The slugs of these tags and authors.
///
/// # Errors
/// If the database fails.
pub fn slugs_of(connection: &mut AnyConnection, refs: &Refs) -> Result<Called> {
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
