//! The words that every part of Dateline may use: instants, ids, slugs, problems, pages. No I/O, no HTTP, no SQL.

pub mod caller;
pub mod clock;
pub mod entry;
pub mod fold;
pub mod given;
pub mod id;
pub mod instant;
pub mod link;
pub mod locale;
pub mod mistakes;
pub mod page;
pub mod patch;
pub mod problem;
pub mod refs;
pub mod repeat;
pub mod settled;
pub mod slug;
pub mod version;
pub mod zone;
