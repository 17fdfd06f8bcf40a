//! The crate's public interface, against a registry on loopback that the tests fill.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod build;
mod faults;
mod folder;
mod hostile;
mod kill;
mod layers;
mod login;
mod pulls;
mod registry;
mod store;
