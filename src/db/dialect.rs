//! The closed list of what the engines say differently: locks within a transaction. On SQLite there is one writer, which needs none.

use diesel::RunQueryDsl;
use diesel::sql_types::Integer;

use super::connection::AnyConnection;
use super::error::Result;

/// What can be locked apart from rows, until the end of the transaction.
#[derive(Clone, Copy, Debug)]
pub enum Lock {
    /// The tree of categories: shared by whoever reads ancestors in order to write listings, exclusive for whoever changes it.
    Tree,
    /// The users: exclusive for whoever could take away the last admin.
    Users,
}

/// How a [`Lock`] is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Beside others who share it.
    Shared,
    /// Alone.
    Exclusive,
}

/// What distinguishes our advisory locks from those of other programs in the same database.
const SPACE: i32 = 0x6461_7465;

/// Takes `lock`, waiting for it.
///
/// # Errors
/// If the database fails.
pub fn lock(connection: &mut AnyConnection, lock: Lock, hold: Hold) -> Result<()> {
    if let AnyConnection::Postgres(postgres) = connection {
        let sql = match hold {
            Hold::Shared => "SELECT pg_advisory_xact_lock_shared($1, $2)",
            Hold::Exclusive => "SELECT pg_advisory_xact_lock($1, $2)",
        };
        diesel::sql_query(sql).bind::<Integer, _>(SPACE).bind::<Integer, _>(lock as i32).execute(postgres)?;
    }
    Ok(())
}

/// The end of a `SELECT` that locks its rows until the end of the transaction.
pub fn for_update(connection: &AnyConnection) -> &'static str {
    match connection {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Postgres(_) => " FOR UPDATE",
    }
}
