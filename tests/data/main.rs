//! Dateline against data that others wrote: slugs, time zones, formats, hostile markup. The folder lies beside the project
//! and is not part of it; where it is missing, each test says so and passes.

mod formats;
mod shared;
mod slugs;
mod time_zones;
