//! The API document and its pages.

use crate::app;
use crate::raw::exchange;

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

#[actix_web::test]
async fn the_document_is_json_with_a_tag_and_the_pages_are_html_without_the_network() {
    let address = app::start().await;
    let document = exchange(&address, get("/v1/openapi.json")).await;
    assert_eq!((document.status, document.json()["openapi"].as_str()), (200, Some("3.1.0")));
    assert!(document.header("etag").is_some());
    for path in ["/docs", "/docs/", "/docs/errors", "/docs/errors/slug_taken"] {
        let page = exchange(&address, get(path)).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
        assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("script-src 'self'")));
        assert!(!page.text().contains("http://") && !page.text().contains("https://"), "{path}");
    }
    for path in ["/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/start.js", "/docs/errors.css", "/docs/favicon-32x32.png"] {
        let file = exchange(&address, get(path)).await;
        assert!(file.status == 200 && !file.body.is_empty(), "{path}");
    }
    for path in ["/docs/errors/nothing", "/docs/nothing", "/docs/swagger-initializer.js"] {
        assert_eq!(exchange(&address, get(path)).await.header("content-type"), Some("application/problem+json"), "{path}");
    }
}
