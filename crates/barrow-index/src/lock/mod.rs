//! Pinned packages, whatever file they came from.
//!
//! The one shape behind `pylock.toml` (PEP 751), which the resolver writes and every other lock
//! file is turned into.

mod foreign;
mod locked;
mod pdm;
mod pins;
mod pipfile;
mod poetry;
mod project;
pub mod pylock;
mod reach;

pub use foreign::read_pins;
pub use locked::{Location, Lock, LockedFile, LockedPackage, LockedSource};
pub use pins::{Pin, PinSource, Pins, ReadLockError};
pub use project::not_locked;
