//! The built `dateline` binary as an operator runs it: in a folder of its own, with nothing in its environment but what a test gives it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod beside;
mod commands;
mod logs;
mod nodes;
mod outage;
mod scripts;
mod serving;
mod settings;
mod stopping;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod upkeep;
