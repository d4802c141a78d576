//! How much HTML a body may become. It is counted while it is written, so that no short body that stands for a long one costs
//! more than one of the limit.

use std::fmt;

/// The most bytes of HTML that a body may become, before it is sanitised and after: twice what a whole request may hold. A text
/// comes to little more than its own length; only what is made of markup alone comes to more than twice of it.
pub const MAX_HTML_BYTES: usize = 4 * 1024 * 1024;

/// A body becomes more HTML than [`MAX_HTML_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it becomes more than {MAX_HTML_BYTES} bytes of HTML")]
pub struct TooLong;

/// HTML that is being written and does not grow beyond the limit.
#[derive(Debug, Default)]
pub(super) struct Bounded(String);

impl Bounded {
    /// An empty one with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes.min(MAX_HTML_BYTES)))
    }

    /// What was written.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_HTML_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

impl From<fmt::Error> for TooLong {
    /// Writing to a [`Bounded`] fails for no other reason.
    fn from(_: fmt::Error) -> Self {
        Self
    }
}
