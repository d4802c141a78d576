//! Several programs on one PostgreSQL database.

use std::path::Path;

use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use serde_json::json;

use crate::support::database::TestDatabase;
use crate::support::folder::Folder;
use crate::support::program::{ADMIN, Server, serve, wait};
use crate::support::{Engine, engines};

/// Two nodes that were started at the same moment on an empty database.
struct Nodes {
    nodes: Vec<Server>,
    _folder: Folder,
    database: TestDatabase,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Nodes {
    fn start() -> Self {
        let (database, folder) = (TestDatabase::empty(Engine::Postgres), Folder::new());
        let nodes = std::thread::scope(|scope| {
            let start = || Server::start(serve(folder.path(), database.url()));
            let starting = [scope.spawn(start), scope.spawn(start)];
            starting.into_iter().map(|node| node.join().unwrap()).collect()
        });
        Self { nodes, _folder: folder, database }
    }

    fn count(&self, table: &str) -> i64 {
        let mut connection = PgConnection::establish(self.database.url()).unwrap();
        sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result::<Count>(&mut connection).unwrap().count
    }
}

#[test]
fn nodes_that_start_together_migrate_once_and_see_at_once_what_the_other_writes() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    for _ in 0..3 {
        let nodes = Nodes::start();
        let migrations = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres")).unwrap().count();
        assert_eq!(nodes.count("__diesel_schema_migrations"), i64::try_from(migrations).unwrap());
        assert_eq!((nodes.count("users"), nodes.count("signing_keys")), (1, 1), "one of them made the admin and the key");
        let [one, other] = [&nodes.nodes[0], &nodes.nodes[1]];
        let (one, other) = (one.user(ADMIN.0, ADMIN.1), other.user(ADMIN.0, ADMIN.1));
        wait(async {
            for number in 0..10 {
                let (writer, reader) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
                let article = json!({ "title": format!("Number {number}"), "body": { "format": "html", "source": "" }, "publish": {} });
                let article = writer.post("/v1/editor/articles").json(article).await;
                let id = article.is_created().text_at("/id");
                assert_eq!(reader.get(&format!("/v1/articles/{id}")).await.is_ok().text_at("/title"), format!("Number {number}"));
                assert_eq!(reader.get("/v1/articles?limit=1").await.is_ok().each("id"), [id]);
                reader.post(&format!("/v1/editor/articles/{id}/unpublish")).json(json!({})).await.is_ok();
                writer.get(&format!("/v1/articles/{id}")).await.is_problem(404, "not_found");
            }
        });
    }
}

#[test]
fn who_is_locked_out_on_one_node_is_locked_out_on_the_other() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let nodes = Nodes::start();
    let [one, other] = [&nodes.nodes[0], &nodes.nodes[1]];
    let admin = one.user(ADMIN.0, ADMIN.1);
    let add = |name: &str| {
        let user = json!({ "email": format!("{name}@example.org"), "name": name, "role": "editor", "password": "a long enough one" });
        let user = wait(async { admin.post("/v1/editor/users").json(user).await });
        format!("/v1/editor/users/{}", user.is_created().text_at("/id"))
    };
    // A new role.
    let path = add("ayna");
    let ayna = other.user("ayna@example.org", "a long enough one");
    wait(async {
        ayna.post("/v1/editor/categories").json(json!({ "name": "Before" })).await.is_created();
        admin.patch(&path).merge_patch(json!({ "role": "author" })).await.is_ok();
        ayna.post("/v1/editor/categories").json(json!({ "name": "After" })).await.is_problem(403, "forbidden");
    });
    // Nobody any more.
    let path = add("batyr");
    let tokens = other.login("batyr@example.org", "a long enough one");
    let batyr = other.anyone().with_token(tokens.is_ok().text_at("/access_token"));
    wait(async {
        batyr.get("/v1/auth/me").await.is_ok();
        admin.patch(&path).merge_patch(json!({ "active": false })).await.is_ok();
        batyr.get("/v1/auth/me").await.is_problem(401, "invalid_token");
        let refresh = json!({ "refresh_token": tokens.text_at("/refresh_token") });
        batyr.post("/v1/auth/refresh").json(refresh).await.is_problem(401, "invalid_refresh_token");
    });
    other.login("batyr@example.org", "a long enough one").is_problem(401, "invalid_credentials");
    // Another password, changed on one node: the session of the other node ends, the one that changed it stays.
    add("maral");
    let [here, there] = [one, other].map(|node| node.user("maral@example.org", "a long enough one"));
    wait(async {
        let change = json!({ "current_password": "a long enough one", "new_password": "quite another one" });
        here.post("/v1/auth/password").json(change).await.is_no_content();
        there.get("/v1/auth/me").await.is_problem(401, "invalid_token");
        here.get("/v1/auth/me").await.is_ok();
    });
    other.login("maral@example.org", "a long enough one").is_problem(401, "invalid_credentials");
    other.login("maral@example.org", "quite another one").is_ok();
}

#[test]
fn a_key_of_one_node_is_known_to_the_other() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let nodes = Nodes::start();
    let [one, other] = [&nodes.nodes[0], &nodes.nodes[1]];
    let before = one.login(ADMIN.0, ADMIN.1);
    let url = nodes.database.url();
    let folder = Folder::new();
    let rotated = crate::support::program::dateline(folder.path(), &["keys", "rotate"]).env("DATABASE_URL", url).output().unwrap();
    assert!(rotated.status.success());
    let after = one.login(ADMIN.0, ADMIN.1);
    wait(async {
        for tokens in [&before, &after] {
            for node in [one, other] {
                node.anyone().with_token(tokens.text_at("/access_token")).get("/v1/auth/me").await.is_ok();
            }
        }
        // A refresh token is used once, whichever node it is shown to; within ten seconds it has the same successor on both.
        let refresh = json!({ "refresh_token": before.text_at("/refresh_token") });
        let (one, other) = (one.anyone(), other.anyone());
        let first = one.post("/v1/auth/refresh").json(&refresh).await;
        let again = other.post("/v1/auth/refresh").json(&refresh).await;
        assert_eq!(first.is_ok().text_at("/refresh_token"), again.is_ok().text_at("/refresh_token"));
        assert_eq!(one.get("/.well-known/jwks.json").await.is_ok().json(), other.get("/.well-known/jwks.json").await.is_ok().json());
    });
}
