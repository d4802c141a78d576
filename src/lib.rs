//! Dateline: a headless CMS for news.
pub mod http;
pub mod kernel;
