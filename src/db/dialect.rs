//! The closed list of what the engines say differently: locks within a transaction (on SQLite there is one writer, which needs none), and
//! several statements that read one state.

use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Bool, Integer, Text};
use diesel::{Connection, RunQueryDsl};

use super::connection::AnyConnection;
use super::error::{Error, Result};

/// What can be locked apart from rows, until the end of the transaction.
#[derive(Clone, Copy, Debug)]
pub enum Lock {
    /// The tree of categories, and tags and authors: shared by whoever writes an article, exclusive for whoever changes what articles are listed by. It comes
    /// before the rows of articles, so that whoever has it alone finds none of them locked and needs no locks of theirs.
    Tree,
    /// The users: exclusive for whoever could take away the last admin.
    Users,
    /// The tallies: exclusive for whoever folds into them what was logged. Nobody waits for it.
    Tallies,
    /// The redirects: exclusive for whoever makes one, so that none comes to lead to another.
    Redirects,
    /// Old views: exclusive for whoever deletes them. Nobody waits for it.
    Views,
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

/// Waits until no other write has locked the same name, and locks it until the end of the transaction.
///
/// # Errors
/// If the database fails.
pub fn lock_name(connection: &mut AnyConnection, name: &str) -> Result<()> {
    if let AnyConnection::Postgres(postgres) = connection {
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))";
        diesel::sql_query(sql).bind::<Text, _>(name).bind::<BigInt, _>(i64::from(SPACE)).execute(postgres)?;
    }
    Ok(())
}

/// Takes `lock` alone if nobody holds it; whether it did.
///
/// # Errors
/// If the database fails.
pub fn try_lock(connection: &mut AnyConnection, lock: Lock) -> Result<bool> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(true),
        AnyConnection::Postgres(postgres) => {
            let locks = sql::<Bool>("pg_try_advisory_xact_lock(").bind::<Integer, _>(SPACE).sql(", ");
            Ok(diesel::select(locks.bind::<Integer, _>(lock as i32).sql(")")).get_result(postgres)?)
        }
    }
}

/// Reads one committed state of the database in all statements of `f`, whatever is written meanwhile. Not within another transaction.
///
/// # Errors
/// What `f` returns, or if the database fails.
pub fn in_one_state<T, E: From<Error>>(
    connection: &mut AnyConnection,
    f: impl FnOnce(&mut AnyConnection) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let begun = match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction(sqlite),
        AnyConnection::Postgres(postgres) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    };
    begun.map_err(Error::from)?;
    // Where this panics, the connection goes and the transaction with it.
    let outcome = f(connection);
    let ended = match outcome {
        Ok(_) => <AnyConnection as Connection>::TransactionManager::commit_transaction(connection),
        Err(_) => <AnyConnection as Connection>::TransactionManager::rollback_transaction(connection),
    };
    outcome.and_then(|found| ended.map(|()| found).map_err(|failed| Error::from(failed).into()))
}

/// The end of a `SELECT` that locks its rows until the end of the transaction and leaves out those that are locked.
pub fn for_update_of_unlocked(connection: &AnyConnection) -> &'static str {
    match connection {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Postgres(_) => " FOR UPDATE SKIP LOCKED",
    }
}

/// The end of a `SELECT` that locks its rows until the end of the transaction.
pub fn for_update(connection: &AnyConnection) -> &'static str {
    match connection {
        AnyConnection::Sqlite(_) => "",
        AnyConnection::Postgres(_) => " FOR UPDATE",
    }
}
