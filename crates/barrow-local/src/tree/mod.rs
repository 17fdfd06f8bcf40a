//! Packages as directories: unpacked once, kept by digest, shown to functions read-only.
//!
//! Lambda extracts a package with the modes that it has, as another user than the function's. What
//! the function could not read there, it cannot read here.

mod error;
mod keep;
pub mod shelf;
mod unpack;

pub use error::UnpackError;
pub use keep::{FOLDER, Package, unpacked};
pub use unpack::unpack;
