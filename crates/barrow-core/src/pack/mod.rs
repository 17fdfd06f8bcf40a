//! From a plan to the bytes of a package.
//!
//! ```text
//! wheels ──▶ Window ──▶ PackageWriter ──▶ Blocks ──▶ output
//! files ──▶ Ahead ──────────┘                └─────▶ SHA-256, on a thread of its own
//! ```
//!
//! Spliced entries are read straight into the blocks that are written; nothing of them is looked
//! at. The same plan over the same bytes gives the same package, whatever the number of threads.

mod ahead;
mod blocks;
mod error;
mod origins;
mod package;
mod window;

pub use error::PackError;
pub use origins::{Origins, PackProgress};
pub use package::{PackOptions, Packed, pack};

pub use crate::zip::{DosTime, Scratch};
