//! What an embargo hides from whoever has a preview link to the whole site: articles that are under one, but for texts that have gone before the public.

use diesel::sql_types::Bool;

use super::Snapshot;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::instant::Instant;

/// Follow it by the instant, [`AND_NOT_LIVE`], the earlier of the instant and the one that is looked at, [`UNTIL`] and the one that is looked at.
const EMBARGOED: &str = "SELECT e.id FROM articles e WHERE e.embargo_until > ";
const AND_NOT_LIVE: &str = " AND NOT EXISTS (SELECT 1 FROM publications n WHERE n.article_id = e.id AND n.publish_at <= ";
const UNTIL: &str = " AND n.ends_at > ";

impl Snapshot {
    /// The site as of an instant as that link shows it at `now`.
    ///
    /// # Errors
    /// If the database fails.
    pub fn without_embargoed(connection: &mut AnyConnection, at: Instant, now: Instant) -> Result<Self> {
        let is_any = Statement::<Bool>::new("SELECT EXISTS (").sql(EMBARGOED).bind(now).sql(")").get_result(connection)?;
        Ok(Self { embargoed_at: Some(now).filter(|_| is_any), ..Self::of(at) })
    }

    /// The same for newest saves instead of what is live.
    #[must_use]
    pub fn of_newest(self) -> Self {
        Self { is_of_newest: true, ..self }
    }

    /// Appends `column`, such as ` AND article_id`, and that it names nothing that is hidden; nothing at all where nothing is.
    pub fn shows<ST>(self, statement: Statement<ST>, column: &'static str) -> Statement<ST> {
        match self.embargoed_at {
            Some(now) => self.embargoed(statement.sql(column).sql(" NOT IN ("), now).sql(")"),
            None => statement,
        }
    }

    /// The statement, and after it `column`, such as ` AND article_id`, and that it names something that is hidden; nothing where nothing is.
    pub fn hides<ST>(self, statement: impl FnOnce() -> Statement<ST>, column: &'static str) -> Option<Statement<ST>> {
        self.embargoed_at.map(|now| self.embargoed(statement().sql(column).sql(" IN ("), now).sql(")"))
    }

    fn embargoed<ST>(self, statement: Statement<ST>, now: Instant) -> Statement<ST> {
        let at = if self.is_of_newest { now } else { self.at };
        let statement = statement.sql(EMBARGOED).bind(now).sql(AND_NOT_LIVE).bind(now.min(at)).sql(UNTIL).bind(at);
        statement.sql(if self.is_of_newest { " AND n.revision = e.newest_revision)" } else { ")" })
    }
}
