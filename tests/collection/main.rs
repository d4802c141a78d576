//! The collection for API clients: `collection/` has a request for every operation, and they run from top to bottom against the real
//! server, on both engines. Every answer is checked against the API document.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bru;
mod day;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use bru::Collection;
use day::Day;
use support::database::TestDatabase;
use support::folder::Folder;
use support::program::{ADMIN, Server, serve, wait};
use support::schema::Document;

const HOW: &str = "Each operation has a file of its own, called by its operationId, in the folder of collection/ where an editor comes to it; `seq` says \
                   when, and the files beside it show the form. A further request of an operation is called `operationId-word.bru`.";

fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn collection() -> Collection {
    Collection::read(&project("collection"), "local").unwrap_or_else(|fault| panic!("collection/{fault}\n{HOW}"))
}

fn document() -> Value {
    serde_json::from_str(&std::fs::read_to_string(project("openapi/openapi.json")).unwrap()).unwrap()
}

/// Each operation: its operationId, its method and its path, with `:id` where the document has `{id}`.
fn operations(document: &Value) -> BTreeSet<(String, String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all =
        paths.flat_map(|(path, methods)| methods.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation)));
    let named = all.filter_map(|(path, method, operation)| Some((operation["operationId"].as_str()?, method, path)));
    named.map(|(id, method, path)| (id.to_owned(), method.to_uppercase(), path.replace('{', ":").replace('}', ""))).collect()
}

#[test]
fn every_operation_has_one_request_of_its_own_and_every_request_is_of_an_operation() {
    let (operations, collection) = (operations(&document()), collection());
    let of = |step: &bru::Step| (step.operation().to_owned(), step.method.clone(), step.path.clone());
    let wrong: Vec<_> = collection.steps.iter().filter(|step| !operations.contains(&of(step))).map(|step| (&step.file, of(step))).collect();
    assert!(wrong.is_empty(), "no operation of the API document is so called and has that method and path: {wrong:#?}\n{HOW}");
    let mains: Vec<_> = collection.steps.iter().filter(|step| step.is_main()).map(of).collect();
    let once: BTreeSet<_> = mains.iter().cloned().collect();
    let missing: Vec<_> = operations.difference(&once).collect();
    assert!(missing.is_empty(), "collection/ has no request for {missing:#?}\n{HOW}");
    assert_eq!(mains.len(), once.len(), "an operation has two files with its bare name.\n{HOW}");
}

#[test]
fn the_collection_runs_from_top_to_bottom_and_every_operation_does_what_it_is_for() {
    let collection = collection();
    for engine in support::engines().iter().copied() {
        let (folder, database, document) = (Folder::new(), TestDatabase::empty(engine), Document::new(document()));
        let server = Server::start(serve(folder.path(), database.url()));
        let client = server.anyone().checked_by(&document);
        let mut day = Day::new(client, &collection, &[("baseUrl", server.anyone().base()), ("email", ADMIN.0), ("password", ADMIN.1)]);
        wait(async {
            for step in &collection.steps {
                day.run(step).await.unwrap_or_else(|fault| panic!("on {engine:?}: collection/{}: {fault}", step.file));
            }
        });
        let succeeded: BTreeSet<String> = document.seen().into_iter().filter(|(_, status)| *status < 300).map(|(name, _)| name).collect();
        let only_refused: Vec<_> = collection.steps.iter().map(bru::Step::operation).filter(|name| !succeeded.contains(*name)).collect();
        assert!(only_refused.is_empty(), "{only_refused:?} only ever refuse something");
    }
}

const GOOD: &str = "meta {\n  name: A\n  type: http\n  seq: 1\n}\n\nget {\n  url: {{baseUrl}}/v1/site\n  body: none\n  auth: none\n}\n\nassert {\n  res.status: eq 200\n}\n";

#[test]
fn what_the_tests_do_not_run_is_refused_and_not_passed_over() {
    bru::step("a/getSite.bru", GOOD).unwrap();
    let refused = [
        ("assert {", "script:pre-request {\n  let a = 1;\n}\n\nassert {", "the block `script:pre-request`"),
        ("assert {", "get {\n  url: a\n}\n\nassert {", "two blocks `get`"),
        ("assert {", "put {\n  url: a\n  body: none\n  auth: none\n}\n\nassert {", "two requests"),
        ("  auth: none\n", "  auth: none\n  timeout: 5\n", "`get` has"),
        ("auth: none", "auth: basic", "`auth: basic`"),
        ("auth: none", "auth: bearer", "`auth: bearer`"),
        ("body: none", "body: json", "`body: json`"),
        ("/v1/site", "/v1/site?at=1", "is not what `params:query` says"),
        ("/v1/site", "/v1/site/:id", "`params:path` gives"),
        ("{{baseUrl}}", "http://127.0.0.1", "begin with {{baseUrl}}"),
        ("type: http", "type: graphql", "`type: http`"),
        ("seq: 1", "seq: first", "number as `seq`"),
        ("  res.status: eq 200\n", "", "which `res.status`"),
        ("  res.status: eq 200\n", "  ~res.status: eq 200\n", "not `name: value`"),
        ("  res.status: eq 200\n}\n", "  res.status: eq 200\n", "has no `}`"),
        ("  res.status", "res.status", "not indented"),
        ("meta {", "meta", "begins no block"),
    ];
    for (this, that, fault) in refused {
        assert!(GOOD.contains(this), "{this}");
        let found = bru::step("a/getSite.bru", &GOOD.replacen(this, that, 1)).unwrap_err();
        assert!(found.contains(fault), "expected {fault:?}, got {found:?}");
    }
}
