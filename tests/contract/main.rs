//! The contract as sentences: over HTTP against the whole server on a real socket, on both engines, with a clock that the tests set. Every
//! answer is checked against the API document.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api_keys;
mod archives;
mod audit;
mod auth;
mod autosave;
mod batch;
mod bodies;
mod bulk;
mod bylines;
mod calendar;
mod conflicts;
mod corrections;
mod counts;
mod crowd;
mod curated;
mod custom;
mod dates;
mod delivery;
mod desk;
mod document;
mod drafts;
mod embargoed;
mod feeds;
mod former;
mod front;
mod history;
mod ics;
mod locales;
mod merging;
mod mistakes;
mod news_page;
#[path = "../attack/operations.rs"]
mod operations;
mod panics;
mod preview;
mod publications;
mod purge;
mod queued;
mod reassign;
mod redirects;
mod related;
mod released;
mod releases;
mod repeats;
mod retention;
mod rights;
mod sessions;
mod site;
mod slugs;
#[path = "../support/mod.rs"]
mod support;
mod terms;
mod translations;
mod versions;
mod views;
mod visibility;

use support::on_both_engines;
