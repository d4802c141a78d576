//! How long clients are waited for.

use std::time::Duration;

/// How long a server waits for clients.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until the head of a request is whole.
    pub head: Duration,
    /// Until a client took [`LEAST_TAKEN`](super::wire::LEAST_TAKEN) of an answer, or what is left of it.
    pub answer: Duration,
    /// For a client to read its answer while it still sends, and to close.
    pub farewell: Duration,
    /// For requests that are under way when the server is told to stop.
    pub stopping_secs: u64,
}

impl Default for Patience {
    fn default() -> Self {
        let long = Duration::from_secs(30);
        Self { head: long, answer: long, farewell: Duration::from_secs(10), stopping_secs: 8 }
    }
}
