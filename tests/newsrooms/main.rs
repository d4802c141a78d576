//! Random newsrooms, played through the project's own code and through a naive model of the rules: the same requests are refused, and at every start
//! and end, a millisecond before and after, the same is live. `DATELINE_PROPERTY_CASES` plays more of them.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod crowd;
mod lifetimes;
mod listed;
mod model;
mod oracle;
mod people;
mod play;
mod pure;
#[path = "../contract/site.rs"]
mod site;
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
        // Some are looked at in every instant that matters.
        let looks = if seed % 8 == 0 { usize::MAX } else { 6 };
        play::play(seed, looks, &mut pure::Pure::default());
    }
}

#[test]
fn services_and_queries_do_as_the_model_does_on_both_engines() {
    for engine in support::engines() {
        let usual = if *engine == support::Engine::Sqlite { 60 } else { 6 };
        for seed in 0..cases(usual) {
            play::play(seed, 3, &mut stored::Stored::open(*engine));
        }
    }
}

#[test]
fn several_people_find_what_the_model_has_at_every_instant_on_both_engines() {
    for engine in support::engines() {
        let usual = if *engine == support::Engine::Sqlite { 3 } else { 1 };
        for seed in 0..cases(usual) {
            actix_web::rt::System::new().block_on(people::work(*engine, seed));
        }
    }
}

#[test]
fn rules_and_services_do_as_a_second_model_does() {
    let Some(mut oracle) = oracle::Oracle::open() else { return };
    for seed in 0..cases(300) {
        play::play(seed, 6, &mut oracle.beside(pure::Pure::default()));
    }
    for seed in 0..cases(20) {
        play::play(seed, 1, &mut oracle.beside(stored::Stored::open(support::Engine::Sqlite)));
    }
}

#[test]
fn what_is_counted_is_right_while_many_write_on_both_engines() {
    for engine in support::engines() {
        crowd::write_at_once(*engine, 40);
    }
}
