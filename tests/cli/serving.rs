//! The server as a process: what it makes on a fresh machine, for whom, and who may run beside it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use crate::support::database::TestDatabase;
use crate::support::folder::Folder;
use crate::support::program::{ADMIN, Server, dateline, run, said, serve, wait};
use crate::support::{Engine, engines};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

#[test]
fn without_any_setting_a_private_database_and_one_admin_are_made() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    assert_eq!(mode(&folder.join("data/dateline.db")), 0o600);
    let password = folder.join("data/dateline.db.admin-password.txt");
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
fn files_are_private_whatever_the_umask_and_whatever_lay_there() {
    let folder = Folder::new();
    std::fs::create_dir(folder.join("data")).unwrap();
    // Somebody else's file, which everybody can read and somebody holds open.
    let password = folder.join("data/dateline.db.admin-password.txt");
    std::fs::write(&password, "what lay there").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o666)).unwrap();
    let mut held = std::fs::File::open(&password).unwrap();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "umask 0; exec \"$0\" serve", env!("CARGO_BIN_EXE_dateline")]).current_dir(folder.path()).env_clear();
    let server = Server::start(command);
    assert!(server.get("/readyz?for=editor").starts_with("HTTP/1.1 200"));
    for file in ["dateline.db", "dateline.db-wal", "dateline.db-shm", "dateline.db.admin-password.txt"] {
        assert_eq!(mode(&folder.join(&format!("data/{file}"))), 0o600, "{file}");
    }
    let mut seen = String::new();
    std::io::Read::read_to_string(&mut held, &mut seen).unwrap();
    assert_eq!(seen, "what lay there");
}

#[test]
fn the_first_admin_logs_in_with_the_password_of_the_file_which_is_made_once() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let path = folder.join("data/dateline.db.admin-password.txt");
    let text = std::fs::read_to_string(&path).unwrap();
    let (email, password) = text.trim_end().split_once('\n').unwrap();
    server.login(email, password).is_ok();
    server.terminate();
    assert_eq!(server.ended().0, Some(0));
    std::fs::remove_file(&path).unwrap();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    assert!(!path.exists());
    server.login(email, password).is_ok();
}

#[test]
fn each_database_of_a_folder_has_a_password_of_its_own() {
    for engine in engines() {
        let folder = Folder::new();
        let databases = [TestDatabase::empty(*engine), TestDatabase::empty(*engine)];
        let urls = match engine {
            Engine::Sqlite => ["sqlite://news.db".to_owned(), "sqlite://news.sqlite".to_owned()],
            Engine::Postgres => databases.each_ref().map(|database| database.url().to_owned()),
        };
        let start = |url: &str| {
            let mut command = dateline(folder.path(), &["serve"]);
            command.env("DATABASE_URL", url);
            Server::start(command)
        };
        let mut known = Vec::new();
        for url in &urls {
            let server = start(url);
            let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
            let files = files.filter(|file| file.to_string_lossy().ends_with(".admin-password.txt"));
            let fresh: Vec<_> = files.filter(|file| !known.iter().any(|(other, _)| other == file)).collect();
            assert_eq!(fresh.len(), 1, "{engine:?}: {fresh:?}");
            known.push((fresh[0].clone(), url));
            server.terminate();
            server.ended();
        }
        for (file, url) in known {
            let text = std::fs::read_to_string(file).unwrap();
            let (email, password) = text.trim_end().split_once('\n').unwrap();
            start(url).login(email, password).is_ok();
        }
    }
}

#[test]
fn the_first_admin_is_who_the_settings_say_on_an_empty_database_alone() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        std::fs::write(folder.join("word"), " spaces count, the line's end does not \n").unwrap();
        let start = |set: &[(&str, &str)]| {
            let mut command = dateline(folder.path(), &["serve"]);
            command.env("DATABASE_URL", database.url()).envs(set.iter().copied());
            Server::start(command)
        };
        let server = start(&[("ADMIN_EMAIL", "Chief@Example.org"), ("ADMIN_PASSWORD_FILE", "word")]);
        server.login("chief@example.org", " spaces count, the line's end does not ").is_ok();
        server.terminate();
        let (code, log) = server.ended();
        assert!(code == Some(0) && !log.contains("spaces count"), "{log}");
        let server = start(&[("ADMIN_EMAIL", "other@example.org"), ("ADMIN_PASSWORD", "another word entirely")]);
        server.login("other@example.org", "another word entirely").is_problem(401, "invalid_credentials");
        server.login("chief@example.org", " spaces count, the line's end does not ").is_ok();
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["word"], "no password is written down that was given");
    }
}

#[test]
fn the_machine_s_time_zone_changes_no_byte() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        let start = |zone: &str| {
            let mut command = serve(folder.path(), database.url());
            // PostgreSQL's client hands its own over to the session.
            command.env("TZ", zone).env("PGTZ", zone).env("CACHE_LIFETIME", "0").env("SITE_TIME_ZONE", "Asia/Ashgabat");
            Server::start(command)
        };
        let mut told: Vec<Vec<Vec<u8>>> = Vec::new();
        for zone in ["UTC", "America/St_Johns", "Asia/Kolkata", "Pacific/Apia"] {
            let server = start(zone);
            let admin = server.user(ADMIN.0, ADMIN.1);
            told.push(wait(async {
                if zone == "UTC" {
                    let publish = json!({ "publish_at": "2020-02-29T23:30", "time_zone": "Asia/Ashgabat" });
                    let whole = json!({ "title": "Leap", "body": { "format": "markdown", "source": "Text." }, "publish": publish });
                    admin.post("/v1/editor/articles").json(whole).await.is_created();
                }
                let mut bytes = Vec::new();
                for path in [
                    "/v1/articles",
                    "/v1/publication-dates?granularity=day",
                    "/v1/editor/articles",
                    "/v1/editor/publications?time_zone=Europe/Berlin",
                ] {
                    bytes.push(admin.get(path).await.is_ok().body.to_vec());
                }
                bytes
            }));
            server.terminate();
            assert_eq!(server.ended().0, Some(0));
        }
        assert!(String::from_utf8_lossy(&told[0][1]).contains("2020-02-29"));
        assert!(told.iter().all(|other| *other == told[0]), "{engine:?}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let (folder, taken) = (Folder::new(), std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let address = taken.local_addr().unwrap().to_string();
    let output = dateline(folder.path(), &["serve"]).env("LISTEN", &address).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains(&format!("LISTEN: cannot listen at {address}: ")) && said(&output).contains("Example: "),
        "{}",
        said(&output)
    );
}

#[test]
fn a_second_server_on_the_same_file_is_refused_and_commands_are_not() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let file = folder.join("data/dateline.db");
    std::os::unix::fs::symlink(&file, folder.join("soft.db")).unwrap();
    std::fs::hard_link(&file, folder.join("hard.db")).unwrap();
    for name in ["data/dateline.db", "data/../data/dateline.db", "soft.db", "hard.db"] {
        let mut second = dateline(folder.path(), &["serve"]);
        second.env("LISTEN", "127.0.0.1:0").env("DATABASE_URL", format!("sqlite://{name}"));
        let second = second.output().unwrap();
        assert_eq!(second.status.code(), Some(2), "{name}");
        assert!(said(&second).contains(name), "{}", said(&second));
    }
    let check = run(folder.path(), &["check"]);
    assert!(check.status.success(), "{}", said(&check));
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
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
