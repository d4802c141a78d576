//! What no handler takes: an unknown path is 404, a known one with another method 405 with `Allow`, and OPTIONS answers for every path.
//! Which paths there are is read from the API document.

use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Route, web};
use serde_json::Value;

use super::openapi::Document;
use crate::kernel::problem::{Code, Problem, Result};

/// Every path that there is and the methods that it takes.
#[derive(Clone)]
pub struct Routes(Arc<Vec<(ResourceDef, String)>>);

impl Routes {
    /// The paths of the API document, and those of the document itself.
    pub fn of(document: &Document) -> Self {
        let paths = document.json()["paths"].as_object();
        let mut listed: Vec<(&str, String)> =
            paths.into_iter().flatten().map(|(path, operations)| (path.as_str(), allowed(operations))).collect();
        listed.extend(super::docs::PATHS.map(|path| (path, "GET, HEAD, OPTIONS".to_owned())));
        // `/articles/bulk` before `/articles/{id}`.
        listed.sort_by_key(|(path, _)| path.matches('{').count());
        Self(Arc::new(listed.into_iter().map(|(path, allow)| (ResourceDef::new(path), allow)).collect()))
    }

    fn answer(&self, request: &HttpRequest) -> Result<HttpResponse> {
        let path = request.match_info().as_str();
        let (_, allow) = self.0.iter().find(|(resource, _)| resource.is_match(path)).ok_or_else(unknown)?;
        if *request.method() == Method::OPTIONS {
            let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
            response.headers_mut().insert(ALLOW, HeaderValue::try_from(allow.as_str()).map_err(Problem::internal)?);
            return Ok(response);
        }
        let detail = format!("{} is not taken here; {allow} are.", request.method());
        Err(Problem::new(Code::MethodNotAllowed, detail).with_header("allow", allow.as_str()))
    }
}

fn unknown() -> Problem {
    Problem::new(Code::NotFound, "There is no such path; `/docs` shows those that there are.")
}

/// The app's default service.
pub fn fallback(routes: &Routes) -> Route {
    let routes = routes.clone();
    web::to(move |request: HttpRequest| std::future::ready(routes.answer(&request)))
}

fn allowed(operations: &Value) -> String {
    let mut methods = Vec::new();
    for (name, method) in
        [("get", "GET"), ("get", "HEAD"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE"), ("head", "HEAD")]
    {
        if operations.get(name).is_some() && !methods.contains(&method) {
            methods.push(method);
        }
    }
    methods.push("OPTIONS");
    methods.join(", ")
}
