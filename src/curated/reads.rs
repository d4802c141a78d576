//! What a list shows at an instant.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::dto::CuratedSlot;
use crate::db::{AnyConnection, Error, Result, Statement};
use crate::kernel::instant::Instant;
use crate::publications::visibility::Snapshot;

/// The edition of a list that is in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The list's name in URLs.
    pub slug: String,
    /// What the list is called.
    pub name: String,
    /// What it shows, in order.
    pub slots: Vec<CuratedSlot>,
    /// When the next one takes its place.
    pub next_at: Option<Instant>,
}

/// The edition of a list with the greatest start that has passed (contract 2.1). One statement.
///
/// # Errors
/// If the database fails, or what is stored is not JSON.
pub fn in_force(connection: &mut AnyConnection, snapshot: Snapshot, slug: &str) -> Result<Option<InForce>> {
    let statement = Statement::<(Text, Text, Text, Nullable<BigInt>)>::new(
        "SELECT c.slug, c.name, e.slots, (SELECT min(n.publish_at) FROM curated_editions n WHERE n.list_id = c.id AND n.publish_at > ",
    );
    let statement = statement.bind(snapshot.at).sql(") FROM curated_lists c JOIN curated_editions e ON e.list_id = c.id WHERE c.slug = ");
    let statement = statement.bind(slug).sql(" AND e.publish_at <= ").bind(snapshot.at).sql(" ORDER BY e.publish_at DESC LIMIT 1");
    let row: Option<(String, String, String, Option<Instant>)> = statement.get_result(connection).optional()?;
    let in_force = |(slug, name, slots, next_at): (_, _, String, _)| {
        Ok(InForce { slug, name, slots: serde_json::from_str(&slots).map_err(Error::corrupt)?, next_at })
    };
    row.map(in_force).transpose()
}
