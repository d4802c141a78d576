//! The one clock. It is injected; nothing else in the program asks what time it is.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time;

use super::instant::Instant;

/// Tells the time, and never goes back (contract 2.13).
pub trait Clock: Send + Sync {
    /// The present instant: at least that of every earlier call, and at least all that was [observed](Clock::observe).
    fn now(&self) -> Instant;

    /// A committed write happened at `instant`: from here on the clock does not stand before it.
    fn observe(&self, instant: Instant);
}

/// The system's clock. After it steps back, this one stands still until the system catches up; a step forward is followed.
#[derive(Debug)]
pub struct SystemClock {
    latest: AtomicI64,
    /// What the monotonic clock says since the start, beside the system's time then: their difference shows steps.
    started: (time::Instant, i64),
    step: AtomicI64,
}

/// A difference to the monotonic clock that is worth a line in the log.
const NOTABLE_STEP_MS: i64 = 1000;

impl SystemClock {
    /// A clock that starts with the system's time.
    #[expect(clippy::new_without_default, reason = "reading the time is no default value")]
    pub fn new() -> Self {
        let now = system_millis();
        Self { latest: AtomicI64::new(now), started: (time::Instant::now(), now), step: AtomicI64::new(0) }
    }

    fn log_step(&self, system: i64) {
        let elapsed = i64::try_from(self.started.0.elapsed().as_millis()).unwrap_or(i64::MAX);
        let step = system - self.started.1.saturating_add(elapsed);
        let known = self.step.load(Ordering::Relaxed);
        if (step - known).abs() >= NOTABLE_STEP_MS && self.step.compare_exchange(known, step, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            let step_ms = step - known;
            if step_ms > 0 {
                tracing::warn!(step_ms, "the system's clock stepped forward; it is followed");
            } else {
                tracing::warn!(step_ms, "the system's clock stepped back; time stands still here until it has caught up");
            }
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let system = system_millis();
        self.log_step(system);
        Instant(self.latest.fetch_max(system, Ordering::AcqRel).max(system))
    }

    fn observe(&self, instant: Instant) {
        self.latest.fetch_max(instant.0, Ordering::AcqRel);
    }
}

fn system_millis() -> i64 {
    let since_1970 = time::SystemTime::now().duration_since(time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

/// A clock that moves only when it is told to: for tests, which set it to the millisecond that matters.
#[derive(Debug)]
pub struct SettableClock(AtomicI64);

impl SettableClock {
    /// A clock that shows `instant`.
    pub fn at(instant: Instant) -> Self {
        Self(AtomicI64::new(instant.0))
    }

    /// Moves it forward.
    pub fn advance_ms(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::AcqRel);
    }

    /// Moves it to `instant`, which may lie before what it shows now.
    pub fn set(&self, instant: Instant) {
        self.0.store(instant.0, Ordering::Release);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::Acquire))
    }

    fn observe(&self, instant: Instant) {
        self.0.fetch_max(instant.0, Ordering::AcqRel);
    }
}
