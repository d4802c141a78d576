//! What can go wrong with a database: while opening it, and while using it.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use super::url::DatabaseUrl;
use crate::kernel::problem::{Code, Problem};

/// The result of a query.
pub type Result<T> = std::result::Result<T, Error>;

/// A statement failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, or the connection broke.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A statement was given up: it waited or ran too long.
    #[error("a statement took too long: {0}")]
    Deadline(String),
    /// Anything else: a fault of ours, or of the data.
    #[error(transparent)]
    Query(DieselError),
    /// What used the database panicked.
    #[error("it panicked")]
    Panicked(Problem),
    /// A stored value that this version cannot read.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
}

impl Error {
    /// Whether the transaction lost against another one and may simply be run again.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Query(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            Self::Query(DieselError::DatabaseError(_, info)) => info.message().contains("deadlock detected"),
            _ => false,
        }
    }

    /// Whether the database was away, or the connection to it broke.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether a unique index refused the row.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// A stored value that this version cannot read.
    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }
}

/// An error of whoever uses the database, from which [`super::Db`] can tell whether trying again would help.
pub trait Failure: From<Error> {
    /// The failed statement behind it, if that is the reason.
    fn database_error(&self) -> Option<&Error>;
}

impl Failure for Error {
    fn database_error(&self) -> Option<&Error> {
        Some(self)
    }
}

impl Failure for Problem {
    fn database_error(&self) -> Option<&Error> {
        self.cause().and_then(|cause| cause.downcast_ref())
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, info) => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            // The server became the standby of another one; a new connection may find the one that takes writes.
            DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, info) => Self::Unavailable(info.message().to_owned()),
            DieselError::DatabaseError(_, info) if info.message().starts_with("canceling statement due to") => {
                Self::Deadline(info.message().to_owned())
            }
            // What PostgreSQL says while it stops or starts has no kind of its own in diesel.
            DieselError::DatabaseError(_, info) if is_shutdown(info.message()) => Self::Unavailable(info.message().to_owned()),
            _ => Self::Query(error),
        }
    }
}

fn is_shutdown(message: &str) -> bool {
    [
        "terminating connection",
        "server closed the connection",
        "the database system is",
        "connection to server",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "SSL connection has been closed",
        "SSL SYSCALL error",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(_) => {
                Self::new(Code::Unavailable, "The database cannot be reached at the moment.").with_header("Retry-After", "1").because(error)
            }
            Error::Deadline(_) => {
                Self::new(Code::Unavailable, "The database took too long to answer.").with_header("Retry-After", "1").because(error)
            }
            Error::Panicked(problem) => problem,
            _ if error.is_conflict() => {
                Self::new(Code::Unavailable, "Others were writing the same all the while.").with_header("Retry-After", "1").because(error)
            }
            _ => Self::internal(error),
        }
    }
}

/// A database cannot be opened. The words are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The path is not text.
    #[error("the path of the database is not UTF-8")]
    Path,
    /// The file or the server refuses.
    #[error("DATABASE_URL: {url} cannot be opened: {fault}. Example: DATABASE_URL={example}")]
    Connect {
        /// Where it would lie, without the password.
        url: String,
        /// What the engine says.
        fault: String,
        /// What would be right.
        example: &'static str,
    },
    /// TLS is demanded otherwise than by the URL, such as by PGSSLMODE.
    #[error(
        "the connection to the database is to be encrypted, which this build cannot: build with `cargo build --release --features tls`"
    )]
    NoTls,
    /// Too old an SQLite was linked.
    #[error("SQLite {0} is too old: 3.51.3 or later is needed, since older ones can lose committed writes")]
    SqliteTooOld(i32),
    /// Too old a server.
    #[error("PostgreSQL {0} is too old: 15 or later is needed")]
    PostgresTooOld(i32),
    /// There is no such file.
    #[error("there is no database at {0}: `dateline migrate` or `dateline serve` makes one; or set DATABASE_URL to where it lies")]
    Missing(String),
    /// Another server process uses the file.
    #[error("another `dateline serve` uses {0}: stop it first, or give this one another DATABASE_URL")]
    Locked(String),
    /// A newer program has changed the tables.
    #[error(
        "the database was made by a newer version of Dateline (it has migration {0}, which this version does not know): use that version"
    )]
    Newer(String),
    /// Tables are missing.
    #[error("the database lacks migration {0}: run `dateline migrate`")]
    Older(String),
    /// A migration failed.
    #[error("migration failed: {0}")]
    Migration(String),
    /// Reading or making files failed.
    #[error("DATABASE_URL: {path} cannot be used: {error}. Example: DATABASE_URL={}", DatabaseUrl::DEFAULT)]
    File {
        /// Which file or folder.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A statement failed.
    #[error(transparent)]
    Query(#[from] DieselError),
}

impl OpenError {
    /// A file or a server that refuses.
    pub(super) fn of_connecting(url: &DatabaseUrl, error: impl std::fmt::Display) -> Self {
        let fault = error.to_string();
        if !cfg!(feature = "tls") && fault.contains("SSL support is not compiled in") {
            return Self::NoTls;
        }
        let example = match url {
            DatabaseUrl::Sqlite(_) => DatabaseUrl::DEFAULT,
            DatabaseUrl::Postgres(_) => "postgres://USER:PASSWORD@HOST/DATABASE",
        };
        Self::Connect {
            url: url.to_string(),
            fault: fault.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(['.', '?']).to_owned(),
            example,
        }
    }
}
