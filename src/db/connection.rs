//! One connection type for both engines, and how a connection is opened.

use diesel::connection::SimpleConnection;
use diesel::{Connection, ConnectionError, PgConnection, RunQueryDsl, SqliteConnection};

use super::error::OpenError;
use super::url::{DatabaseUrl, with_settings};

/// A connection to either engine. Queries are written once, against it.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The embedded engine.
    Sqlite(SqliteConnection),
    /// The server.
    Postgres(PgConnection),
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Reading only; on SQLite the connection refuses to write.
    Read,
    /// Reading and writing.
    Write,
}

/// The least SQLite: older ones can lose committed writes of the log with two connections.
const SQLITE_FLOOR: i32 = 3_051_003;
/// The least PostgreSQL.
const POSTGRES_FLOOR: i32 = 150_000;
/// How long a statement may run on PostgreSQL.
const STATEMENT_TIMEOUT: &str = "30s";

impl AnyConnection {
    /// Opens a connection. The engine's own message is in the error: `AnyConnection::establish` would hide it.
    pub(super) fn open(url: &DatabaseUrl, purpose: Purpose) -> Result<Self, OpenError> {
        let refused = |error: ConnectionError| OpenError::of_connecting(url, error);
        match url {
            DatabaseUrl::Sqlite(path) => {
                let path = path.to_str().ok_or(OpenError::Path)?;
                let mut connection = SqliteConnection::establish(path).map_err(refused)?;
                connection.batch_execute(sqlite_settings(purpose)).map_err(|e| refused(ConnectionError::CouldntSetupConfiguration(e)))?;
                Ok(Self::Sqlite(connection))
            }
            DatabaseUrl::Postgres(text) => {
                // One plan for any values: a page's statement takes longer to plan than to run, and its indexes are right whatever is asked for.
                let mut connection = PgConnection::establish(&with_settings(text)).map_err(refused)?;
                connection
                    .batch_execute(&format!("SET statement_timeout = '{STATEMENT_TIMEOUT}'; SET idle_in_transaction_session_timeout = '60s'; SET TIME ZONE 'UTC'; SET plan_cache_mode = force_generic_plan"))
                    .map_err(|e| refused(ConnectionError::CouldntSetupConfiguration(e)))?;
                Ok(Self::Postgres(connection))
            }
        }
    }

    /// Refuses engines that are too old to be trusted with data.
    pub(super) fn check_version(&mut self) -> Result<(), OpenError> {
        match self {
            Self::Sqlite(_) => {
                let version = sqlite_version();
                if version < SQLITE_FLOOR { Err(OpenError::SqliteTooOld(version)) } else { Ok(()) }
            }
            Self::Postgres(connection) => {
                #[derive(diesel::QueryableByName)]
                struct Version {
                    #[diesel(sql_type = diesel::sql_types::Integer)]
                    number: i32,
                }
                let version: Version =
                    diesel::sql_query("SELECT current_setting('server_version_num')::int AS number").get_result(connection)?;
                if version.number < POSTGRES_FLOOR { Err(OpenError::PostgresTooOld(version.number)) } else { Ok(()) }
            }
        }
    }
}

/// The version of the SQLite inside the binary, as its own number: 3.53.2 is 3053002.
pub fn sqlite_version() -> i32 {
    libsqlite3_sys::SQLITE_VERSION_NUMBER
}

/// WAL lets readers go on while the one writer writes; FULL means that what was acknowledged is on the disk.
fn sqlite_settings(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Write => {
            "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF"
        }
        Purpose::Read => {
            "PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF"
        }
    }
}
