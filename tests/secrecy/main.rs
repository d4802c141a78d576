//! What readers may not see leaves no trace in any byte of what they get (contract 3). Two sites with the same content: to one of them hidden
//! content is added, of every kind. Every operation that needs no token, as the API document has them, is asked of both: status, headers and
//! bodies are the same but for `Date`. The exception is the documented one: a lifetime under its usual value may say that something changes.
//!
//! Besides, `/v1/preview` is asked as of each instant, before it came and after it passed, for what readers got then.
//!
//! `DATELINE_PAIRS` compares more pairs of answers, `DATELINE_SEED` begins with another story. `scripts/non-interference` sets them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod compare;
mod hidden;
#[path = "../attack/operations.rs"]
mod operations;
mod public;
mod requests;
#[path = "../contract/site.rs"]
mod site;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod travel;

use actix_web::rt::System;
use story::Seen;

/// A number out of the environment.
fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a number, not {value}")))
}

#[test]
fn hidden_content_leaves_no_trace_in_any_answer_on_both_engines() {
    let pairs = setting("DATELINE_PAIRS", 4000).div_ceil(support::engines().len());
    for engine in support::engines() {
        let (mut seen, mut seed) = (Seen::default(), setting("DATELINE_SEED", 1) as u64);
        while seen.pairs < pairs {
            let differences = System::new().block_on(story::play(*engine, seed, &mut seen));
            assert!(differences.is_empty(), "{engine:?}, DATELINE_SEED={seed}: {}", differences[0]);
            seed += 1;
        }
        eprintln!("{engine:?}: {} pairs of answers are the same", seen.pairs);
        seen.is_everything();
    }
}

#[test]
fn the_site_as_of_an_instant_is_what_readers_get_then_on_both_engines() {
    for engine in support::engines() {
        let compared: usize =
            (0..setting("DATELINE_JOURNEYS", 2)).map(|seed| System::new().block_on(travel::go(*engine, seed as u64))).sum();
        eprintln!("{engine:?}: {compared} answers are the same as of their instants");
    }
}

#[test]
fn what_is_not_hidden_is_found_by_every_operation_that_shows_it() {
    for engine in support::engines() {
        let found = System::new().block_on(story::publish_in_one(*engine));
        for operation in requests::operations().iter().filter(|operation| requests::shows_articles(operation)) {
            assert!(found.contains(&operation.id), "{engine:?}: {} shows an article that one of two sites has, unnoticed", operation.id);
        }
    }
}

#[test]
fn every_parameter_of_an_operation_without_token_is_asked_with_values() {
    for operation in requests::operations() {
        for parameter in operation.parameters().filter(|parameter| parameter.place == "query") {
            requests::values(&parameter, &requests::Known::default());
        }
    }
}
