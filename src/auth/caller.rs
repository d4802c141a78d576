//! The extractor that proves who asks.

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::service::{Auth, missing_token};
use crate::http::ClientAddress;
use crate::kernel::caller::Caller;
use crate::kernel::problem::{Code, Problem, Result};

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let auth = request.app_data::<Data<Auth>>().cloned();
        let (token, address, request) = (bearer(request), ClientAddress::of(request), request.clone());
        Box::pin(async move {
            let auth = auth.ok_or_else(|| Problem::internal("the app has no Auth"))?;
            let caller = auth.caller(&token.ok_or_else(missing_token)?, address.key().to_string()).await?;
            request.extensions_mut().insert(caller.clone());
            Ok(caller)
        })
    }
}

const CHANGED: &str = "What you may do changed while the request arrived. Send it again.";

/// Whether who asked still may what they might when the request began.
///
/// # Errors
/// `invalid_token` (401) if they are out, `forbidden` (403) if they may do something else by now.
pub fn recheck(request: &HttpRequest) -> LocalBoxFuture<'static, Result<()>> {
    let before = request.extensions().get::<Caller>().cloned();
    let now = Caller::extract(request);
    Box::pin(async move {
        match before {
            Some(before) => {
                let now = now.await?;
                let is_same = now.rights == before.rights && now.categories == before.categories;
                if is_same { Ok(()) } else { Err(Problem::new(Code::Forbidden, CHANGED)) }
            }
            None => Ok(()),
        }
    })
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
