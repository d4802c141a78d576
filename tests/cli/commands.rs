//! Commands that run to their end.

use std::process::Output;

use dateline::db::{Db, PoolSize, Statement};
use dateline::kernel::clock::SystemClock;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;

use crate::support::database::TestDatabase;
use crate::support::engines;
use crate::support::folder::Folder;
use crate::support::program::{dateline, printed, run, run_with, said};

#[test]
fn migrations_are_applied_once_and_the_check_is_content_with_them() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        let run = |command: &str| dateline(folder.path(), &[command]).env("DATABASE_URL", database.url()).output().unwrap();
        let unprepared = run("check");
        assert_eq!(unprepared.status.code(), Some(2), "on {engine:?}: {}", printed(&unprepared));
        let first = run("migrate");
        assert!(printed(&first).starts_with("Applied "), "on {engine:?}: {}", said(&first));
        assert_eq!(printed(&run("migrate")), "Nothing is missing.\n");
        let check = run("check");
        assert!(check.status.success(), "on {engine:?}: {}", said(&check));
        for line in ["settings ", "database ", "clock ", "keys "] {
            assert!(printed(&check).contains(line), "on {engine:?}: {}", printed(&check));
        }
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        let run = |command: &str| dateline(folder.path(), &[command]).env("DATABASE_URL", database.url()).output().unwrap();
        assert!(run("migrate").status.success());
        let db = Db::open(&database.url().parse().unwrap(), std::sync::Arc::new(SystemClock::new()), PoolSize(1)).unwrap();
        let insert = |tx: &mut dateline::db::Tx<'_>| {
            let insert = Statement::<Text>::new("INSERT INTO __diesel_schema_migrations (version) VALUES ('9000') RETURNING version");
            Ok::<String, dateline::db::Error>(insert.get_result(tx.conn())?)
        };
        db.run_write(insert).unwrap();
        drop(db);
        for command in ["serve", "migrate", "check", "user list", "keys rotate"] {
            let arguments: Vec<&str> = command.split(' ').collect();
            let output =
                dateline(folder.path(), &arguments).env("DATABASE_URL", database.url()).env("LISTEN", "127.0.0.1:0").output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{command} on {engine:?}");
            let wanted = "the database was made by a newer version of Dateline (it has migration 9000, which this version does not know): use that version";
            assert!(said(&output).contains(wanted), "{command} on {engine:?}: {}", said(&output));
        }
    }
}

#[test]
fn the_document_is_printed_as_it_is_committed() {
    let output = run(Folder::new().path(), &["openapi"]);
    assert!(output.status.success());
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json")).unwrap();
    assert!(printed(&output) == committed, "run `dateline openapi > openapi/openapi.json`");
}

#[test]
fn every_command_has_help() {
    let folder = Folder::new();
    for command in ["serve", "demo", "migrate", "openapi", "check", "user", "keys"] {
        let output = run(folder.path(), &[command, "--help"]);
        assert!(output.status.success() && printed(&output).contains("Usage: dateline"), "{command}: {}", said(&output));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "help makes nothing");
}

fn add(folder: &Folder, email: &str, password: &str) -> Output {
    let arguments = ["user", "add", "--email", email, "--name", "Ayna", "--role", "editor", "--password-stdin"];
    run_with(dateline(folder.path(), &arguments), password)
}

#[test]
fn users_are_added_once_and_listed() {
    let folder = Folder::new();
    assert!(run(folder.path(), &["migrate"]).status.success());
    let added = add(&folder, "ayna@example.org", "a long enough one\n");
    assert!(added.status.success(), "{}", said(&added));
    assert!(!printed(&added).contains("a long enough one"));
    let again = add(&folder, "AYNA@example.org", "a long enough one\n");
    assert_eq!(again.status.code(), Some(2), "{}", printed(&again));
    assert!(said(&again).contains("Another user has the e-mail"), "{}", said(&again));
    let listed = printed(&run(folder.path(), &["user", "list"]));
    assert!(listed.contains("ayna@example.org editor active Ayna"), "{listed}");
}
