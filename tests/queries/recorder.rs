//! Which statements this process sends to its databases.

use std::sync::{Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Recorder;

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            SENT.lock().unwrap_or_else(PoisonError::into_inner).push(query.to_string());
        }
    }
}

/// Every connection that is opened from now on is recorded.
pub fn record_from_now_on() {
    set_default_instrumentation(|| Some(Box::new(Recorder))).unwrap();
}

/// The statements that were sent since the last call and ask for something.
pub fn take() -> Vec<String> {
    let sent = std::mem::take(&mut *SENT.lock().unwrap_or_else(PoisonError::into_inner));
    sent.into_iter().filter(|sql| ["SELECT", "WITH", "DELETE", "INSERT", "UPDATE"].iter().any(|word| sql.starts_with(word))).collect()
}
