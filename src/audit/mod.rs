//! The audit log: who did what, when, from where, and what was before and after. Each write that changes something records it, and its entries are written
//! as the last of its transaction. Its latest instant is also the floor of every process's clock (contract 2.13), and it never gets shorter.

pub mod dto;
pub mod editor;
pub mod rules;
pub mod service;
pub mod store;
pub mod verify;
