//! Migrations: numbered, inside the binary, with the same names for both engines.

use diesel::RunQueryDsl;
use diesel::migration::{Migration, MigrationSource};
use diesel::sql_types::Text;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConnection;
use super::error::OpenError;
use super::statement::Statement;

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

/// The names of the migrations that are missing. Nothing is written, not even the table of those that were applied: who asks may not be allowed to.
///
/// # Errors
/// [`OpenError::Newer`] as in [`migrate`].
pub fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, OpenError> {
    let (source, table) = match connection {
        AnyConnection::Sqlite(_) => (SQLITE, "SELECT name FROM sqlite_master WHERE name = '__diesel_schema_migrations'"),
        AnyConnection::Postgres(_) => (POSTGRES, "SELECT '' WHERE to_regclass('__diesel_schema_migrations') IS NOT NULL"),
    };
    let mut texts = |sql| Statement::<Text>::new(sql).load::<String>(connection);
    let is_there = !texts(table)?.is_empty();
    let applied = if is_there { texts("SELECT version FROM __diesel_schema_migrations")? } else { Vec::new() };
    missing_of(&applied, &known(source)?)
}

/// Number and name of each migration of an engine. They have the same on both.
fn known(source: Source) -> Result<Vec<(String, String)>, OpenError> {
    let migrations: Vec<Box<dyn Migration<diesel::pg::Pg>>> = source().migrations().map_err(failed)?;
    Ok(migrations.iter().map(|migration| (migration.name().version().to_string(), migration.name().to_string())).collect())
}

fn missing_of(applied: &[String], known: &[(String, String)]) -> Result<Vec<String>, OpenError> {
    if let Some(newer) = applied.iter().find(|applied| known.iter().all(|(version, _)| version != *applied)) {
        return Err(OpenError::Newer(newer.clone()));
    }
    let missing = known.iter().filter(|(version, _)| !applied.contains(version));
    Ok(missing.map(|(_, name)| name.clone()).collect())
}

fn failed(error: impl std::fmt::Display) -> OpenError {
    OpenError::Migration(error.to_string())
}

fn missing<DB, C>(connection: &mut C, source: Source) -> Result<Vec<String>, OpenError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let applied = connection.applied_migrations().map_err(failed)?.into_iter();
    missing_of(&applied.map(|version| version.to_string()).collect::<Vec<_>>(), &known(source)?)
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
