//! Categories: a tree with unique slugs. Public once made.

pub mod names;
