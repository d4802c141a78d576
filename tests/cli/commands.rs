//! Commands that run to their end.

use std::process::Output;

use dateline::db::{Db, PoolSize, Statement};
use dateline::kernel::clock::SystemClock;
use diesel::sql_types::Text;
use serde_json::json;

use crate::support::database::TestDatabase;
use crate::support::engines;
use crate::support::folder::Folder;
use crate::support::program::{ADMIN, Server, dateline, printed, run, run_with, said, serve, wait};

#[test]
fn migrations_are_applied_once_and_the_check_is_content_with_them() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        let run = |command: &str| dateline(folder.path(), &[command]).env("DATABASE_URL", database.url()).output().unwrap();
        // Looking twice finds the same: the check writes nothing.
        for _ in 0..2 {
            let unprepared = run("check");
            assert_eq!(unprepared.status.code(), Some(2), "on {engine:?}: {}", printed(&unprepared));
        }
        assert!(database.is_untouched(), "on {engine:?}");
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
fn where_there_is_no_database_file_none_is_made_but_by_migrating_and_serving() {
    let folder = Folder::new();
    let commands = [
        "check",
        "user list",
        "user add --email a@example.org --name A --role editor",
        "user deactivate --email a@example.org",
        "keys rotate",
    ];
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').collect();
        let output = dateline(folder.path(), &arguments).env("DATABASE_URL", "sqlite://data/dateline.db").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {}", printed(&output));
        // `check` prints what it finds.
        let all = printed(&output) + &said(&output);
        let wanted = "there is no database at data/dateline.db: `dateline migrate` or `dateline serve` makes one";
        assert!(all.contains(wanted), "{command}: {all}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{command} made something");
    }
}

#[test]
fn the_check_names_all_that_is_wrong_at_once() {
    let folder = Folder::new();
    let mut command = dateline(folder.path(), &["check"]);
    command
        .env("SITE_TIME_ZONE", "Mars/Olympus")
        .env("CACHE_LIFETIME", "soon")
        .env("LOG", "loud")
        .env("DATABASE_URL", "sqlite://missing/dateline.db");
    let check = command.output().unwrap();
    assert_eq!(check.status.code(), Some(2));
    for line in [
        "settings  SITE_TIME_ZONE: ",
        "settings  CACHE_LIFETIME: `soon` ",
        "Example: CACHE_LIFETIME=60",
        "settings  LOG: `loud` ",
        "database  ",
    ] {
        assert!(printed(&check).contains(line), "{line}: {}", printed(&check));
    }
    assert!(said(&check).contains("4 things are wrong"), "{}", said(&check));
}

#[test]
fn the_check_names_bodies_that_would_be_rendered_otherwise() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        let server = Server::start(serve(folder.path(), database.url()));
        let editor = server.user(ADMIN.0, ADMIN.1);
        let frame = "<iframe src=\"https://player.vimeo.com/video/1\"></iframe>";
        let post = |body: &str| {
            let body = json!({ "title": "Film", "body": { "format": "html", "source": body } });
            wait(async { editor.post("/v1/editor/articles").json(body).await.is_created().text_at("/id").to_owned() })
        };
        let (with_frame, without) = (post(frame), post("<p>No film</p>"));
        let check = |hosts: Option<&str>| {
            let mut command = dateline(folder.path(), &["check"]);
            command.env("DATABASE_URL", database.url()).envs(hosts.map(|hosts| ("EMBED_HOSTS", hosts)));
            printed(&command.output().unwrap())
        };
        assert!(check(None).contains("bodies    stored as they would be rendered today"), "on {engine:?}: {}", check(None));
        let other = check(Some("media.example.org"));
        assert!(other.contains(&format!("article {with_frame}, revision 1")), "on {engine:?}: {other}");
        assert!(!other.contains(&without), "on {engine:?}: {other}");
        // As an earlier version may have taken it.
        drop(server);
        let db = Db::open(&database.url().parse().unwrap(), std::sync::Arc::new(SystemClock::new()), PoolSize(1)).unwrap();
        let long = "a|b\n-|-\n".repeat(100_000);
        let lengthen = move |tx: &mut dateline::db::Tx<'_>| {
            let update = Statement::<Text>::new("UPDATE revision_bodies SET format = 'markdown', source = ").bind(long.as_str());
            Ok::<String, dateline::db::Error>(update.sql(" RETURNING format").get_result(tx.conn())?)
        };
        db.run_write(lengthen).unwrap();
        drop(db);
        let refused = check(None);
        let wanted = format!("article {without}, revision 1: more than 4194304 bytes of HTML, not taken again before it is shortened");
        assert!(refused.contains(&wanted), "on {engine:?}: {refused}");
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
            // `check` prints what it finds.
            let all = printed(&output) + &said(&output);
            assert!(all.contains(wanted), "{command} on {engine:?}: {all}");
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
