//! Writing the audit log.

use diesel::{ExpressionMethods, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::db::schema::audit;
use crate::db::{Result, StoredId, Tx};
use crate::kernel::id::{AuditId, UserId};

/// What an entry is about.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What kind of thing: `article`, `publication`, `category`, `user`, `session`, `keys`.
    pub kind: &'static str,
    /// Which one.
    pub id: Uuid,
}

/// Writes one entry at the instant of the write. `details` never holds a secret.
///
/// # Errors
/// If the database fails.
pub fn record(tx: &mut Tx<'_>, actor: Option<UserId>, action: &'static str, target: Target, details: &Value) -> Result<()> {
    let at = tx.now()?;
    diesel::insert_into(audit::table)
        .values((
            audit::id.eq(AuditId::new()),
            audit::at.eq(at),
            audit::actor_id.eq(actor),
            audit::action.eq(action),
            audit::target_kind.eq(target.kind),
            audit::target_id.eq(StoredId(target.id)),
            audit::details.eq(details.to_string()),
        ))
        .execute(tx.conn())?;
    Ok(())
}
