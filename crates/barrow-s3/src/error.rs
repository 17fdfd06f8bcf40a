//! What the users of this crate are told when something cannot be had.

use std::io;

use barrow_model::{Explain, Fault};
use camino::Utf8PathBuf;

/// Why a storage could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot use the folder `{folder}` for S3")]
    Folder {
        folder: Utf8PathBuf,
        source: io::Error,
    },
    #[error("the S3 folder `{folder}` is in use by another process")]
    InUse { folder: Utf8PathBuf },
    #[error("cannot read the S3 records in `{folder}`")]
    Database {
        folder: Utf8PathBuf,
        source: rusqlite::Error,
    },
    #[error(
        "the S3 records in `{folder}` have format {seen}; this program knows formats up to {known}"
    )]
    Newer {
        folder: Utf8PathBuf,
        seen: usize,
        known: usize,
    },
}

impl Explain for OpenError {
    fn fault(&self) -> Fault {
        match self {
            Self::InUse { .. } | Self::Newer { .. } => Fault::Input,
            Self::Folder { .. } | Self::Database { .. } => Fault::Machine,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::InUse { .. } => {
                vec!["stop the other process, or choose another folder".to_owned()]
            }
            Self::Newer { .. } => {
                vec!["use the newer version that wrote them, or another folder".to_owned()]
            }
            Self::Folder { .. } | Self::Database { .. } => Vec::new(),
        }
    }
}

/// Why there is no object to be had, in S3's words.
#[derive(Debug, thiserror::Error)]
pub enum NoObject {
    #[error("The specified bucket does not exist")]
    NoSuchBucket,
    #[error("The specified key does not exist.")]
    NoSuchKey,
    #[error("The specified version does not exist.")]
    NoSuchVersion,
    #[error("Invalid version id specified")]
    InvalidVersion,
    /// The version is a delete marker.
    #[error("The specified method is not allowed against this resource.")]
    DeleteMarker,
    #[error("Access Denied")]
    AccessDenied,
    #[error("We encountered an internal error. Please try again.")]
    Internal { source: io::Error },
}

impl NoObject {
    /// S3's name for it, as in `<Code>NoSuchKey</Code>`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchBucket => "NoSuchBucket",
            Self::NoSuchKey => "NoSuchKey",
            Self::NoSuchVersion => "NoSuchVersion",
            Self::InvalidVersion => "InvalidArgument",
            Self::DeleteMarker => "MethodNotAllowed",
            Self::AccessDenied => "AccessDenied",
            Self::Internal { .. } => "InternalError",
        }
    }
}

impl Explain for NoObject {
    fn fault(&self) -> Fault {
        match self {
            Self::Internal { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }
}
