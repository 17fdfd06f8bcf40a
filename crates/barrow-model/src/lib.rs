//! The words everyone uses, in reading order.
//!
//! No I/O, no clock, next to no dependencies: what lives here is arithmetic on names and numbers.
//! Sizes are bytes, paths are paths inside a package, and every number of Lambda's carries the
//! place it came from.

pub mod arch;
pub mod digest;
pub mod entry_path;
pub mod fault;
pub mod function;
pub mod handler;
pub mod limits;
pub mod package_name;
pub mod runtime;
pub mod size;
pub mod tags;
pub mod target;
pub mod wheel_name;

pub use arch::Arch;
pub use digest::Sha256;
pub use entry_path::EntryPath;
pub use fault::{Explain, Fault};
pub use function::{EphemeralStorage, MemorySize, Timeout};
pub use handler::Handler;
pub use package_name::PackageName;
pub use runtime::Runtime;
pub use size::Bytes;
pub use tags::TargetTags;
pub use target::Target;
pub use wheel_name::WheelName;
