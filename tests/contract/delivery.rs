//! Delivery as caches, browsers and front ends meet it (contract 3): every answer the same for everyone, kept no longer than it holds.

mod clock;
