//! What was mended, for the user to read.

use std::fmt;

use barrow_model::EntryPath;

use crate::survey::flaw::Oddity;

/// One thing that the new package has otherwise than the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// The folder that everything was in is gone.
    Unwrapped { folder: String, files: usize },
    /// A name that had backslashes, parts that say nothing, or no mark as UTF-8.
    Renamed { from: String, to: EntryPath },
    /// Permission bits. `None` where the zip had none.
    Mode {
        path: EntryPath,
        from: Option<u32>,
        to: u32,
    },
    /// Of several files with one path, the last in the archive stays.
    Duplicate { path: EntryPath, dropped: usize },
    /// What a link leads to stands in its place.
    Link { path: EntryPath, target: String },
    /// Bytecode that the target's Python would not use.
    Bytecode { path: EntryPath },
    /// Entries for folders, which Lambda makes by itself.
    Folders { dropped: usize },
    /// Bytes in front of the archive and behind it.
    Around { bytes: u64 },
    /// The archive's end record.
    Zip64End,
    /// Records that said more than they need, or said it in an uncommon place.
    Records { oddity: Oddity, files: usize },
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unwrapped { folder, files } => {
                write!(f, "{} out of `{folder}/`", counted(*files, "file"))
            }
            Self::Renamed { from, to } => write!(f, "`{from}` is now `{to}`"),
            Self::Mode {
                path,
                from: Some(from),
                to,
            } => write!(f, "`{path}` has mode {to:04o} instead of {from:04o}"),
            Self::Mode { path, to, .. } => write!(f, "`{path}` has mode {to:04o}"),
            Self::Duplicate { path, dropped } => write!(
                f,
                "`{path}` is there once; {} left out",
                counted(*dropped, "earlier file")
            ),
            Self::Link { path, target } => {
                write!(
                    f,
                    "`{path}` is a copy of `{target}` instead of a link to it"
                )
            }
            Self::Bytecode { path } => write!(f, "`{path}` is left out"),
            Self::Folders { dropped } => {
                write!(f, "{} left out", counted(*dropped, "folder entry"))
            }
            Self::Around { bytes } => {
                write!(
                    f,
                    "{bytes} bytes in front of the archive and behind it left out"
                )
            }
            Self::Zip64End => f.write_str("the archive ends in a plain record"),
            Self::Records { oddity, files } => {
                let what = match oddity {
                    Oddity::OverstatedVersion => "the version of the format that it needs",
                    Oddity::StoredStream => "its size in front",
                    Oddity::NeedlessZip64 => "plain numbers",
                    Oddity::UnmarkedName => "its name marked as UTF-8",
                    Oddity::UnknownName => "its name in UTF-8",
                    Oddity::SpecialFile => "the mode of a file",
                };
                write!(f, "{} with {what}", counted(*files, "file"))
            }
        }
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}
