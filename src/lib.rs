//! Dateline: a headless CMS for news.
pub mod kernel;
