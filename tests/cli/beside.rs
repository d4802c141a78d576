//! Commands beside a running server, which notices at the next request.

use std::process::{Command, Output};

use serde_json::json;

use crate::support::client::Client;
use crate::support::database::TestDatabase;
use crate::support::folder::Folder;
use crate::support::program::{ADMIN, Server, dateline, printed, run_with, said, serve, wait};
use crate::support::{Engine, engines};

/// A server, and what commands need to reach its database.
struct Beside {
    server: Server,
    folder: Folder,
    database: TestDatabase,
}

const AYNA: &str = "ayna@example.org";

impl Beside {
    fn start(engine: Engine) -> Self {
        let (database, folder) = (TestDatabase::empty(engine), Folder::new());
        let server = Server::start(serve(folder.path(), database.url()));
        Self { server, folder, database }
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = dateline(self.folder.path(), &arguments.split(' ').collect::<Vec<_>>());
        command.env("DATABASE_URL", self.database.url());
        command
    }

    /// What it printed; it must succeed.
    #[track_caller]
    fn succeeds(&self, arguments: &str, input: &str) -> String {
        let output = run_with(self.command(arguments), input);
        assert!(output.status.success(), "{arguments}: {}", said(&output));
        printed(&output)
    }

    fn fails(&self, arguments: &str, input: &str) -> Output {
        let output = run_with(self.command(arguments), input);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {}", printed(&output));
        output
    }

    fn add_ayna(&self) -> Client {
        self.succeeds("user add --email ayna@example.org --name Ayna --role editor --password-stdin", "the first one\n");
        self.server.user(AYNA, "the first one")
    }
}

fn status(client: &Client, path: &str) -> u16 {
    wait(async { client.get(path).await }).status
}

#[test]
fn a_user_who_is_added_logs_in_and_a_new_role_counts_at_once() {
    for engine in engines() {
        let beside = Beside::start(*engine);
        let ayna = beside.add_ayna();
        let category = |name: &str| wait(async { ayna.post("/v1/editor/categories").json(json!({ "name": name })).await });
        category("By an editor").is_created();
        beside.succeeds("user set-role --email ayna@example.org --role author", "");
        category("By an author").is_problem(403, "forbidden");
        assert_eq!(wait(async { ayna.get("/v1/auth/me").await }).is_ok().text_at("/role"), "author");
        assert!(beside.succeeds("user list", "").contains("ayna@example.org author active Ayna"), "on {engine:?}");
    }
}

#[test]
fn a_random_password_is_printed_once_and_logs_in() {
    let beside = Beside::start(Engine::Sqlite);
    let said = beside.succeeds("user add --email ayna@example.org --name Ayna --role author", "");
    let password = said.lines().find_map(|line| line.strip_prefix("password: ")).unwrap();
    beside.server.login(AYNA, password).is_ok();
    assert!(!beside.succeeds("user list", "").contains(password));
}

#[test]
fn a_new_password_ends_the_sessions_and_is_the_one_that_counts() {
    for engine in engines() {
        let beside = Beside::start(*engine);
        let ayna = beside.add_ayna();
        let refused = beside.fails("user set-password --password-stdin --email ayna@example.org", "short\n");
        assert!(said(&refused).contains("fewer than 8 characters") && !said(&refused).contains("short"), "{}", said(&refused));
        for guessed in ["Password1\n", "ayna@example.org\n", "dateline\n"] {
            let refused = beside.fails("user set-password --password-stdin --email ayna@example.org", guessed);
            assert!(said(&refused).contains("the password is not taken: it is "), "{}", said(&refused));
        }
        assert_eq!(status(&ayna, "/v1/auth/me"), 200);
        beside.succeeds("user set-password --password-stdin --email ayna@example.org", "the second one\n");
        assert_eq!(status(&ayna, "/v1/auth/me"), 401, "on {engine:?}");
        beside.server.login(AYNA, "the first one").is_problem(401, "invalid_credentials");
        beside.server.login(AYNA, "the second one").is_ok();
        let said = beside.succeeds("user set-password --email ayna@example.org", "");
        let random = said.lines().find_map(|line| line.strip_prefix("password: ")).unwrap();
        beside.server.login(AYNA, "the second one").is_problem(401, "invalid_credentials");
        beside.server.login(AYNA, random).is_ok();
    }
}

#[test]
fn who_is_deactivated_is_out_at_once_and_the_last_admin_stays() {
    for engine in engines() {
        let beside = Beside::start(*engine);
        let ayna = beside.add_ayna();
        assert_eq!(status(&ayna, "/v1/auth/me"), 200);
        beside.succeeds("user deactivate --email ayna@example.org", "");
        assert_eq!(status(&ayna, "/v1/auth/me"), 401, "on {engine:?}");
        beside.server.login(AYNA, "the first one").is_problem(401, "invalid_credentials");
        let last = beside.fails(&format!("user deactivate --email {}", ADMIN.0), "");
        assert!(said(&last).contains("admin"), "{}", said(&last));
        beside.server.login(ADMIN.0, ADMIN.1).is_ok();
        assert!(said(&beside.fails("user deactivate --email nobody@example.org", "")).contains("nobody@example.org"));
    }
}

#[test]
fn a_new_key_signs_and_nobody_is_logged_out() {
    for engine in engines() {
        let beside = Beside::start(*engine);
        let before = beside.server.login(ADMIN.0, ADMIN.1);
        let id = beside.succeeds("keys rotate", "").split(' ').next().unwrap().to_owned();
        assert_eq!(status(&beside.server.anyone().with_token(before.text_at("/access_token")), "/v1/auth/me"), 200, "on {engine:?}");
        let refreshed = wait(async {
            beside.server.anyone().post("/v1/auth/refresh").json(json!({ "refresh_token": before.text_at("/refresh_token") })).await
        });
        assert_eq!(status(&beside.server.anyone().with_token(refreshed.is_ok().text_at("/access_token")), "/v1/auth/me"), 200);
        let keys = wait(async { beside.server.anyone().get("/.well-known/jwks.json").await });
        let kids: Vec<&str> = keys.is_ok()["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!((kids.len(), kids[0]), (2, id.as_str()), "on {engine:?}");
    }
}

#[test]
fn check_and_migrate_run_beside_it() {
    for engine in engines() {
        let beside = Beside::start(*engine);
        assert!(beside.succeeds("check", "").contains("is up to date"), "on {engine:?}");
        assert_eq!(beside.succeeds("migrate", ""), "Nothing is missing.\n", "on {engine:?}");
        assert_eq!(status(&beside.server.anyone(), "/readyz?for=editor"), 200);
    }
}
