//! Dateline: a headless CMS for news.
pub mod bodies;
pub mod http;
pub mod kernel;
pub mod db;
