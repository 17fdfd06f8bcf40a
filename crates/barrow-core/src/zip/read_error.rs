//! Why the directory of an archive cannot be made out.

use std::io;

use barrow_model::{Explain, Fault};

/// Why the directory of an archive cannot be made out.
#[derive(Debug, thiserror::Error)]
pub enum ReadZipError {
    #[error("cannot read the archive")]
    Read { source: io::Error },
    #[error("{bytes} bytes without the record that ends a zip; expected a whole zip archive")]
    NoEnd { bytes: u64 },
    #[error("the archive's comment has {present} bytes; the end record promises {promised}")]
    CommentOverrun { promised: u16, present: u64 },
    #[error("no ZIP64 end record at byte {offset}, where its locator points")]
    NoEnd64 { offset: u64 },
    #[error("the archive is one of several volumes; expected a single file")]
    Split,
    #[error("the directory has {bytes} bytes; expected at most {limit}")]
    TooLarge { bytes: u64, limit: u64 },
    #[error(
        "the end record at byte {end} promises a directory of {bytes} bytes from byte {offset} on; expected the directory to end where the record starts"
    )]
    Outside { bytes: u64, offset: u64, end: u64 },
    #[error("no entry {number} at byte {at} of the directory, which goes on to byte {bytes}")]
    Entry {
        number: usize,
        at: usize,
        bytes: usize,
    },
    #[error(
        "entry {number} of the directory refers to a ZIP64 size or offset that it does not have"
    )]
    Zip64 { number: usize },
}

impl Explain for ReadZipError {
    fn fault(&self) -> Fault {
        match self {
            Self::Read { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }
}
