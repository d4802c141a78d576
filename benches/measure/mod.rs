//! Measuring a server: a closed loop of requests, the processor time that they take, and the bare handler that everything is a ratio to.

#![allow(dead_code, reason = "not every benchmark takes all of it")]

pub mod bare;
pub mod clients;
pub mod process;

use std::time::Duration;

use self::clients::{Load, Request};
use self::process::{Bare, Measured};

/// Serves the bare handler if this process was started for that, until it is killed.
pub fn serve_bare_if_asked() {
    if let Some(port) = std::env::args().skip_while(|argument| argument != "--bare").nth(1) {
        bare::serve(port.parse().unwrap());
    }
}

/// What the bare handler takes.
pub fn baseline(load: Load) -> Measured {
    let bare = Bare::start();
    measure(&bare.address, bare.id(), load, &[Request::get("/")])
}

/// What requests take of the process that answers them.
pub fn measure(address: &str, process: u32, load: Load, requests: &[Request]) -> Measured {
    load.warm_up(address, requests);
    let before = process::cpu_time(process);
    let seen = load.run(address, requests);
    let cpu = process::cpu_time(process).saturating_sub(before);
    Measured { seen, cpu }
}

/// The load that the environment asks for, or so much.
pub fn load(connections: u64, seconds: u64) -> Load {
    Load {
        connections: usize::try_from(number("DATELINE_BENCH_CONNECTIONS", connections)).unwrap(),
        duration: Duration::from_secs(number("DATELINE_BENCH_SECONDS", seconds)),
    }
}

/// The sizes of the site that the environment asks for.
pub fn sizes(unless_said: &str) -> Vec<usize> {
    let text = std::env::var("DATELINE_BENCH_ARTICLES").unwrap_or_else(|_| unless_said.to_owned());
    text.split(',').map(|size| size.trim().parse().expect("DATELINE_BENCH_ARTICLES takes numbers with commas between")).collect()
}

/// A number of the environment, or what it is unless said.
fn number(name: &str, unless_said: u64) -> u64 {
    std::env::var(name).map_or(unless_said, |text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number, not `{text}`")))
}
