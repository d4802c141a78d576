//! Who asks and how: HEAD, OPTIONS, pages of other sites, callers with a token.

use dateline::kernel::caller::Role;

use super::{EVERY_KIND, headers, newsroom, reader, told};
use crate::on_both_engines;
use crate::site::Site;

const START: &str = "2026-11-30T08:00:00.000Z";
const EXPOSED: &str = "ETag, Link, Location, Retry-After, X-Request-Id";

on_both_engines! {
    async fn head_is_get_without_the_body(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        site.clock().advance_ms(10_000);
        let reader = reader(&site);
        for (path, status) in EVERY_KIND {
            for coding in ["identity", "gzip", "br", "zstd"] {
                let read = reader.get(path).header("accept-encoding", coding).await;
                let head = reader.request("HEAD", path).header("accept-encoding", coding).await;
                assert_eq!((head.is(*status).body.len(), headers(&head)), (0, headers(&read)), "{path}");
                assert_eq!(head.expect_header("content-length"), read.body.len().to_string(), "{path}");
            }
        }
        let etag = reader.get("/v1/articles").await.expect_header("etag").to_owned();
        reader.request("HEAD", "/v1/articles").header("if-none-match", &etag).await.is_not_modified();
    }

    async fn options_says_what_a_path_takes_and_a_preflight_is_answered_to_everyone(engine) {
        let site = Site::at(engine, START);
        let reader = reader(&site);
        for path in ["/v1/articles", "/v1/articles/prices-rise", "/v1/categories", "/v1/categories/x", "/v1/publication-dates", "/v1/site"] {
            let plain = reader.request("OPTIONS", path).await;
            plain.is_no_content().has_header("allow", "GET, HEAD, OPTIONS").has_header("access-control-allow-origin", "*");
            assert_eq!(plain.header("access-control-allow-methods"), None);
            let preflight = reader.request("OPTIONS", path).header("origin", "https://front.example");
            let preflight = preflight.header("access-control-request-method", "GET").header("access-control-request-headers", "if-none-match").await;
            preflight.is_no_content().has_header("access-control-allow-origin", "*");
            preflight.has_header("access-control-allow-methods", "GET, HEAD, OPTIONS").has_header("access-control-max-age", "7200");
            assert!(preflight.expect_header("access-control-allow-headers").contains("If-None-Match"));
            assert_eq!((preflight.header("access-control-allow-credentials"), preflight.header("set-cookie")), (None, None));
            for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
                let refused = reader.request(method, path).await;
                refused.is_problem(405, "method_not_allowed").has_header("allow", "GET, HEAD, OPTIONS").has_header("cache-control", "no-store");
            }
        }
        reader.request("OPTIONS", "/v1/nothing").await.is_problem(404, "not_found");
    }

    async fn every_answer_is_for_pages_of_all_sites_and_never_with_credentials(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        let reader = reader(&site);
        for (path, status) in EVERY_KIND {
            let asked = reader.get(path).await;
            for origin in ["https://front.example", "null", "https://api.example.org"] {
                let answer = reader.get(path).header("origin", origin).header("cookie", "session=1").await;
                answer.is(*status).has_header("access-control-allow-origin", "*").has_header("access-control-expose-headers", EXPOSED);
                assert_eq!((answer.header("access-control-allow-credentials"), answer.header("set-cookie")), (None, None));
                assert_eq!(told(&answer), told(&asked), "{path} does not depend on Origin");
            }
        }
    }

    async fn a_caller_with_a_token_gets_the_anonymous_answer_byte_for_byte(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        newsroom(&site, &editor).await;
        let draft = editor.post("/v1/editor/articles").json(crate::site::article("Draft")).await;
        let draft = format!("/v1/articles/{}", draft.is_created()["id"].as_str().unwrap());
        let admin = site.login(Role::Admin).await;
        for (path, status) in EVERY_KIND.iter().chain(&[(draft.as_str(), 404), ("/v1/articles/draft", 404)]) {
            let anonymous = reader(&site).get(path).await;
            anonymous.is(*status);
            for caller in [&editor, &admin, &site.anyone().with_token("forged")] {
                let answer = caller.get(path).header("x-request-id", "the-same").await;
                assert_eq!(told(&answer), told(&anonymous), "{path}");
            }
        }
    }
}
