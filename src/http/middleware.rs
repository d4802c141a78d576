//! What every request goes through, outermost: its id, HEAD, the panic guard, problems put into words, headers that every answer has, a
//! line in the log. One boxed future per request; headers are static wherever they can be.

use std::future::{Ready, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use actix_http::ConnectionType;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::InternalError;
use actix_web::http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, Uri};
use actix_web::{Error, HttpResponse};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::cors::Origins;
use super::large::{self, Budget};
use super::tree::Tree;
use super::unread::Hold;
use super::wire::{Talk, Turn};
use super::{host, path, problem, request_id};
use crate::kernel::problem::Problem;

/// What keeps previews out of search engines.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// A longer path is cut in the log.
const LONGEST_LOGGED: usize = 200;

/// The outermost middleware: `.wrap(Shell::new(origins))` as the last one.
#[derive(Clone, Debug)]
pub struct Shell {
    origins: Origins,
}

impl Shell {
    /// With the origins that may use the editor tree.
    pub fn new(origins: Origins) -> Self {
        Self { origins }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Shell
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = ShellService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(ShellService { inner, origins: self.origins.clone() }))
    }
}

/// [`Shell`] around an app.
#[derive(Debug)]
pub struct ShellService<S> {
    inner: S,
    origins: Origins,
}

impl<S, B> Service<ServiceRequest> for ShellService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse<BoxBody>, Error>>;

    actix_web::dev::forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let exchange = Exchange::begin(&mut request, &self.origins);
        if let Err(problem) = host::check(request.headers()).and_then(|()| path::check(request.uri().path())) {
            let response = exchange.finish(HttpResponse::from_error(problem));
            return ready(Ok(request.into_response(response))).boxed_local();
        }
        // A panic may come from the call itself or from any poll of its future.
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(future) => Box::pin(async move {
                match AssertUnwindSafe(future).catch_unwind().await {
                    Ok(Ok(answer)) => {
                        let (request, response) = answer.into_parts();
                        Ok(ServiceResponse::new(request, exchange.finish(response)))
                    }
                    Ok(Err(error)) => Err(exchange.fail(HttpResponse::from_error(error))),
                    Err(panic) => Err(exchange.fail(HttpResponse::from_error(Problem::panicked(panic.as_ref())))),
                }
            }),
            Err(panic) => ready(Err(exchange.fail(HttpResponse::from_error(Problem::panicked(panic.as_ref()))))).boxed_local(),
        }
    }
}

/// One request, as far as its answer and the log need it.
struct Exchange {
    started: Instant,
    id: HeaderValue,
    tree: Tree,
    method: Method,
    uri: Uri,
    origin: Option<HeaderValue>,
    is_preflight: bool,
    origins: Origins,
    unread: Option<Hold>,
    /// Until the answer is out.
    turn: Option<Turn>,
    /// Whether the client would go over to another protocol, which is not done; actix ends its connection.
    is_upgrade: bool,
    /// What a large answer takes its bytes from; nothing where something may have been done, which is told in any case.
    budget: Option<Budget>,
}

impl Exchange {
    fn begin(request: &mut ServiceRequest, origins: &Origins) -> Self {
        let id = request_id::of(request.headers());
        let exchange = Self {
            started: Instant::now(),
            tree: Tree::of_service(request),
            method: request.method().clone(),
            uri: request.uri().clone(),
            origin: request.headers().get(ORIGIN).cloned(),
            is_preflight: *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD),
            origins: origins.clone(),
            unread: Hold::of(request),
            turn: request.conn_data::<Talk>().map(Talk::turn),
            is_upgrade: request.head().connection_type() == ConnectionType::Upgrade,
            budget: request.method().is_safe().then(|| Budget::of(request.request())),
            id,
        };
        request.headers_mut().insert(request_id::HEADER, exchange.id.clone());
        if exchange.method == Method::HEAD {
            // Answered as GET is; actix sends the length and leaves the body out.
            request.head_mut().method = Method::GET;
        }
        exchange
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    fn finish<B: MessageBody + 'static>(mut self, response: HttpResponse<B>) -> HttpResponse<BoxBody> {
        let status = response.status();
        let response = response.map_into_boxed_body();
        let mut response = if status.is_client_error() || status.is_server_error() {
            self.explain(response)
        } else {
            large::in_pieces(response, self.budget.as_ref()).unwrap_or_else(|problem| self.refuse(&problem))
        };
        self.dress(response.headers_mut());
        self.log(response.status().as_u16());
        if self.is_upgrade || self.turn.as_ref().is_some_and(Turn::is_last) {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        let response = match self.unread.take() {
            Some(unread) => unread.until_out(response),
            None => response,
        };
        large::until_out(response, self.turn.take())
    }

    /// For what did not come back with its request: a middleware's error, a panic.
    fn fail(self, response: HttpResponse) -> Error {
        InternalError::from_response("refused", self.finish(response)).into()
    }

    /// Puts a refusal into words, unless a handler did.
    fn explain(&self, response: HttpResponse) -> HttpResponse {
        if let Some(problem) = response.error().and_then(|error| error.as_error::<Problem>()) {
            return self.refuse(problem);
        }
        let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|media| media.as_bytes().ends_with(b"json"));
        if is_json {
            return response;
        }
        self.refuse(&problem::of_status(response.status(), response.error().map(ToString::to_string)))
    }

    fn refuse(&self, problem: &Problem) -> HttpResponse {
        problem::log(problem, self.id());
        problem::render(problem, self.id(), self.tree)
    }

    /// The headers that every answer has.
    fn dress(&self, headers: &mut HeaderMap) {
        headers.insert(request_id::HEADER, self.id.clone());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if !headers.contains_key(CACHE_CONTROL) && self.tree != Tree::Delivery {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store, no-transform"));
        }
        if self.tree == Tree::Preview {
            headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        self.origins.apply(self.tree, self.origin.as_ref(), self.is_preflight, headers);
    }

    /// A line for each request: never the query, which may hold what a reader typed or a token.
    fn log(&self, status: u16) {
        let path = self.uri.path();
        let path = path.get(..LONGEST_LOGGED).unwrap_or(path);
        let duration_ms = self.started.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(
            target: "dateline::access",
            method = self.method.as_str(), path, status, duration_ms, request_id = self.id(),
            "{} {path} {status}", self.method
        );
    }
}
