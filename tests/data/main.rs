//! Dateline against data that others wrote: slugs, time zones, formats, hostile markup. The folder lies beside the project
//! and is not part of it; where it is missing, each test says so and passes.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod formats;
mod forms;
mod sanitiser;
mod shared;
mod slugs;
mod time_zones;
