//! The row of an article that a write locks, and the slugs that it holds (contract 2.11). `articles` writes through it.

use std::collections::BTreeSet;

use diesel::sql_types::{Bool, Text};
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::rules::outlook::Trashing;
use super::rules::{self, Publication};
use super::{standings, store, titles};
use crate::auth::permission::reaches_all_articles;
use crate::db::dialect::{self, Hold, Lock};
use crate::db::schema::{articles, slugs, trashings};
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem};

/// What only a write changes of an article.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = articles, treat_none_as_default_value = false)]
pub struct Subject {
    /// Its id.
    pub id: ArticleId,
    /// `article` or `page`.
    pub kind: String,
    /// Its language.
    pub locale: String,
    /// When it was begun.
    pub created_at: Instant,
    /// Who began it.
    pub created_by: UserId,
    /// Since when it is in the trash.
    pub trashed_at: Option<Instant>,
    /// Counts saves, trash and restore.
    pub version: i64,
    /// The number of the newest save.
    pub newest_revision: i64,
    /// When that was saved.
    pub saved_at: Instant,
    /// The newest save's category.
    pub category_id: Option<CategoryId>,
    /// The newest save's title for searching, folded.
    pub title_folded: String,
    /// Until when nothing of it may be published.
    pub embargo_until: Option<Instant>,
    /// Why.
    pub embargo_note: Option<String>,
    /// The group of its translations: the id of the one that was there first.
    pub translation_group: Option<ArticleId>,
}

impl Subject {
    /// Nothing of what lies in the trash changes but by restoring and purging it (contract 2.10).
    ///
    /// # Errors
    /// 409 `trashed`.
    pub fn refuse_trashed(&self) -> std::result::Result<(), Problem> {
        match self.trashed_at {
            Some(_) => Err(Problem::new(Code::Trashed, "The article is in the trash. Restore it first.")),
            None => Ok(()),
        }
    }

    /// Authors see what they began; others see everything, and so do API keys.
    pub fn is_seen_by(&self, caller: &Caller) -> bool {
        reaches_all_articles(caller) || self.created_by == caller.user_id
    }
}

/// Reads an article's row.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: ArticleId) -> Result<Option<Subject>> {
    Ok(articles::table.find(id).select(Subject::as_select()).first(connection).optional()?)
}

/// Locks an article until the end of the transaction and reads its row; before it [`Lock::Tree`], so that what it names stays and lies where it does. Ask for the
/// time afterwards.
///
/// # Errors
/// If the database fails.
pub fn lock(connection: &mut AnyConnection, id: ArticleId) -> Result<Option<Subject>> {
    const ROW: &str = "SELECT id, kind, locale, created_at, created_by, trashed_at, version, newest_revision, saved_at, category_id, title_folded, embargo_until, embargo_note, translation_group FROM articles WHERE id = ";
    dialect::lock(connection, Lock::Tree, Hold::Shared)?;
    let suffix = dialect::for_update(connection);
    Ok(Statement::<articles::SqlType>::new(ROW).bind(id).sql(suffix).get_result(connection).optional()?)
}

/// Writes the row of a new article.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, subject: &Subject) -> Result<()> {
    diesel::insert_into(articles::table).values(subject.clone()).execute(connection)?;
    titles::rewrite(connection, subject.id, "", &subject.title_folded)
}

/// Writes what a save, trash or restore changed.
///
/// # Errors
/// If the database fails.
pub fn update(connection: &mut AnyConnection, subject: &Subject) -> Result<()> {
    updating(subject).execute(connection)?;
    Ok(())
}

/// Which article of a group of translations is of a language.
///
/// # Errors
/// If the database fails.
pub fn translation(connection: &mut AnyConnection, group: ArticleId, locale: &str) -> Result<Option<ArticleId>> {
    let row = articles::table.filter(articles::translation_group.eq(group)).filter(articles::locale.eq(locale));
    Ok(row.select(articles::id).first(connection).optional()?)
}

/// An article that has no translations yet is the first of a group.
///
/// # Errors
/// If the database fails.
pub fn found_translations(connection: &mut AnyConnection, id: ArticleId) -> Result<()> {
    let row = articles::table.find(id).filter(articles::translation_group.is_null());
    diesel::update(row).set(articles::translation_group.eq(id)).execute(connection)?;
    Ok(())
}

/// Notes that a locked article goes to the trash at an instant. [`update`] writes its row.
///
/// # Errors
/// If the database fails.
pub fn begin_trashing(connection: &mut AnyConnection, id: ArticleId, now: Instant) -> Result<()> {
    let stretch = (trashings::article_id.eq(id), trashings::from_at.eq(now), trashings::until_at.eq(Instant::NEVER));
    diesel::insert_into(trashings::table).values(stretch).execute(connection)?;
    Ok(())
}

/// Notes that it comes out of it. It may go there again at the same instant: no trace is left of a stretch without any.
///
/// # Errors
/// If the database fails.
pub fn end_trashing(connection: &mut AnyConnection, id: ArticleId, now: Instant) -> Result<()> {
    diesel::delete(trashings::table.find((id, now))).execute(connection)?;
    let present = trashings::table.filter(trashings::article_id.eq(id)).filter(trashings::until_at.eq(Instant::NEVER));
    diesel::update(present).set(trashings::until_at.eq(now)).execute(connection)?;
    Ok(())
}

/// When an article lay in the trash, in order of time.
///
/// # Errors
/// If the database fails.
pub fn in_trash(connection: &mut AnyConnection, id: ArticleId) -> Result<Vec<Trashing>> {
    let rows = trashings::table.filter(trashings::article_id.eq(id)).order(trashings::from_at);
    let rows: Vec<(Instant, Instant)> = rows.select((trashings::from_at, trashings::until_at)).load(connection)?;
    Ok(rows.into_iter().map(|(from_at, until_at)| Trashing { from_at, until_at }).collect())
}

/// The same as a write that goes along with others.
pub fn updating(subject: &Subject) -> Statement<()> {
    Statement::new("UPDATE articles SET trashed_at = ")
        .bind(subject.trashed_at)
        .sql(", version = ")
        .bind(subject.version)
        .sql(", newest_revision = ")
        .bind(subject.newest_revision)
        .sql(", saved_at = ")
        .bind(subject.saved_at)
        .sql(", category_id = ")
        .bind(subject.category_id)
        .sql(", title_folded = ")
        .bind(subject.title_folded.as_str())
        .sql(", embargo_until = ")
        .bind(subject.embargo_until)
        .sql(", embargo_note = ")
        .bind(subject.embargo_note.clone())
        .sql(", translation_group = ")
        .bind(subject.translation_group)
        .sql(" WHERE id = ")
        .bind(subject.id)
}

/// Deletes the row of an article that has no revisions and no publications, and frees its slugs. Preview links to it end.
///
/// # Errors
/// If the database fails.
pub fn erase(connection: &mut AnyConnection, id: ArticleId) -> Result<()> {
    let title = articles::table.find(id).select(articles::title_folded).first::<String>(connection)?;
    titles::rewrite(connection, id, &title, "")?;
    diesel::delete(slugs::table.filter(slugs::article_id.eq(id))).execute(connection)?;
    diesel::delete(trashings::table.filter(trashings::article_id.eq(id))).execute(connection)?;
    standings::erase(connection, id)?;
    diesel::delete(articles::table.find(id)).execute(connection)?;
    Ok(())
}

/// The slugs that an article is to hold at `now`, and those that it is written to hold. One statement.
fn held(connection: &mut AnyConnection, subject: &Subject, history: &[Publication], now: Instant) -> Result<[BTreeSet<String>; 2]> {
    let numbers: BTreeSet<i64> = rules::holding(history, now).chain([subject.newest_revision]).collect();
    let rows: Vec<(String, bool)> = Statement::<(Text, Bool)>::new("SELECT slug, FALSE FROM revisions WHERE article_id = ")
        .bind(subject.id)
        .sql(" AND number IN (")
        .bind_all(numbers)
        .sql(") UNION SELECT slug, TRUE FROM slugs WHERE article_id = ")
        .bind(subject.id)
        .once()
        .load(connection)?;
    let (written, wanted): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, is_written)| *is_written);
    Ok([wanted, written].map(|rows| rows.into_iter().map(|(slug, _)| slug).collect()))
}

/// Makes an article hold exactly the slugs that its newest save and its publications have; frees the others.
///
/// # Errors
/// `slug_taken` (409) if another article holds one of them.
pub fn hold_slugs(
    connection: &mut AnyConnection,
    subject: &Subject,
    history: &[Publication],
    now: Instant,
) -> std::result::Result<(), Problem> {
    let [wanted, present] = held(connection, subject, history, now)?;
    for freed in present.difference(&wanted) {
        diesel::delete(slugs::table.find((&subject.locale, freed))).execute(connection).map_err(crate::db::Error::from)?;
    }
    for slug in wanted.difference(&present) {
        if !take(connection, subject, slug, now)? {
            return Err(Problem::new(
                Code::SlugTaken,
                format!("Another article in `{}` holds the slug `{slug}`. Choose another one.", subject.locale),
            ));
        }
    }
    Ok(())
}

/// Whether another article than `except` holds a slug at `now`.
///
/// # Errors
/// If the database fails.
pub fn is_held(connection: &mut AnyConnection, locale: &str, slug: &str, except: Option<ArticleId>, now: Instant) -> Result<bool> {
    let Some(holder) = slugs::table.find((locale, slug)).select(slugs::article_id).first::<ArticleId>(connection).optional()? else {
        return Ok(false);
    };
    Ok(Some(holder) != except && still_holds(connection, holder, slug, now)?)
}

/// Which of these slugs an article holds, or held and gave up with no write since.
///
/// # Errors
/// If the database fails.
pub fn taken(connection: &mut AnyConnection, locale: &str, candidates: &[String]) -> Result<BTreeSet<String>> {
    let rows = slugs::table.filter(slugs::locale.eq(locale)).filter(slugs::slug.eq_any(candidates));
    Ok(rows.select(slugs::slug).load::<String>(connection)?.into_iter().collect())
}

fn take(connection: &mut AnyConnection, subject: &Subject, slug: &str, now: Instant) -> Result<bool> {
    let inserted = Statement::<()>::new("INSERT INTO slugs (locale, slug, article_id) VALUES (")
        .bind_all([crate::db::Bind::from(subject.locale.as_str()), slug.into(), subject.id.into()])
        .sql(") ON CONFLICT (locale, slug) DO NOTHING")
        .execute(connection)?;
    if inserted == 1 {
        return Ok(true);
    }
    if is_held(connection, &subject.locale, slug, Some(subject.id), now)? {
        return Ok(false);
    }
    let row = slugs::table.find((&subject.locale, slug));
    Ok(diesel::update(row).set(slugs::article_id.eq(subject.id)).execute(connection)? == 1)
}

/// A publication whose start passed in the trash never began and holds nothing any more, though no write has said so yet.
fn still_holds(connection: &mut AnyConnection, holder: ArticleId, slug: &str, now: Instant) -> Result<bool> {
    let Some(subject) = find(connection, holder)? else { return Ok(false) };
    let history = store::history(connection, holder)?;
    Ok(held(connection, &subject, &history, now)?[0].contains(slug))
}
