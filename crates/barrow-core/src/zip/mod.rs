//! The zip format, both directions. Offsets and sizes are bytes from the start of the archive.
//!
//! Reading has two levels. [`Directory::read`] takes any archive whose directory can be made out,
//! and [`Directory::examine`] says all that is wrong with it, so that a foreign zip can be judged;
//! [`Directory::spans`] takes only what every unzipper reads alike, which is what a wheel must be
//! before a byte of it is copied.

pub mod check_error;
pub mod deflate;
pub mod directory;
pub mod dos_time;
pub mod end;
pub mod entry;
pub mod examine;
pub mod extra;
pub mod inflate;
pub mod local;
pub mod method;
pub mod name;
pub mod read_error;
pub mod recode;
pub mod record;
pub mod scratch;
pub mod spans;
pub mod write;

mod faults;

pub use check_error::CheckZipError;
pub use directory::Directory;
pub use dos_time::DosTime;
pub use entry::Entry;
pub use examine::Examination;
pub use inflate::{InflateError, Inflater, copy_verified};
pub use method::Method;
pub use read_error::ReadZipError;
pub use recode::{RecodeError, recode};
pub use scratch::Scratch;
pub use write::{PackageWriter, WriteZipError};

/// Where an entry's compressed bytes lie in their archive, and what they give.
///
/// All of it comes from a central directory whose local header agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    pub offset: u64,
    pub compressed_bytes: u64,
    pub uncompressed_bytes: u64,
    pub crc32: u32,
    pub method: Method,
}
