//! From a lock to the files that one target needs.
//!
//! Markers are answered for the target, never for the machine at hand, and of a package's wheels
//! the one is taken that pip would take there.

mod environment;
mod error;
mod group_marker;
pub mod offer;
mod pick;

pub use environment::Markers;
pub use error::{NoWheel, SelectError};
pub use group_marker::MarkerError;
pub use pick::{Pick, PickSource, select};
