//! Migrations: numbered, inside the binary, with the same names for both engines.

use diesel::RunQueryDsl;
use diesel::migration::{Migration, MigrationSource};
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

/// The names of the migrations that are missing. Nothing is written, not even the table of those that were applied: who asks may not be allowed to.
///
/// # Errors
/// [`OpenError::Newer`] as in [`migrate`].
pub fn pending(connection: &mut AnyConnection) -> Result<Vec<String>, OpenError> {
    const APPLIED: &str = "SELECT version FROM __diesel_schema_migrations";
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            let table = "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
            let is_there = !diesel::sql_query(table).load::<Applied>(sqlite)?.is_empty();
            missing_of(&if is_there { diesel::sql_query(APPLIED).load(sqlite)? } else { Vec::new() }, &known(SQLITE)?)
        }
        AnyConnection::Postgres(postgres) => {
            let table = "SELECT '' AS version WHERE to_regclass('__diesel_schema_migrations') IS NOT NULL";
            let is_there = !diesel::sql_query(table).load::<Applied>(postgres)?.is_empty();
            missing_of(&if is_there { diesel::sql_query(APPLIED).load(postgres)? } else { Vec::new() }, &known(POSTGRES)?)
        }
    }
}

/// A migration that was applied.
#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// Number and name of each migration of an engine. They have the same on both.
fn known(source: Source) -> Result<Vec<(String, String)>, OpenError> {
    let migrations: Vec<Box<dyn Migration<diesel::pg::Pg>>> = source().migrations().map_err(failed)?;
    Ok(migrations.iter().map(|migration| (migration.name().version().to_string(), migration.name().to_string())).collect())
}

fn missing_of(applied: &[Applied], known: &[(String, String)]) -> Result<Vec<String>, OpenError> {
    if let Some(newer) = applied.iter().find(|applied| known.iter().all(|(version, _)| *version != applied.version)) {
        return Err(OpenError::Newer(newer.version.clone()));
    }
    let missing = known.iter().filter(|(version, _)| applied.iter().all(|applied| applied.version != *version));
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
    missing_of(&applied.map(|version| Applied { version: version.to_string() }).collect::<Vec<_>>(), &known(source)?)
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
