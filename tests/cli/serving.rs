//! The server as a process: what it makes on a fresh machine, who may run beside it, and how it stops.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use crate::support::folder::Folder;
use crate::support::program::{Server, dateline, rest, run, said};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

#[test]
fn without_any_setting_a_private_database_and_one_admin_are_made() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    assert_eq!(mode(&folder.join("data/dateline.db")), 0o600);
    let password = folder.join("data/admin-password.txt");
    assert_eq!(mode(&password), 0o600);
    let password = std::fs::read_to_string(password).unwrap();
    assert!(password.starts_with("admin@localhost\n") && password.lines().count() == 2, "{password}");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/readyz?for=editor").starts_with("HTTP/1.1 200"));
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    let secret = password.lines().nth(1).unwrap();
    assert!(!log.contains(secret), "the password is in the log");
}

#[test]
fn a_second_server_on_the_same_file_is_refused_and_commands_are_not() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let second = dateline(folder.path(), &["serve"]).env("LISTEN", "127.0.0.1:0").output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(said(&second).contains("dateline.db"), "{}", said(&second));
    let check = run(folder.path(), &["check"]);
    assert!(check.status.success(), "{}", said(&check));
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_request_that_is_under_way_is_answered_before_the_server_ends() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let body = r#"{"email": "nobody@example.org", "password": "not the right one"}"#;
    let mut under_way = server.begin("POST", "/v1/auth/login");
    write!(under_way, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.terminate();
    // A second long it still answers, and says that it is going.
    std::thread::sleep(Duration::from_millis(300));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 503"));
    std::thread::sleep(Duration::from_millis(1500));
    under_way.write_all(body.as_bytes()).unwrap();
    let answer = rest(under_way);
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer:?}");
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn the_demo_fills_a_folder_says_how_to_log_in_and_serves_what_is_live() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["demo", "--folder", "site"]));
    let list = server.get("/v1/articles");
    assert_eq!(list.matches(r#""kind":"article""#).count(), 9, "{list}");
    assert!(list.contains("Water is off in Mill Lane") && !list.contains("Tickets by telephone"), "{list}");
    let categories = server.get("/v1/categories");
    assert!(categories.contains(r#""slug":"transport""#), "{categories}");
    server.terminate();
    let (code, all) = server.ended();
    assert_eq!(code, Some(0), "{all}");
    assert!(all.contains("Log in as admin@localhost with the password "), "{all}");
    assert!(folder.join("site/dateline.db").exists());
}
