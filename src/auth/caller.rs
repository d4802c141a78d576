//! The extractor that proves who asks.

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::service::{Auth, missing_token};
use crate::kernel::caller::Caller;
use crate::kernel::problem::{Problem, Result};

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let auth = request.app_data::<Data<Auth>>().cloned();
        let token = bearer(request);
        Box::pin(async move {
            let auth = auth.ok_or_else(|| Problem::internal("the app has no Auth"))?;
            auth.caller(&token.ok_or_else(missing_token)?).await
        })
    }
}

/// The token of `Authorization: Bearer` (RFC 6750 section 2.1); never one of the query.
fn bearer(request: &HttpRequest) -> Option<String> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let value = headers.next()?.to_str().ok()?;
    if headers.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned())
}
