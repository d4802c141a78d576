//! What an embargo hides from whoever has a preview link to the whole site: articles that are under one at an instant and not live then.

use diesel::sql_types::Bool;

use super::Snapshot;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::instant::Instant;

/// Follow it by the instant, [`AND_NOT_LIVE`], the instant, [`UNTIL`] and the instant again.
const EMBARGOED: &str = "SELECT e.id FROM articles e WHERE e.embargo_until > ";
const AND_NOT_LIVE: &str = " AND NOT EXISTS (SELECT 1 FROM publications n WHERE n.article_id = e.id AND n.publish_at <= ";
const UNTIL: &str = " AND n.ends_at > ";

impl Snapshot {
    /// The site as of an instant as that link shows it at `now`.
    ///
    /// # Errors
    /// If the database fails.
    pub fn without_embargoed(connection: &mut AnyConnection, at: Instant, now: Instant) -> Result<Self> {
        let is_any = embargoed(Statement::<Bool>::new("SELECT EXISTS ("), now).sql(")").get_result(connection)?;
        Ok(Self { at, embargoed_at: Some(now).filter(|_| is_any) })
    }

    /// Appends `column`, such as ` AND article_id`, and that it names nothing that is hidden; nothing at all where nothing is.
    pub fn shows<ST>(self, statement: Statement<ST>, column: &'static str) -> Statement<ST> {
        match self.embargoed_at {
            Some(now) => embargoed(statement.sql(column).sql(" NOT IN ("), now).sql(")"),
            None => statement,
        }
    }

    /// Appends `column`, such as ` AND article_id`, and that it names something that is hidden, if anything is.
    pub fn hides<ST>(self, statement: Statement<ST>, column: &'static str) -> Option<Statement<ST>> {
        self.embargoed_at.map(|now| embargoed(statement.sql(column).sql(" IN ("), now).sql(")"))
    }
}

fn embargoed<ST>(statement: Statement<ST>, now: Instant) -> Statement<ST> {
    statement.sql(EMBARGOED).bind(now).sql(AND_NOT_LIVE).bind(now).sql(UNTIL).bind(now).sql(")")
}
