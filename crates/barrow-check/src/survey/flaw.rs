//! What is wrong with an archive as such.

use std::io;

use barrow_core::zip::{CheckZipError, InflateError, ReadZipError};
use barrow_model::EntryPath;
use barrow_model::entry_path::EntryPathError;

/// One thing that is wrong with an archive, or odd. Names are as messages show them.
#[derive(Debug)]
pub enum Flaw {
    /// Its directory cannot be made out.
    Unreadable {
        source: ReadZipError,
        /// What the file begins as.
        start: Start,
    },
    /// Its directory can be made out, but nothing that it lists was read.
    Excessive(Excess),
    /// It can be read, but not every reader reads it alike.
    Unsound(CheckZipError),
    /// An entry's bytes are not what the directory promises.
    Damaged { name: String, source: InflateError },
    /// A file or folder on disk that cannot be read; the empty name is the folder itself.
    Closed { name: String, source: io::Error },
    /// An entry's name is no path inside a package.
    Name {
        name: String,
        source: EntryPathError,
        /// The path that was meant, where that is plain: the file is surveyed under it.
        meant: Option<EntryPath>,
    },
    /// It ends in a ZIP64 record, although the plain one would do.
    NeedlessZip64End,
    /// An entry is written in a way that few writers choose.
    Odd { name: String, oddity: Oddity },
}

/// What the first bytes of a file say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// There are none.
    Empty,
    Zip,
    /// Another format, with its article: `a gzip file`.
    Other(&'static str),
    Unknown,
}

/// Why the files of a package were not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    Entries { count: usize, limit: usize },
    Bytes { unzipped: u64, zipped: u64 },
}

/// What an entry's record in the directory has that it does not need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Made by, or needing, a version of the format that its content does not ask for.
    OverstatedVersion,
    /// Stored, with its size written only behind its data.
    StoredStream,
    /// Sizes or an offset of 64 bits, although 32 would do.
    NeedlessZip64,
    /// A name that is UTF-8 beyond ASCII, and does not say so.
    UnmarkedName,
    /// A name that is not UTF-8, and so in some code that it does not name.
    UnknownName,
    /// Neither a file, nor a folder, nor a symbolic link: a device, a socket, a pipe.
    SpecialFile,
}

impl Start {
    /// As far as the mark of a tar file.
    pub(super) const BYTES: usize = 262;

    pub(super) fn of(bytes: &[u8]) -> Self {
        const FORMATS: [(usize, &[u8], &str); 9] = [
            (0, b"\x1f\x8b", "a gzip file"),
            (0, b"BZh", "a bzip2 file"),
            (0, b"\xfd7zXZ\0", "an xz file"),
            (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
            (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
            (0, b"Rar!", "a rar archive"),
            (257, b"ustar", "a tar archive"),
            (0, b"<", "a page of HTML or XML"),
            (0, b"{", "JSON"),
        ];
        if bytes.is_empty() {
            return Self::Empty;
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Self::Zip;
        }
        let is_format = |&&(at, mark, _): &&(usize, &[u8], &str)| {
            bytes.get(at..).is_some_and(|rest| rest.starts_with(mark))
        };
        FORMATS
            .iter()
            .find(is_format)
            .map_or(Self::Unknown, |(.., name)| Self::Other(name))
    }
}
