//! The crate's public interface, against a server on loopback that misbehaves on purpose.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod download;
mod fetch;
mod pages;
mod recorder;
mod server;
mod store;
mod wheels;
