//! TLS to PostgreSQL: a build without it says so, a build with it (`scripts/test-tls`) checks who answers.

use crate::support::folder::Folder;
use crate::support::program::{dateline, said};

#[cfg(not(feature = "tls"))]
#[test]
fn a_build_without_tls_refuses_what_demands_it_and_names_the_build_that_has_it() {
    let folder = Folder::new();
    for (query, environment) in [
        ("?sslmode=require", None),
        ("?sslmode=verify-ca", None),
        ("?application_name=news&sslmode=verify-full&sslrootcert=system", None),
        ("?ssl=true", None),
        ("", Some("require")),
        ("", Some("verify-full")),
    ] {
        for command in ["serve", "migrate"] {
            let mut command = dateline(folder.path(), &[command]);
            command.env("DATABASE_URL", format!("postgres://user:a-secret-word@127.0.0.1:1/news{query}")).env("LISTEN", "127.0.0.1:0");
            command.envs(environment.map(|mode| ("PGSSLMODE", mode)));
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{query} {environment:?}");
            let said = said(&output);
            assert!(said.contains("cargo build --release --features tls"), "{query} {environment:?}: {said}");
            assert!(!said.contains("a-secret-word"), "{said}");
        }
    }
}

#[cfg(feature = "tls")]
mod with_tls {
    use std::path::Path;

    use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

    use super::*;
    use crate::support::postgres::Server;
    use crate::support::program::{self, serve, wait};

    #[derive(QueryableByName)]
    struct Session {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        ssl: bool,
        #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
        version: Option<String>,
    }

    /// The URL with a mode, an authority and perhaps another host for the same address.
    fn url(plain: &str, host: &str, mode: &str, authority: &Path) -> String {
        let url = plain.replace("localhost", host);
        format!("{url}?hostaddr=127.0.0.1&sslmode={mode}&sslrootcert={}", authority.display())
    }

    #[test]
    fn the_right_host_with_a_known_authority_is_served_from_over_tls() {
        let (database, folder) = (Server::start_with_tls(), Folder::new());
        for host in ["localhost", "127.0.0.1"] {
            let plain = database.create_database();
            let server = program::Server::start(serve(folder.path(), &url(&plain, host, "verify-full", &database.ca_file())));
            wait(async { server.anyone().get("/readyz?for=editor").await }).is_ok();
            let mut operator = PgConnection::establish(database.admin_url()).unwrap();
            let sql = "SELECT s.ssl, s.version FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.datname = ";
            let name = plain.rsplit('/').next().unwrap();
            let sessions: Vec<Session> = sql_query(format!("{sql}'{name}'")).load(&mut operator).unwrap();
            assert!(!sessions.is_empty() && sessions.iter().all(|s| s.ssl && s.version.as_deref() == Some("TLSv1.3")), "host {host}");
        }
    }

    #[test]
    fn another_host_an_unknown_authority_and_a_connection_in_the_clear_are_refused() {
        let (database, folder) = (Server::start_with_tls(), Folder::new());
        let (plain, known, other) = (database.create_database(), database.ca_file(), database.other_ca_file());
        let migrate = |url: &str| dateline(folder.path(), &["migrate"]).env("DATABASE_URL", url).output().unwrap();
        for (host, mode, authority, fault) in [
            ("db.example.org", "verify-full", &known, "does not match host name \"db.example.org\""),
            ("localhost", "verify-full", &other, "certificate verify failed"),
            ("localhost", "verify-ca", &other, "certificate verify failed"),
            ("localhost", "verify-full", &folder.join("nowhere.crt"), "nowhere.crt"),
            ("localhost", "disable", &known, "no encryption"),
        ] {
            let output = migrate(&url(&plain, host, mode, authority));
            assert_eq!(output.status.code(), Some(2), "{host} {mode}");
            assert!(said(&output).contains(fault), "{host} {mode}: {}", said(&output));
        }
        // The authority alone is checked by `verify-ca`, nothing by `require` without one.
        for url in [url(&plain, "db.example.org", "verify-ca", &known), format!("{plain}?sslmode=require")] {
            let output = migrate(&url);
            assert!(output.status.success(), "{url}: {}", said(&output));
        }
    }

    #[test]
    fn the_systems_authorities_are_those_of_ssl_cert_file() {
        let (database, folder) = (Server::start_with_tls(), Folder::new());
        let plain = database.create_database();
        for (host, authority, is_right) in [
            ("localhost", database.ca_file(), true),
            ("db.example.org", database.ca_file(), false),
            ("localhost", database.other_ca_file(), false),
        ] {
            let url = format!("{}?hostaddr=127.0.0.1&sslrootcert=system", plain.replace("localhost", host));
            let output = dateline(folder.path(), &["migrate"]).env("DATABASE_URL", url).env("SSL_CERT_FILE", authority).output().unwrap();
            assert_eq!(output.status.success(), is_right, "{host}: {}", said(&output));
        }
    }
}
