//! Releases in the database.

use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use crate::db::schema::{publications, release_entries, releases};
use crate::db::{AnyConnection, IdSql, Result, Statement, StoredId, dialect};
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;

/// A release as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = releases, treat_none_as_default_value = false)]
pub struct StoredRelease {
    /// The id.
    pub id: ReleaseId,
    /// What it is called.
    pub name: String,
    /// Its date.
    pub publish_at: Option<Instant>,
    /// The zone in which that was given.
    pub time_zone: Option<String>,
    /// The date in that zone.
    pub publish_at_local: Option<String>,
    /// Counts changes.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// What a release without a date holds.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = release_entries, treat_none_as_default_value = false)]
pub struct Entry {
    /// The id of the publication that it becomes.
    pub id: PublicationId,
    /// The release.
    pub release_id: ReleaseId,
    /// The article.
    pub article_id: ArticleId,
    /// The revision.
    pub revision: i64,
    /// Whether later saves by those who may publish move it.
    pub follows_newest: bool,
    /// The end; `None` means that of the one that it replaces, [`Instant::NEVER`] none.
    pub unpublish_at: Option<Instant>,
    /// The end as given in local time.
    pub unpublish_at_local: Option<String>,
    /// The zone of that.
    pub time_zone: Option<String>,
    /// The date for readers.
    pub published_at: Option<Instant>,
    /// A comma.
    pub minor: bool,
    /// Whether it may start within the article's embargo.
    pub overrides_embargo: bool,
    /// Who added it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// Reads a release.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: ReleaseId) -> Result<Option<StoredRelease>> {
    Ok(releases::table.find(id).select(StoredRelease::as_select()).first(connection).optional()?)
}

/// Locks a release until the end of the transaction and reads it. Lock its articles afterwards, in order of their ids.
///
/// # Errors
/// If the database fails.
pub fn lock(connection: &mut AnyConnection, id: ReleaseId) -> Result<Option<StoredRelease>> {
    let suffix = dialect::for_update(connection);
    let statement = Statement::<IdSql>::new("SELECT id FROM releases WHERE id = ").bind(StoredId(id.uuid())).sql(suffix);
    let locked: Option<StoredId> = statement.get_result(connection).optional()?;
    if locked.is_some() { find(connection, id) } else { Ok(None) }
}

/// Writes a new release.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, release: &StoredRelease) -> Result<()> {
    diesel::insert_into(releases::table).values(release.clone()).execute(connection)?;
    Ok(())
}

/// Writes what changed of a release.
///
/// # Errors
/// If the database fails.
pub fn update(connection: &mut AnyConnection, release: &StoredRelease) -> Result<()> {
    diesel::update(releases::table.find(release.id))
        .set((
            releases::name.eq(&release.name),
            releases::publish_at.eq(release.publish_at),
            releases::time_zone.eq(&release.time_zone),
            releases::publish_at_local.eq(&release.publish_at_local),
            releases::version.eq(release.version),
        ))
        .execute(connection)?;
    Ok(())
}

/// Deletes a release with what it holds; publications are called off before.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: ReleaseId) -> Result<()> {
    diesel::delete(releases::table.find(id)).execute(connection)?;
    Ok(())
}

/// The releases beyond a place, in the direction of it, at most `limit`; the newest without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, place: Option<(Direction, Instant, ReleaseId)>, limit: i64) -> Result<Vec<StoredRelease>> {
    let all = releases::table.select(StoredRelease::as_select()).limit(limit);
    Ok(match place {
        None => all.order((releases::created_at.desc(), releases::id.desc())).load(connection)?,
        Some((Direction::Forward, at, id)) => all
            .filter(releases::created_at.lt(at).or(releases::created_at.eq(at).and(releases::id.lt(id))))
            .order((releases::created_at.desc(), releases::id.desc()))
            .load(connection)?,
        Some((Direction::Backward, at, id)) => all
            .filter(releases::created_at.gt(at).or(releases::created_at.eq(at).and(releases::id.gt(id))))
            .order((releases::created_at, releases::id))
            .load(connection)?,
    })
}

/// What a release without a date holds, in order of the articles.
///
/// # Errors
/// If the database fails.
pub fn entries(connection: &mut AnyConnection, id: ReleaseId) -> Result<Vec<Entry>> {
    let entries = release_entries::table.filter(release_entries::release_id.eq(id)).order(release_entries::article_id);
    Ok(entries.select(Entry::as_select()).load(connection)?)
}

/// Puts something into a release without a date.
///
/// # Errors
/// If the database fails.
pub fn insert_entry(connection: &mut AnyConnection, entry: &Entry) -> Result<()> {
    diesel::insert_into(release_entries::table).values(entry.clone()).execute(connection)?;
    Ok(())
}

/// Takes something out of a release without a date; whether it was there.
///
/// # Errors
/// If the database fails.
pub fn delete_entry(connection: &mut AnyConnection, id: PublicationId) -> Result<bool> {
    Ok(diesel::delete(release_entries::table.find(id)).execute(connection)? == 1)
}

/// The publications of a release that has a date, with their articles, in order of these.
///
/// # Errors
/// If the database fails.
pub fn members(connection: &mut AnyConnection, id: ReleaseId) -> Result<Vec<(PublicationId, ArticleId)>> {
    let members = publications::table.filter(publications::release_id.eq(id)).order((publications::article_id, publications::id));
    Ok(members.select((publications::id, publications::article_id)).load(connection)?)
}

/// What a release publishes as it is told: by a publication, or by what will be one.
#[derive(Debug, Queryable)]
pub struct Shown {
    /// The id of the publication.
    pub id: PublicationId,
    /// The article.
    pub article_id: ArticleId,
    /// The headline.
    pub title: String,
    /// The revision.
    pub revision: i64,
    /// Who saved that.
    pub saved_by: UserId,
    /// Whether it follows the newest save.
    pub follows_newest: bool,
    /// The end; none and that of the one before are the same here.
    pub unpublish_at: Option<Instant>,
    /// The number of the article's newest save.
    pub newest_revision: i64,
}

type ShownSql = (IdSql, IdSql, Text, BigInt, IdSql, Bool, Nullable<BigInt>, BigInt);

/// What a release publishes, in the order in which it was added. One statement.
///
/// # Errors
/// If the database fails.
pub fn shown(connection: &mut AnyConnection, id: ReleaseId) -> Result<Vec<Shown>> {
    let id = StoredId(id.uuid());
    let statement = Statement::<ShownSql>::new(
        "SELECT m.id, m.article_id, r.title, m.revision, r.saved_by, m.follows_newest, m.unpublish_at, a.newest_revision FROM (\
         SELECT p.id, p.article_id, p.revision, p.follows_newest, p.unpublish_at FROM publications p WHERE p.release_id = ",
    );
    let statement = statement.bind(id).sql(
        " UNION ALL SELECT e.id, e.article_id, e.revision, e.follows_newest, e.unpublish_at FROM release_entries e WHERE e.release_id = ",
    );
    let statement = statement.bind(id).sql(
        ") m JOIN articles a ON a.id = m.article_id JOIN revisions r ON r.article_id = m.article_id AND r.number = m.revision ORDER BY m.id",
    );
    Ok(statement.load(connection)?)
}
