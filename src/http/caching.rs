//! How long an answer of delivery may be kept. Never past the next scheduled change of what it shows (contract 3).

use actix_web::http::header::HeaderValue;

use crate::kernel::instant::Instant;

/// The usual lifetime in seconds, the setting `CACHE_LIFETIME` (app data). 0: every answer is asked for again each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsualLifetime(pub u32);

impl Default for UsualLifetime {
    fn default() -> Self {
        Self(60)
    }
}

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime(Option<u32>);

impl Lifetime {
    /// Kept, but asked for again each time.
    pub const NONE: Self = Self(None);

    /// So many seconds; 0 is [`Lifetime::NONE`].
    pub fn seconds(seconds: u32) -> Self {
        Self((seconds > 0).then_some(seconds))
    }

    /// The usual lifetime, or what is left until the next change of what the answer shows, in whole seconds.
    ///
    /// `now` is the instant that the answer shows, not a later one.
    pub fn until(usual: UsualLifetime, now: Instant, next_change: Option<Instant>) -> Self {
        if usual.0 == 0 {
            return Self::NONE;
        }
        let left_ms = next_change.map_or(i64::MAX, |next| next.millis().saturating_sub(now.millis()).max(0));
        Self(Some(u32::try_from(left_ms / 1000).map_or(usual.0, |left| left.min(usual.0))))
    }

    /// As `Cache-Control`.
    pub(super) fn header(self) -> HeaderValue {
        match self.0 {
            None => HeaderValue::from_static("no-cache"),
            Some(60) => HeaderValue::from_static("public, max-age=60"),
            Some(seconds) => HeaderValue::try_from(format!("public, max-age={seconds}")).expect("digits are a header value"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_never_reaches_past_the_next_change() {
        let now = Instant::from_millis(1_000_000).unwrap();
        let until = |ms: i64| Lifetime::until(UsualLifetime(60), now, Some(now.plus_millis(ms))).header();
        assert_eq!(until(59_999), "public, max-age=59");
        assert_eq!(until(60_000), "public, max-age=60");
        assert_eq!(until(999), "public, max-age=0");
        assert_eq!(until(-5), "public, max-age=0");
        assert_eq!(until(i64::MAX), "public, max-age=60");
        assert_eq!(Lifetime::until(UsualLifetime(60), now, None).header(), "public, max-age=60");
        assert_eq!(Lifetime::until(UsualLifetime(0), now, Some(now)).header(), "no-cache");
    }
}
