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

impl DatabaseUrl {
    /// Where it lies unless said.
    pub const DEFAULT: &str = "sqlite://data/dateline.db";
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
    /// A PostgreSQL URL that libpq would read otherwise than it was meant, and quote a part of the password in its error.
    #[error(
        "user, password, host and port cannot be told apart: in a password write %25 for %, %40 for @, %2F for /, %3A for : and %3F for ?"
    )]
    Authority,
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
        if !is_legible(url) {
            return Err(InvalidUrl::Authority);
        }
        match ssl_mode(url) {
            Some(mode) if !cfg!(feature = "tls") && ["require", "verify-ca", "verify-full"].contains(&mode) => {
                Err(InvalidUrl::NoTls(mode.to_owned()))
            }
            _ => Ok(Self::Postgres(url.to_owned())),
        }
    }
}

/// The `sslmode` of a PostgreSQL URL; the last one counts, as in libpq, which knows a second name for one of its values.
fn ssl_mode(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    let mode = |pair| if pair == "ssl=true" { Some("require") } else { str::strip_prefix(pair, "sslmode=") };
    query.split('&').filter_map(mode).next_back()
}

/// Whether there is one way to read the part before the database's name, and every `%` begins a code.
fn is_legible(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let hosts = match authority.split_once('@') {
        Some((_, hosts)) => hosts,
        None => authority,
    };
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let is_host = |host: &str| match host.rsplit_once(':') {
        Some((name, port)) => is_port(port) && (!name.contains(':') || name.starts_with('[')) || host.ends_with(']'),
        None => true,
    };
    let is_code = |text: &str| text.len() >= 2 && text.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    !hosts.contains('@') && hosts.split(',').all(is_host) && url.split('%').skip(1).all(is_code)
}

/// What a connection is opened with unless the URL says otherwise: a server that does not answer, or is gone without a word, is given up.
const LIBPQ_SETTINGS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "20000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "2"),
];

/// A PostgreSQL URL with these settings.
pub(super) fn with_settings(url: &str) -> String {
    let mut full = url.to_owned();
    for (name, value) in LIBPQ_SETTINGS {
        if !url.contains(&format!("{name}=")) {
            full.push(if full.contains('?') { '&' } else { '?' });
            full.push_str(name);
            full.push('=');
            full.push_str(value);
        }
    }
    full
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

    #[test]
    fn a_password_that_libpq_would_read_as_something_else_is_refused_and_not_quoted() {
        for taken in [
            "postgres://db/news",
            "postgresql://user:p%40ss@db:5432,other:5433/news?application_name=a:b@c",
            "postgres://user:secret@[::1]:5432/news",
            "postgres://user@[::1]/news",
            "postgres:///news?host=/run/postgresql",
        ] {
            assert!(taken.parse::<DatabaseUrl>().is_ok(), "{taken}");
        }
        for refused in
            ["postgres://u:p@ss@db/n", "postgres://u:pa/ss@db/n", "postgres://u:pa?ss@db/n", "postgres://u:100%@db/n", "postgres://a:b:1/n"]
        {
            assert_eq!(refused.parse::<DatabaseUrl>(), Err(InvalidUrl::Authority), "{refused}");
        }
    }

    #[test]
    fn a_connection_is_given_up_after_a_while_unless_the_url_says_otherwise() {
        let full = with_settings("postgres://db/news?connect_timeout=60");
        assert!(full.starts_with("postgres://db/news?connect_timeout=60&tcp_user_timeout=20000&"), "{full}");
        assert!(with_settings("postgres://db/news").starts_with("postgres://db/news?connect_timeout=5&"));
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn a_url_that_demands_tls_is_refused_by_a_build_without_it() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let refused = format!("postgres://db/news?sslmode={mode}").parse::<DatabaseUrl>().unwrap_err();
            assert!(refused.to_string().contains("--features tls"), "{refused}");
        }
        assert_eq!("postgres://db/news?ssl=true".parse::<DatabaseUrl>(), Err(InvalidUrl::NoTls("require".to_owned())));
        assert!("postgres://db/news?sslmode=prefer".parse::<DatabaseUrl>().is_ok());
    }
}
