//! Dateline under attack: over HTTP against the whole server on a real socket, on both engines. Who may do what (`matrix`), forged tokens,
//! requests by the thousand that the API document allows or forbids, bodies and paths that broke others. Every answer is checked against
//! the API document.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bodies;
mod bulk;
mod dates;
mod desk;
mod differential;
mod engines;
mod generate;
mod generated;
mod judge;
mod limits;
mod matrix;
mod naughty;
mod newsroom;
mod operations;
mod paths;
mod rights;
#[path = "../data/shared.rs"]
#[allow(dead_code, reason = "other test programs use the rest")]
mod shared;
#[path = "../contract/site.rs"]
mod site;
#[path = "../support/mod.rs"]
mod support;
mod tokens;

use support::on_both_engines;
