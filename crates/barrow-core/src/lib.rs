//! Bytes in, bytes out: from wheels to a package.
//!
//! ```text
//! wheel bytes ─▶ zip::Directory ─▶ wheel::verify ─▶ Wheel ─┐
//! project files ───────────────────────────────────────────┴▶ Plan ─▶ pack ─▶ package bytes
//! ```
//!
//! No network, no clock, no environment, no terminal. Whatever is read comes through [`ReadAt`],
//! whatever is written goes through `Write`; time and threads arrive as arguments.

pub mod pack;
pub mod plan;
pub mod read_at;
#[doc(hidden)]
pub mod testing;
pub mod trace;
pub mod wheel;
pub mod zip;

pub use plan::Plan;
pub use read_at::ReadAt;
pub use wheel::Wheel;
