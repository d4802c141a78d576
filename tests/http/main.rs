//! The HTTP layer on a real socket, in an app that is made of nothing else.

#[path = "../support/answer.rs"]
#[allow(dead_code, reason = "other test programs use the rest")]
mod answer;
#[path = "../support/raw.rs"]
#[allow(dead_code, reason = "other test programs use the rest")]
mod raw;

mod app;
mod documents;
mod large;
mod refusals;
mod wire;
