//! Query strings, read strictly: every parameter that an operation does not know, that comes twice or whose value is not taken is
//! named, all at once, in one 400.
//!
//! ```ignore
//! fn read(query: &RawQuery) -> Result<ArticleQuery> {
//!     let mut q = query.collect();
//!     let read = ArticleQuery { limit: q.limit(), category: q.list("category", 20), sort: q.one_of("sort", &SORTS) };
//!     q.finish()?;
//!     Ok(read)
//! }
//! ```

mod collector;

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

pub use self::collector::{Collector, decode};
use crate::kernel::page::Limit;
use crate::kernel::problem::Result;
use crate::kernel::zone::Zone;

/// A value between the commas of a filter, for the API document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, min_length = 1, max_length = 200)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct FilterItem(String);

/// The query of a request as it came. An extractor that never fails; [`RawQuery::collect`] and [`RawQuery::parse`] read it.
#[derive(Clone, Debug, Default)]
pub struct RawQuery(String);

impl FromRequest for RawQuery {
    type Error = Infallible;
    type Future = Ready<std::result::Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// What an operation takes as its query, read by one function.
pub trait FromQuery: Sized {
    /// Asks `query` for every parameter there is; mistakes are noted there, and a default stands in for what is wrong.
    fn from_query(query: &mut Collector<'_>) -> Self;
}

/// The query of a list that is paged and has no filters.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// How many items.
    pub limit: Limit,
    /// From where.
    pub cursor: Option<String>,
}

impl FromQuery for PageQuery {
    fn from_query(query: &mut Collector<'_>) -> Self {
        Self { limit: query.limit(), cursor: query.cursor() }
    }
}

impl RawQuery {
    /// That of a request.
    pub fn of(request: &HttpRequest) -> Self {
        Self(request.query_string().to_owned())
    }

    /// A query as text, without the `?`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Begins to read it parameter by parameter.
    pub fn collect(&self) -> Collector<'_> {
        Collector::of(&self.0)
    }

    /// Reads it as a whole.
    ///
    /// # Errors
    /// `invalid_parameter` (400) with every mistake.
    pub fn parse<T: FromQuery>(&self) -> Result<T> {
        let mut collector = self.collect();
        let parsed = T::from_query(&mut collector);
        collector.finish()?;
        Ok(parsed)
    }

    /// For an operation that takes `time_zone` alone.
    ///
    /// # Errors
    /// `invalid_parameter` (400) for an unknown zone, or another parameter.
    pub fn time_zone(&self) -> Result<Option<Zone>> {
        let mut collector = self.collect();
        let zone = collector.zone("time_zone");
        collector.finish()?;
        Ok(zone)
    }

    /// For an operation that takes no parameters.
    ///
    /// # Errors
    /// `invalid_parameter` (400) if there is one.
    pub fn none(&self) -> Result<()> {
        self.collect().finish()
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
