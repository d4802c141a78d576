//! What requests may hold. The API document says the same numbers.

/// What a body may hold that may bring a long text: 2 MiB.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// What the body of an operation may hold that takes no long text: 64 KiB.
pub const SMALL_BODY_BYTES: usize = 64 * 1024;
