//! Random newsrooms, played through the project's own code and through a naive model of the rules: the same requests are refused, and at every start
//! and end, a millisecond before and after, the same is live. `DATELINE_PROPERTY_CASES` plays more of them.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod crowd;
mod listed;
mod model;
mod play;
mod pure;
mod stored;
#[path = "../support/mod.rs"]
mod support;

/// How many newsrooms are played.
fn cases(usual: u64) -> u64 {
    std::env::var("DATELINE_PROPERTY_CASES").ok().map_or(usual, |cases| cases.parse().expect("DATELINE_PROPERTY_CASES is a number"))
}

#[test]
fn the_rules_decide_as_the_model_does() {
    for seed in 0..cases(2000) {
        play::play(seed, 6, &mut pure::Pure::default());
    }
}

#[test]
fn services_and_queries_do_as_the_model_does_on_both_engines() {
    for engine in support::engines() {
        let usual = if *engine == support::Engine::Sqlite { 60 } else { 6 };
        for seed in 0..cases(usual) {
            play::play(seed, 2, &mut stored::Stored::open(*engine));
        }
    }
}

#[test]
fn what_is_counted_is_right_while_many_write_on_both_engines() {
    for engine in support::engines() {
        crowd::write_at_once(*engine, 40);
    }
}
