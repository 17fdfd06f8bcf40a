//! Mends what has one right answer.
//!
//! ```text
//! Package, zip ─▶ Fix ─▶ mends, for the user to read
//!                  └───▶ a new zip: the same deflate streams under other headers
//! ```
//!
//! Nothing is inflated or deflated. What cannot be mended keeps the whole package from being
//! written: half a repair would hide the other half.

mod error;
mod mend;
mod obstacle;
mod plan;
mod summary;
mod write;

pub use error::FixError;
pub use mend::Mend;
pub use obstacle::Obstacle;
pub use plan::Fix;
pub use summary::summary;
