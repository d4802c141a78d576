//! `Idempotency-Key`: the first answer to a POST is kept for a day, in the transaction of what it answers, and given again to the same
//! request on every node. A refusal changes nothing, so that nothing of it is kept either.

pub mod service;
mod store;
