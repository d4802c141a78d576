//! Reading the audit log: page by page for admins, all of it for whoever keeps a copy elsewhere.

use super::dto::{ActorKind, AuditActor, AuditEntry, AuditTarget};
pub use super::store::Wanted;
use super::store::{self, NamedRow};
use crate::db::Db;
use crate::kernel::entry::hexadecimal;
use crate::kernel::id::AuditId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{CursorKey, Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::problem::{Problem, Result};

/// Which page of which entries.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which entries.
    pub wanted: Wanted,
    /// The same, for cursors.
    pub parameters: ListParameters,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub cursor: Option<String>,
}

/// A page of the log, the newest entry first. One statement, whatever the size of the page.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, asked: Asked) -> Result<Page<AuditEntry>> {
    let Asked { wanted, parameters, limit, cursor } = asked;
    let place = key.place(&parameters, cursor.as_deref())?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let rows = db.read_long(move |connection| Ok::<_, Problem>(store::beyond(connection, &wanted, from, rows)?)).await?;
    let entries = rows.into_iter().map(seen).collect();
    let at = |entry: &AuditEntry| (SortValue::Number(entry.at.millis()), entry.id.uuid());
    Ok(Page::cut(entries, limit, place.as_ref(), key, parameters.as_str(), at))
}

/// A part of an export: lines, and behind which entry the next one begins.
#[derive(Clone, Debug)]
pub struct Part {
    /// An entry on each line, as JSON.
    pub lines: Vec<u8>,
    /// `None` at the end.
    pub next: Option<(Instant, AuditId)>,
}

/// How many entries a part has.
const PART: i64 = 100;

/// The entries behind one, the oldest first; from the first one without.
///
/// # Errors
/// If the database fails.
pub async fn part(db: &Db, wanted: Wanted, behind: Option<(Instant, AuditId)>) -> Result<Part> {
    let (at, id) = behind.unwrap_or((Instant::FIRST, AuditId::from(uuid::Uuid::nil())));
    let from = Some((Direction::Backward, at, id));
    let rows = db.read_long(move |connection| Ok::<_, Problem>(store::beyond(connection, &wanted, from, PART)?)).await?;
    let entries: Vec<AuditEntry> = rows.into_iter().map(seen).collect();
    let mut lines = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry).map_err(Problem::internal)?;
        lines.push(b'\n');
    }
    Ok(Part { lines, next: entries.last().map(|last| (last.at, last.id)) })
}

fn seen(named: NamedRow) -> AuditEntry {
    let (number, hash) = (named.row.number, hexadecimal(&named.row.hash));
    let entry = named.row.entry();
    let kind = match (entry.actor.user_id, entry.actor.key_id) {
        (_, Some(_)) => ActorKind::ApiKey,
        (Some(_), None) => ActorKind::User,
        (None, None) => ActorKind::Command,
    };
    let (email, name) = (named.actor_email, named.actor_name);
    let actor =
        AuditActor { kind, user_id: entry.actor.user_id, email, name, api_key_id: entry.actor.key_id, address: entry.actor.address };
    let target = AuditTarget { kind: entry.target_kind, id: entry.target_id, email: named.target_email };
    // What somebody put there by hand is not shown, and found by `dateline check --audit`.
    let object = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    let (before, after) = (object(entry.before), object(entry.after));
    AuditEntry { id: entry.id, number, at: entry.at, actor, action: entry.action, target, before, after, hash }
}
