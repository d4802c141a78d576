//! Commands that run to their end.

use std::io::Write;
use std::process::{Output, Stdio};

use crate::support::database::TestDatabase;
use crate::support::engines;
use crate::support::folder::Folder;
use crate::support::program::{dateline, printed, run, said};

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
    let mut child =
        dateline(folder.path(), &arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
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
