//! What an embargo hides from whoever has a preview link to the whole site: articles that are under one, but for texts that have gone before the public, or
//! that belong to the release which the link is made for. And what the entries of a release show instead of what stands there.

use diesel::sql_types::Bool;

use super::Snapshot;
use crate::db::{AnyConnection, Result, Statement, StoredId};
use crate::kernel::instant::Instant;

/// Follow it by the instant, [`AND_NOT_LIVE`], the earlier of the instant and the one that is looked at, [`UNTIL`] and the one that is looked at.
const EMBARGOED: &str = "SELECT e.id FROM articles e WHERE e.embargo_until > ";
const AND_NOT_LIVE: &str = " AND NOT EXISTS (SELECT 1 FROM publications n WHERE n.article_id = e.id AND n.publish_at <= ";
const UNTIL: &str = " AND n.ends_at > ";

/// A release shows them: follow either by the release. What it shows as of an instant that has its date is in force then.
const AND_NOT_ENTERED: &str = " AND NOT EXISTS (SELECT 1 FROM release_entries x WHERE x.article_id = e.id AND (x.revision IS NULL OR x.revision = e.newest_revision) AND x.release_id = ";
const AND_NO_MEMBER: &str = ") AND NOT EXISTS (SELECT 1 FROM publications m WHERE m.article_id = e.id AND m.release_id = ";
const IN_FORCE_FROM: &str = " AND m.publish_at <= ";
const IN_FORCE_UNTIL: &str = " AND m.ends_at > ";
/// What is shown by the entries of a release, and so not by what stands there. Follow it by the release.
const ENTERED: &str = "SELECT x.article_id FROM release_entries x WHERE x.release_id = ";

impl Snapshot {
    /// The same as a preview link to the site shows it at `now`.
    ///
    /// # Errors
    /// If the database fails.
    pub fn without_embargoed(self, connection: &mut AnyConnection, now: Instant) -> Result<Self> {
        let is_any = Statement::<Bool>::new("SELECT EXISTS (").sql(EMBARGOED).bind(now).sql(")").get_result(connection)?;
        Ok(Self { embargoed_at: Some(now).filter(|_| is_any), ..self })
    }

    /// Appends `column`, such as ` AND article_id`, and that it names nothing that is hidden; nothing at all where nothing is.
    pub fn shows<ST>(self, statement: Statement<ST>, column: &'static str) -> Statement<ST> {
        match self.hides_some() {
            true => self.hidden(statement.sql(column).sql(" NOT IN (")).sql(")"),
            false => statement,
        }
    }

    /// The statement, and after it `column`, such as ` AND article_id`, and that it names something that is hidden; nothing where nothing is.
    pub fn hides<ST>(self, statement: impl FnOnce() -> Statement<ST>, column: &'static str) -> Option<Statement<ST>> {
        self.hides_some().then(|| self.hidden(statement().sql(column).sql(" IN (")).sql(")"))
    }

    fn hides_some(self) -> bool {
        self.embargoed_at.is_some() || self.entries_of().is_some()
    }

    fn hidden<ST>(self, statement: Statement<ST>) -> Statement<ST> {
        let statement = match self.embargoed_at {
            Some(now) => self.embargoed(statement, now),
            None => statement,
        };
        let Some(release) = self.entries_of().map(|id| StoredId(id.uuid())) else { return statement };
        let statement = if self.embargoed_at.is_some() { statement.sql(" UNION ALL ") } else { statement };
        statement.sql(ENTERED).bind(release)
    }

    fn embargoed<ST>(self, statement: Statement<ST>, now: Instant) -> Statement<ST> {
        let at = if self.is_of_newest { now } else { self.at };
        let newest = if self.is_of_newest { " AND n.revision = e.newest_revision)" } else { ")" };
        let statement = statement.sql(EMBARGOED).bind(now).sql(AND_NOT_LIVE).bind(now.min(at)).sql(UNTIL).bind(at).sql(newest);
        let Some(release) = self.release_id.map(|id| StoredId(id.uuid())) else { return statement };
        let statement = statement.sql(AND_NOT_ENTERED).bind(release).sql(AND_NO_MEMBER).bind(release);
        let statement = statement.sql(IN_FORCE_FROM).bind(self.at).sql(IN_FORCE_UNTIL).bind(self.at);
        statement.sql(if self.is_of_newest { " AND m.revision = e.newest_revision)" } else { ")" })
    }
}
