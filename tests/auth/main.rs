//! Logging in, staying logged in, and who may still do so afterwards: the services, on both engines, at the millisecond that matters.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod desk;
mod sessions;
#[path = "../support/mod.rs"]
mod support;
mod users;

use desk::{Desk, each_engine};
use support::engines;
