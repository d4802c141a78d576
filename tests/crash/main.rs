//! Crashes: the program is killed, or the database under it shut down at once, while several editors write. What was acknowledged is there afterwards,
//! whole, and nothing else is there by half. `DATELINE_CRASH_ROUNDS` says how often, for each engine; `scripts/crash` crashes more.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod kept;
mod load;
mod site;
#[path = "../support/mod.rs"]
mod support;
mod views;

use std::time::Duration;

use load::{Load, When};
use site::Site;
use support::postgres::Server;
use support::random::Random;
use support::{Engine, engines};

/// After so many acknowledged writes at least two articles are done with: the six that are under way had three each at most.
const AT_FIRST: u64 = 25;

/// How often each engine crashes.
fn rounds() -> u64 {
    std::env::var("DATELINE_CRASH_ROUNDS").map_or(20, |rounds| rounds.parse().expect("DATELINE_CRASH_ROUNDS is a number"))
}

#[test]
fn what_was_acknowledged_is_there_after_the_program_was_killed() {
    for engine in engines() {
        let mut site = Site::new(*engine);
        for round in 0..rounds() {
            let load = Load::begin(&site, round, When::TheProgramDies);
            load.until_acknowledged(AT_FIRST);
            // Somewhere within the next writes.
            std::thread::sleep(Duration::from_micros(Random::new(round).between(0, 60_000).unsigned_abs()));
            site.kill();
            let written = load.end();
            site.start();
            kept::check(&site, round, &written);
        }
        site.has_logged_no_error();
    }
}

#[test]
fn what_was_acknowledged_is_there_after_the_database_was_shut_down_at_once_and_the_program_lives_on() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let server = Server::start_own();
    let mut site = Site::on(&server);
    for round in 0..rounds() {
        site.log_in();
        let load = Load::begin(&site, round, When::TheDatabaseIsAway);
        load.until_acknowledged(AT_FIRST);
        server.stop_immediate();
        load.until_refused(4);
        site.is_ready(503);
        server.start_again();
        // Of what begins from here on nothing fails, on no connection.
        load.is_over();
        site.is_ready(200);
        load.until_acknowledged(20);
        kept::check(&site, round, &load.end());
    }
}

#[test]
fn after_a_restart_time_does_not_stand_before_the_latest_write() {
    for engine in engines() {
        let mut site = Site::new(*engine);
        let before = site.publish("Written by a clock that was ahead");
        site.kill();
        let ahead = before.plus_millis(300_000);
        site.write_as_of(ahead);
        site.start();
        // The system's clock is five minutes behind what was recorded: time stands still, and what is published now is live at once.
        assert_eq!(site.publish("Written after the restart"), ahead, "on {engine:?}");
        assert_eq!(site.listed(), ["Written after the restart", "Written by a clock that was ahead"], "on {engine:?}");
    }
}
