//! The API document, delivered and made readable: `/v1/openapi.json`, `/docs` with everything it needs, `/docs/errors/{code}`.
//!
//! `/docs` alone answers HTML. Nothing of it comes from another host, and its Content-Security-Policy holds the browser to that.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY};
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};
use utoipa_swagger_ui::Config;

use super::answer::Delivered;
use super::caching::Lifetime;
use super::openapi::Document;
use super::path::text;
use super::query::RawQuery;
use crate::kernel::problem::{Code, Problem, Result};

/// The paths below, for `Allow` and OPTIONS.
pub(super) const PATHS: [&str; 6] = ["/v1/openapi.json", "/docs", "/docs/", "/docs/errors", "/docs/errors/{code}", "/docs/{file}"];

/// Swagger UI sets styles of elements; scripts come from files only.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const PAGE: &str = include_str!("docs/index.html");
const START: &str = include_str!("docs/start.js");
const STYLE: &str = include_str!("docs/errors.css");

/// Mounts the document and its pages.
pub fn mount(config: &mut ServiceConfig, document: &Document) {
    let bytes = document.bytes();
    let openapi = move |request: HttpRequest, query: RawQuery| {
        let bytes = bytes.clone();
        async move {
            query.none()?;
            Delivered::new(Lifetime::NONE).bytes(&request, bytes).await
        }
    };
    let get = |path: &str| Resource::new(path).guard(actix_web::guard::Get());
    config
        .service(get("/v1/openapi.json").to(openapi))
        .service(get("/docs").to(page))
        .service(get("/docs/").to(page))
        .service(get("/docs/errors").to(list_of_errors))
        .service(get("/docs/errors/{code}").to(error))
        .service(get("/docs/{file}").to(file));
}

async fn page(request: HttpRequest) -> Result<HttpResponse> {
    html(&request, Bytes::from_static(PAGE.as_bytes())).await
}

async fn html(request: &HttpRequest, bytes: Bytes) -> Result<HttpResponse> {
    let page = Delivered::new(Lifetime::NONE).content_type("text/html; charset=utf-8").header(CONTENT_SECURITY_POLICY, POLICY);
    let frames = HeaderName::from_static("x-frame-options");
    let page = page.header(frames, HeaderValue::from_static("DENY")).header(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    page.bytes(request, bytes).await
}

/// Swagger UI's own files, out of the binary.
async fn file(request: HttpRequest) -> Result<HttpResponse> {
    let name = text(&request, "file")?;
    let bytes = match name.as_str() {
        "start.js" => Bytes::from_static(START.as_bytes()),
        "errors.css" => Bytes::from_static(STYLE.as_bytes()),
        "swagger-ui.css" | "swagger-ui-bundle.js" | "favicon-32x32.png" => vendored(&name)?,
        _ => return Err(Problem::not_found()),
    };
    let media_type = match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "image/png",
    };
    Delivered::new(Lifetime::seconds(3600)).content_type(media_type).bytes(&request, bytes).await
}

fn vendored(name: &str) -> Result<Bytes> {
    let file = utoipa_swagger_ui::serve(name, Arc::new(Config::from("/v1/openapi.json")));
    let file = file.map_err(|fault| Problem::internal(fault.to_string()))?.ok_or_else(Problem::not_found)?;
    Ok(match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

async fn error(request: HttpRequest) -> Result<HttpResponse> {
    let name = text(&request, "code")?;
    let code = Code::ALL.iter().copied().find(|code| code.name() == name).ok_or_else(Problem::not_found)?;
    let main = format!(
        "<p class=\"status\">{} <code>{}</code></p>\n<h1>{}</h1>\n<p>{}</p>\n<p><a href=\"/docs/errors\">All errors</a> · <a href=\"/docs\">The API</a></p>",
        code.status(),
        escape(code.name()),
        escape(code.title()),
        prose(code.explanation())
    );
    html(&request, Bytes::from(layout(code.title(), &main))).await
}

async fn list_of_errors(request: HttpRequest) -> Result<HttpResponse> {
    let mut main =
        String::from("<h1>Errors</h1>\n<p>Each refusal is a problem document (RFC 9457) with one of these codes.</p>\n<table>\n");
    for code in Code::ALL {
        let (status, name, title) = (code.status(), code.name(), escape(code.title()));
        writeln!(main, "<tr><td>{status}</td><td><a href=\"/docs/errors/{name}\"><code>{name}</code></a></td><td>{title}</td></tr>")
            .expect("writing to a String does not fail");
    }
    main.push_str("</table>\n<p><a href=\"/docs\">The API</a></p>");
    html(&request, Bytes::from(layout("Errors", &main))).await
}

fn layout(title: &str, main: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} · Dateline</title>\n<link rel=\"icon\" type=\"image/png\" href=\"/docs/favicon-32x32.png\">\n<link rel=\"stylesheet\" href=\"/docs/errors.css\">\n</head>\n<body>\n<main>\n{main}\n</main>\n</body>\n</html>\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text with its backticks made to code.
fn prose(text: &str) -> String {
    let mut html = String::new();
    for (at, part) in escape(text).split('`').enumerate() {
        if at % 2 == 1 {
            write!(html, "<code>{part}</code>").expect("writing to a String does not fail");
        } else {
            html.push_str(part);
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_is_escaped_and_its_code_is_marked() {
        assert_eq!(prose("Send `a<b>` & \"c\"."), "Send <code>a&lt;b&gt;</code> &amp; &quot;c&quot;.");
    }
}
