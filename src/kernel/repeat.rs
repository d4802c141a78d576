//! Requests that may arrive twice (`Idempotency-Key`): how one is known again, and what it was answered with.

use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::id::CategoryId;
use super::problem::{Problem, Result};

/// An answer that can be given again, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The HTTP status.
    pub status: u16,
    /// Where what was made is, as a path.
    pub location: Option<String>,
    /// The version that its `ETag` names.
    pub version: Option<u64>,
    /// The JSON.
    pub body: String,
    /// The categories in which was done what it answers: those who are limited by now are judged by them.
    #[serde(default)]
    pub places: Vec<Option<CategoryId>>,
}

impl Kept {
    /// An answer with a value as JSON.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON.
    pub fn new<T: Serialize>(status: u16, value: &T) -> Result<Self> {
        let body = serde_json::to_string(value).map_err(Problem::internal)?;
        Ok(Self { status, location: None, version: None, body, places: Vec::new() })
    }

    /// With the `Location` of what was made, as a path.
    #[must_use]
    pub fn location(mut self, path: String) -> Self {
        self.location = Some(path);
        self
    }

    /// With the `ETag` of this version.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version.unsigned_abs());
        self
    }
}

/// A request with an `Idempotency-Key`, whose operation makes a `T`.
#[derive(Debug)]
pub struct Keyed<T> {
    /// Whose key it is, and what they may do now.
    pub caller: Caller,
    /// Method and path.
    pub operation: String,
    /// The key.
    pub key: String,
    /// The SHA-256 of the body as it came.
    pub body_hash: Vec<u8>,
    /// The answer to the first request, from what it made.
    pub answer: fn(&T) -> Result<Kept>,
}

/// What came of a request that may have arrived before.
#[derive(Clone, Debug)]
pub enum Once<T> {
    /// It was done now.
    First(T),
    /// It had been done; this was the answer.
    Again(Kept),
}

impl<T> Once<T> {
    /// What was made, if it was made now: always so without a key.
    pub fn first(self) -> Option<T> {
        match self {
            Self::First(made) => Some(made),
            Self::Again(_) => None,
        }
    }
}
