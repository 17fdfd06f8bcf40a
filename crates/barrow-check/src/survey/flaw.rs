//! What is wrong with an archive as such.

use barrow_core::zip::{CheckZipError, InflateError, ReadZipError};
use barrow_model::EntryPath;
use barrow_model::entry_path::EntryPathError;

/// One thing that is wrong with an archive, or odd. Names are as messages show them.
#[derive(Debug)]
pub enum Flaw {
    /// Its directory cannot be made out.
    Unreadable(ReadZipError),
    /// Its directory can be made out, but nothing that it lists was read.
    Excessive(Excess),
    /// It can be read, but not every reader reads it alike.
    Unsound(CheckZipError),
    /// An entry's bytes are not what the directory promises.
    Damaged { name: String, source: InflateError },
    /// An entry's name is no path inside a package.
    Name {
        name: String,
        source: EntryPathError,
        /// The path that was meant, where that is plain: the file is surveyed under it.
        meant: Option<EntryPath>,
    },
    /// An entry is written in a way that few writers choose.
    Odd { name: String, oddity: Oddity },
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
    /// A name that is not ASCII and does not say that it is UTF-8.
    UnmarkedName,
    /// Neither a file, nor a folder, nor a symbolic link: a device, a socket, a pipe.
    SpecialFile,
}
