//! `Idempotency-Key` on POST (contract section 3).

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};

use super::path;
use crate::kernel::caller::Caller;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Kept, Keyed};

const NAME: &str = "idempotency-key";

/// The longest key, in bytes.
pub(super) const LONGEST: usize = 255;

/// The header, not yet read: an extractor that never fails.
#[derive(Debug)]
pub struct IdempotencyKey(HttpRequest);

impl FromRequest for IdempotencyKey {
    type Error = Infallible;
    type Future = Ready<std::result::Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl IdempotencyKey {
    /// How the request is known again, if it has a key. `answer` makes the answer of what the operation makes.
    ///
    /// # Errors
    /// `invalid_header` (400).
    pub fn of<T>(&self, caller: &Caller, body: &[u8], answer: fn(&T) -> Result<Kept>) -> Result<Option<Keyed<T>>> {
        let mut values = self.0.headers().get_all(NAME);
        let (first, second) = (values.next(), values.next());
        let Some(value) = first else { return Ok(None) };
        let key = value.to_str().ok().filter(|key| second.is_none() && (1..=LONGEST).contains(&key.len()));
        let Some(key) = key else {
            let detail = format!("Idempotency-Key must be given once, as 1 to {LONGEST} visible ASCII characters.");
            return Err(Problem::new(Code::InvalidHeader, detail));
        };
        Ok(Some(Keyed {
            caller: caller.clone(),
            operation: format!("{} {}", self.0.method(), path::plain(self.0.path())),
            key: key.to_owned(),
            body_hash: Sha256::digest(body).to_vec(),
            answer,
        }))
    }

    /// For operations whose answer may hold a secret, which is not kept.
    ///
    /// # Errors
    /// `idempotency_unsupported` (400) if there is a key.
    pub fn none(&self) -> Result<()> {
        if self.0.headers().contains_key(NAME) {
            let detail = "The answer may hold a secret and is not kept: leave out Idempotency-Key.";
            return Err(Problem::new(Code::IdempotencyUnsupported, detail));
        }
        Ok(())
    }
}
