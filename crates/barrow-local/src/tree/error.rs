//! Why a package cannot be a directory.

use std::io;

use barrow_core::zip::{CheckZipError, InflateError, ReadZipError};
use barrow_model::{Explain, Fault};
use camino::Utf8PathBuf;

/// Why a package could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("cannot read `{package}`")]
    Open {
        package: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{package}` is not a zip that can be read")]
    Directory {
        package: Utf8PathBuf,
        source: ReadZipError,
    },
    #[error("`{package}` is not a zip that every reader reads alike")]
    Spans {
        package: Utf8PathBuf,
        source: CheckZipError,
    },
    #[error("`{package}` has `{entry}`, which {why}")]
    Entry {
        package: Utf8PathBuf,
        entry: String,
        why: String,
    },
    #[error("`{package}` has `{entry}`, whose data is damaged")]
    Inflate {
        package: Utf8PathBuf,
        entry: String,
        source: InflateError,
    },
    #[error("cannot write `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

impl Explain for UnpackError {
    fn fault(&self) -> Fault {
        match self {
            Self::Open { .. } | Self::Write { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }
}
