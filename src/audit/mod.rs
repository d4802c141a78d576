//! The audit log: who did what, and when. A row is written in the transaction of each change; its instant is also the floor of every
//! process's clock (contract 2.13).

pub mod store;
