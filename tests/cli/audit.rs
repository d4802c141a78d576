//! `dateline check --audit`: whatever is done to the audit log in the database itself is noticed, and the first entry that does not fit is named.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::support::Engine;
use crate::support::database::TestDatabase;
use crate::support::engines;
use crate::support::folder::Folder;
use crate::support::program::{dateline, printed, said};

const COPIED: &str = "id, at, actor_id, key_id, address, action, target_kind, target_id, before, after, hash";

/// What is done to a log of five entries, and what is said of it.
const TAMPERINGS: &[(&str, &str)] = &[
    ("UPDATE audit SET action = 'user.updated' WHERE number = 3", "entry 3 (user.updated at "),
    ("UPDATE audit SET at = at + 1 WHERE number = 1", "entry 1 (user.created at "),
    ("UPDATE audit SET actor_id = target_id WHERE number = 2", "entry 2 (user.created at "),
    ("UPDATE audit SET key_id = target_id WHERE number = 2", "entry 2 (user.created at "),
    ("UPDATE audit SET address = '192.0.2.1' WHERE number = 2", "entry 2 (user.created at "),
    ("UPDATE audit SET target_kind = 'session' WHERE number = 4", "entry 4 (user.created at "),
    ("UPDATE audit SET target_id = (SELECT target_id FROM audit WHERE number = 1) WHERE number = 2", "entry 2 (user.created at "),
    ("UPDATE audit SET before = '{}' WHERE number = 5", "entry 5 (keys.rotated at "),
    ("UPDATE audit SET after = replace(after, 'author', 'admin') WHERE number = 2", "entry 2 (user.created at "),
    ("UPDATE audit SET id = target_id WHERE number = 5", "entry 5 (keys.rotated at "),
    ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE number = 1) WHERE number = 2", "entry 2 (user.created at "),
    ("DELETE FROM audit WHERE number = 1", "entry 1 is missing: behind entry 0 stands entry 2"),
    ("DELETE FROM audit WHERE number = 3", "entry 3 is missing: behind entry 2 stands entry 4"),
    ("DELETE FROM audit WHERE number >= 4", "entry 4 is missing, and all behind it: entry 5 was the last one that was written"),
    ("DELETE FROM audit", "entry 1 is missing, and all behind it: entry 5 was the last one"),
    (
        "UPDATE audit SET number = 6 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 6",
        "entry 2 (user.created at ",
    ),
    ("UPDATE audit SET number = number + 10 WHERE number = 5", "entry 5 is missing: behind entry 4 stands entry 15"),
    ("UPDATE audit_head SET number = 4", "entry 5 was put in: entry 4 was the last one"),
    ("UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE number = 4)", "entry 5, the last one, is not the one that was written"),
    ("DELETE FROM audit_head", "its head is missing"),
];

/// A log of five entries, made by commands.
fn filled(engine: Engine, folder: &Folder) -> TestDatabase {
    let database = TestDatabase::empty(engine);
    let run = |arguments: &str| {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = dateline(folder.path(), &arguments).env("DATABASE_URL", database.url()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    };
    run("migrate");
    for name in ["a", "b", "c", "d"] {
        run(&format!("user add --email {name}@example.org --name {name} --role author"));
    }
    run("keys rotate");
    database
}

fn execute(database: &TestDatabase, sql: &str) {
    match database.engine() {
        Engine::Sqlite => SqliteConnection::establish(database.url().trim_start_matches("sqlite://")).unwrap().batch_execute(sql).unwrap(),
        Engine::Postgres => PgConnection::establish(database.url()).unwrap().batch_execute(sql).unwrap(),
    }
}

#[test]
fn whatever_is_done_to_the_log_is_noticed_and_the_first_entry_that_does_not_fit_is_named() {
    for engine in engines().iter().copied() {
        let folder = Folder::new();
        let database = filled(engine, &folder);
        let check = |database: &TestDatabase, arguments: &[&str]| {
            let output = dateline(folder.path(), arguments).env("DATABASE_URL", database.url()).output().unwrap();
            (output.status.code(), printed(&output) + &said(&output))
        };
        let (code, text) = check(&database, &["check", "--audit"]);
        assert!(code == Some(0) && text.contains("\naudit     5 entries fit; the hash of the last one is "), "on {engine:?}: {text}");
        let added = format!("INSERT INTO audit (number, {COPIED}) SELECT 6, {COPIED} FROM audit WHERE number = 5");
        let before =
            [0, -7].map(|number| format!("INSERT INTO audit (number, {COPIED}) SELECT {number}, {COPIED} FROM audit WHERE number = 5"));
        let added = [
            (added.as_str(), "entry 6 (keys.rotated at "),
            (before[0].as_str(), "entry 0 was put in: the log begins with entry 1"),
            (before[1].as_str(), "entry -7 was put in"),
            ("UPDATE audit SET address = '' WHERE number = 3 AND address IS NULL", "entry 3 ("),
        ];
        for (sql, fault) in TAMPERINGS.iter().copied().chain(added) {
            let copy = database.copy();
            execute(&copy, sql);
            let (code, text) = check(&copy, &["check", "--audit"]);
            assert!(code == Some(2) && text.contains(&format!("\naudit     {fault}")), "on {engine:?}, {sql}: {text}");
            assert!(text.contains("one thing is wrong"), "on {engine:?}, {sql}: {text}");
            // The log is long; it is read only where it is asked for.
            assert_eq!(check(&copy, &["check"]).0, Some(0), "on {engine:?}, {sql}");
        }
    }
}

#[test]
fn what_is_no_entry_at_all_is_told_by_where_it_stands() {
    let folder = Folder::new();
    let database = filled(Engine::Sqlite, &folder);
    execute(&database, "UPDATE audit SET actor_id = x'00' WHERE number = 3");
    let output = dateline(folder.path(), &["check", "--audit"]).env("DATABASE_URL", database.url()).output().unwrap();
    let text = printed(&output);
    assert!(output.status.code() == Some(2) && text.contains("\naudit     what stands behind entry 2 is no entry: "), "{text}");
}
