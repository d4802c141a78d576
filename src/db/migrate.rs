//! Migrations: numbered, inside the binary, with the same names for both engines.

use diesel::RunQueryDsl;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
use super::error::OpenError;

/// The migrations of an engine.
type Source = fn() -> EmbeddedMigrations;
const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: Source = || SQLITE_MIGRATIONS;
const POSTGRES: Source = || POSTGRES_MIGRATIONS;
/// Guards migrations on PostgreSQL, so that of two nodes that start together one applies them and the other waits.
const LOCK: i64 = 0x6461_7465_6c69_6e65;

/// Applies what is missing and returns its names, in order.
///
/// # Errors
/// [`OpenError::Newer`] if the database knows a migration that this program does not; nothing is changed then.
pub fn migrate(connection: &mut AnyConnection) -> Result<Vec<String>, OpenError> {
    match connection {
        AnyConnection::Sqlite(sqlite) => apply(sqlite, SQLITE),
        AnyConnection::Postgres(postgres) => {
            // Waiting for another node's migration, and a migration itself, may take longer than a request.
            diesel::sql_query("SET statement_timeout = 0").execute(postgres)?;
            diesel::sql_query("SELECT pg_advisory_lock($1)").bind::<diesel::sql_types::BigInt, _>(LOCK).execute(postgres)?;
            let applied = apply(postgres, POSTGRES);
            diesel::sql_query("SELECT pg_advisory_unlock($1)").bind::<diesel::sql_types::BigInt, _>(LOCK).execute(postgres)?;
            applied
        }
    }
}

/// The names of the migrations that are missing.
///
/// # Errors
/// [`OpenError::Newer`] as in [`migrate`].
pub fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, OpenError> {
    match connection {
        AnyConnection::Sqlite(sqlite) => missing(sqlite, SQLITE),
        AnyConnection::Postgres(postgres) => missing(postgres, POSTGRES),
    }
}

fn failed(error: impl std::fmt::Display) -> OpenError {
    OpenError::Migration(error.to_string())
}

fn missing<DB, C>(connection: &mut C, source: Source) -> Result<Vec<String>, OpenError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known: Vec<Box<dyn Migration<DB>>> = source().migrations().map_err(failed)?;
    let version = |migration: &dyn Migration<DB>| migration.name().version().as_owned();
    let applied: Vec<MigrationVersion<'static>> = connection.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied.iter().find(|v| known.iter().all(|m| version(m.as_ref()) != **v)) {
        return Err(OpenError::Newer(newer.to_string()));
    }
    Ok(known.iter().filter(|m| !applied.contains(&version(m.as_ref()))).map(|m| m.name().to_string()).collect())
}

fn apply<DB, C>(connection: &mut C, source: Source) -> Result<Vec<String>, OpenError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let names = missing(connection, source)?;
    for name in &names {
        if let Err(error) = connection.run_next_migration(source()) {
            // Another process on the same file may have been faster; each migration is a transaction.
            if missing(connection, source)?.contains(name) {
                return Err(failed(error));
            }
        }
    }
    Ok(names)
}
