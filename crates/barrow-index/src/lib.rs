//! From requirements to verified wheels on disk.
//!
//! ```text
//! Requirements ─▶ Resolver (uv) ─▶ Lock ─▶ select ─▶ Pick… ─▶ fetch ─▶ Store ─▶ StoredWheel…
//! ```
//!
//! This crate talks to the index, to `uv` and to the disk cache. It prints nothing: what happens
//! is told to a [`Reporter`].

pub mod address;
pub mod client;
pub mod credentials;
pub mod fetch;
pub mod lock;
pub mod reporter;
pub mod requirement;
pub mod resolve;
pub mod select;
pub mod source_build;
pub mod store;

pub use reporter::Reporter;
