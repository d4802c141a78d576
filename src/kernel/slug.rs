//! Slugs (contract 2.11).
