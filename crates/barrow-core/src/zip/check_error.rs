//! Why an archive that can be read is not sound.

use std::io;

use barrow_model::{Explain, Fault};

use super::method;

/// Why a readable archive is not one that all readers would read alike.
#[derive(Debug, thiserror::Error)]
pub enum CheckZipError {
    #[error("cannot read the archive")]
    Read { source: io::Error },
    #[error("{bytes} bytes were put in front of the archive; expected it to start the file")]
    Prepended { bytes: u64 },
    #[error("{bytes} bytes follow the archive; expected it to end the file")]
    Trailing { bytes: u64 },
    #[error("the archive's comment holds another end record; expected none")]
    SecondEnd,
    #[error("the ZIP64 end record and the plain one disagree about the directory")]
    EndsDisagree,
    #[error("the directory has {actual} entries; the end record promises {promised}")]
    EntryCount { promised: u64, actual: u64 },
    #[error("`{name}` is listed twice")]
    Duplicate { name: String },
    #[error("the name `{name}` is marked as UTF-8 and is not")]
    NameEncoding { name: String },
    #[error("`{name}` has a second name, `{other}`; expected the same name in all places")]
    SecondName { name: String, other: String },
    #[error("`{name}` has a damaged extra field")]
    Extra { name: String },
    #[error("`{name}` is encrypted")]
    Encrypted { name: String },
    /// The archive may be sound all the same, and [`recode`](super::recode()) may help.
    #[error(
        "`{name}` is compressed with {} (method {method}); expected deflate or stored",
        method::name(*method)
    )]
    Method { name: String, method: u16 },
    #[error(
        "`{name}` is stored in {compressed} bytes and promises {uncompressed}; expected equal numbers"
    )]
    StoredSizes {
        name: String,
        compressed: u64,
        uncompressed: u64,
    },
    #[error("no local header for `{name}` at byte {offset}")]
    NoLocalHeader { name: String, offset: u64 },
    #[error("the local header of `{name}` has another {}", .mismatch.text())]
    LocalHeader { name: String, mismatch: Mismatch },
    #[error("the data descriptor of `{name}` does not repeat its sizes and CRC-32")]
    Descriptor { name: String },
    #[error("`{first}` and `{second}` overlap at byte {at}")]
    Overlap {
        first: String,
        second: String,
        at: u64,
    },
    #[error("`{name}` runs to byte {end}, but the directory starts at byte {directory}")]
    OverlapsDirectory {
        name: String,
        end: u64,
        directory: u64,
    },
}

/// What a local header says otherwise than the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    Name,
    Flags,
    Method,
    Crc32,
    CompressedSize,
    UncompressedSize,
}

impl Mismatch {
    pub fn text(self) -> &'static str {
        match self {
            Self::Name => "name than the directory",
            Self::Flags => "set of flags than the directory",
            Self::Method => "compression method than the directory",
            Self::Crc32 => "CRC-32 than the directory",
            Self::CompressedSize => "compressed size than the directory",
            Self::UncompressedSize => "uncompressed size than the directory",
        }
    }
}

impl Explain for CheckZipError {
    fn fault(&self) -> Fault {
        match self {
            Self::Read { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }
}
