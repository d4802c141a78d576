//! `DATABASE_URL`: which engine, and where.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where the data lies.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of the embedded engine.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as libpq reads it.
    Postgres(String),
}

/// Why a text is no database URL.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidUrl {
    /// Neither of the two forms.
    #[error("it must begin with sqlite:// or postgres://")]
    Scheme,
    /// A SQLite URL without a usable path.
    #[error("sqlite:// must be followed by the path of a file, without ?, # or %")]
    Path,
    /// TLS is asked for, and this binary was built without it.
    #[error("it demands TLS (sslmode={0}), which this build does not have: build with `cargo build --release --features tls`")]
    NoTls(String),
}

impl FromStr for DatabaseUrl {
    type Err = InvalidUrl;

    fn from_str(url: &str) -> Result<Self, InvalidUrl> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            // SQLite would read these as parts of a URI.
            if path.is_empty() || path.contains(['?', '#', '%', '\0']) || path.starts_with(':') {
                return Err(InvalidUrl::Path);
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(InvalidUrl::Scheme);
        }
        match ssl_mode(url) {
            Some(mode) if !cfg!(feature = "tls") && ["require", "verify-ca", "verify-full"].contains(&mode) => {
                Err(InvalidUrl::NoTls(mode.to_owned()))
            }
            _ => Ok(Self::Postgres(url.to_owned())),
        }
    }
}

/// The `sslmode` of a PostgreSQL URL; the last one counts, as in libpq.
fn ssl_mode(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').filter_map(|pair| pair.strip_prefix("sslmode=")).next_back()
}

impl fmt::Display for DatabaseUrl {
    /// Without the password, for logs and messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.split_once('?').map_or(rest, |(place, _)| place);
                let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_the_engine_and_hides_its_password() {
        assert_eq!("sqlite://data/x.db".parse(), Ok(DatabaseUrl::Sqlite("data/x.db".into())));
        let url: DatabaseUrl = "postgres://user:secret@db:5432/news?sslmode=disable&password=secret".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db:5432/news");
        for (wrong, why) in [
            ("", InvalidUrl::Scheme),
            ("host=db dbname=news", InvalidUrl::Scheme),
            ("mysql://db/news", InvalidUrl::Scheme),
            ("sqlite://", InvalidUrl::Path),
            ("sqlite://:memory:", InvalidUrl::Path),
            ("sqlite://a?mode=ro", InvalidUrl::Path),
        ] {
            assert_eq!(wrong.parse::<DatabaseUrl>(), Err(why), "{wrong}");
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn a_url_that_demands_tls_is_refused_by_a_build_without_it() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let refused = format!("postgres://db/news?sslmode={mode}").parse::<DatabaseUrl>().unwrap_err();
            assert!(refused.to_string().contains("--features tls"), "{refused}");
        }
        assert!("postgres://db/news?sslmode=prefer".parse::<DatabaseUrl>().is_ok());
    }
}
