//! The service from outside: requests as clients send them, answers as clients read them.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod case;
mod cases;
mod client;
mod door;
mod durability;
mod folder;
mod identity;
mod logs;
mod model;
mod notes;
mod package;
mod paging;
mod races;
mod service;
mod shape;
mod signer;
mod wild;
