//! What is logged: each request under the id that its answer carries, in either form, and never a secret.

use serde_json::{Value, json};

use crate::support::database::TestDatabase;
use crate::support::engines;
use crate::support::folder::Folder;
use crate::support::program::{ADMIN, Server, serve, wait};
use crate::support::raw::exchange;

#[test]
fn each_answer_is_in_the_log_under_its_request_id_in_either_form() {
    for format in ["text", "json"] {
        let folder = Folder::new();
        let mut command = serve(folder.path(), "sqlite://dateline.db");
        command.env("LOG", "info").env("LOG_FORMAT", format);
        let server = Server::start(command);
        let anyone = server.anyone();
        let (given, own) = wait(async {
            anyone.get("/v1/articles/nothing?q=what-somebody-typed").header("x-request-id", "my-own-id").await;
            let given = anyone.get("/v1/articles").await;
            let own = anyone.get("/v1/articles/nothing").header("x-request-id", "my-own-id").await;
            (given.expect_header("x-request-id").to_owned(), own)
        });
        own.is_problem(404, "not_found").has_header("x-request-id", "my-own-id");
        assert_eq!(own.text_at("/request_id"), "my-own-id");
        server.terminate();
        let (code, log) = server.ended();
        assert_eq!(code, Some(0), "{log}");
        let line = |id: &str| log.lines().rfind(|line| line.contains(id)).unwrap_or_else(|| panic!("{id} is not in {log}")).to_owned();
        if format == "json" {
            for line in log.lines() {
                assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line["level"].is_string()), "{line}");
            }
            let line: Value = serde_json::from_str(&line(&given)).unwrap();
            assert_eq!(line["fields"]["request_id"], given, "{line}");
            assert_eq!((&line["fields"]["path"], &line["fields"]["status"]), (&json!("/v1/articles"), &json!(200)), "{line}");
        } else {
            assert!(line(&given).contains("GET /v1/articles 200"), "{}", line(&given));
            assert!(line("my-own-id").contains("GET /v1/articles/nothing 404"), "{}", line("my-own-id"));
        }
        assert!(!log.contains("what-somebody-typed"), "queries are not logged: {log}");
    }
}

#[test]
fn what_is_no_request_is_no_error_of_the_server() {
    let folder = Folder::new();
    let mut command = serve(folder.path(), "sqlite://dateline.db");
    command.env("LOG", "info");
    let server = Server::start(command);
    let answer = wait(exchange(&server.address, "GET /v1/site HTTP/1.1\r\n\r\n"));
    answer.is_problem(400, "malformed_request");
    server.terminate();
    let (_, log) = server.ended();
    let line = log.lines().find(|line| line.contains(answer.expect_header("x-request-id"))).unwrap();
    assert!(line.contains(" INFO ") && line.contains("status=400"), "{line}");
    assert!(!log.contains("ERROR"), "{log}");
}

/// What was said to the server or by it, and nobody else is to read.
struct Secrets(Vec<String>);

impl Secrets {
    fn add(&mut self, secret: &str) -> String {
        assert!(secret.len() >= 8, "so short a word may stand in a log by chance");
        self.0.push(secret.to_owned());
        secret.to_owned()
    }

    /// The parts of a token as well: none of them is of use to a log.
    fn add_token(&mut self, token: &str) -> String {
        let parts: Vec<&str> = token.split('.').skip(1).collect();
        parts.into_iter().for_each(|part| drop(self.add(part)));
        self.add(token)
    }
}

#[test]
fn no_secret_is_logged_at_any_level() {
    for (engine, format) in engines().iter().zip(["text", "json"]) {
        let (database, folder, mut secrets) = (TestDatabase::empty(*engine), Folder::new(), Secrets(Vec::new()));
        // The throwaway server takes any password.
        let url = database.url().replace("postgres://postgres@", "postgres://postgres:word-of-the-database@");
        secrets.add("word-of-the-database");
        let mut command = serve(folder.path(), &url);
        command.env("LOG", "trace").env("LOG_FORMAT", format);
        let server = Server::start(command);
        wait(everything_secret(&server, &mut secrets));
        server.terminate();
        let (code, log) = server.ended();
        assert_eq!(code, Some(0));
        assert!(log.contains("TRACE") && log.contains("/v1/auth/password"), "everything is logged: {log}");
        for secret in &secrets.0 {
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{secret} is in the log on {engine:?}");
        }
        assert!(!log.to_lowercase().contains("bearer "), "on {engine:?}");
    }
}

async fn everything_secret(server: &Server, secrets: &mut Secrets) {
    let anyone = server.anyone();
    let login = |email: &str, password: &str| anyone.post("/v1/auth/login").json(json!({ "email": email, "password": password }));
    login("chief@example.org", &secrets.add("not the right word")).await.is_problem(401, "invalid_credentials");
    let tokens = login(ADMIN.0, &secrets.add(ADMIN.1)).await;
    let refresh = json!({ "refresh_token": secrets.add_token(tokens.is_ok().text_at("/refresh_token")) });
    let tokens = anyone.post("/v1/auth/refresh").json(refresh).await;
    secrets.add_token(tokens.is_ok().text_at("/refresh_token"));
    let admin = anyone.with_token(&secrets.add_token(tokens.text_at("/access_token")));
    let user = |name: &str| json!({ "email": format!("{name}@example.org"), "name": name, "role": "editor" });
    let one_time = admin.post("/v1/editor/users").json(user("ayna")).await;
    secrets.add(one_time.is_created().text_at("/one_time_password"));
    let mut batyr = user("batyr");
    batyr["password"] = json!(secrets.add("a word for batyr"));
    admin.post("/v1/editor/users").json(batyr).await.is_created();
    // Nor are tokens that come in a query.
    for (make, read) in [("preview-links", "/v1/preview/articles?preview="), ("calendar-subscriptions", "/v1/editor/calendar.ics?token=")] {
        let made = admin.post(&format!("/v1/editor/{make}")).json(json!({})).await;
        let token = secrets.add(made.is_created().text_at("/token"));
        anyone.get(&format!("{read}{token}")).await.is_ok();
        anyone.get(&format!("{read}{}", secrets.add(&token.to_lowercase()))).await.is(401);
    }
    // Refused bodies are not quoted either.
    let mut maral = user("maral");
    maral["passwort"] = json!(secrets.add("a word in the wrong place"));
    admin.post("/v1/editor/users").json(maral).await.is_problem(422, "invalid");
    let change = json!({ "current_password": ADMIN.1, "new_password": secrets.add("another word entirely") });
    admin.post("/v1/auth/password").json(change).await.is_no_content();
    let body = json!({ "format": "html", "source": format!("<p>{}</p>", secrets.add("words-of-a-draft")) });
    admin
        .post("/v1/editor/articles")
        .json(json!({ "title": secrets.add("Title of a draft"), "body": body, "slug": "draft" }))
        .await
        .is_created();
    anyone.get("/v1/auth/me").header("authorization", &format!("Bearer {}", secrets.add("dl_a_key_that_is_none"))).await.is(401);
    let key = admin.post("/v1/editor/api-keys").json(json!({ "name": "A program", "scopes": ["admin"] })).await;
    let program = anyone.with_token(&secrets.add_token(key.is_created().text_at("/key")));
    program.get("/v1/auth/me").await.is_ok();
    let logout = json!({ "refresh_token": tokens.text_at("/refresh_token") });
    anyone.post("/v1/auth/logout").json(logout).await.is_no_content();
}
