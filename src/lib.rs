//! Dateline: a headless CMS for news, in which the publication date is exact and first class.

pub mod api_keys;
pub mod app;
pub mod articles;
pub mod audit;
pub mod auth;
pub mod bodies;
pub mod bulk;
pub mod calendar;
pub mod categories;
pub mod cli;
pub mod db;
pub mod feeds;
pub mod http;
pub mod idempotency;
pub mod kernel;
pub mod ops;
pub mod preview;
pub mod publications;
pub mod redirects;
pub mod releases;
pub mod settings;
pub mod site;
pub mod terms;
pub mod users;
pub mod views;
