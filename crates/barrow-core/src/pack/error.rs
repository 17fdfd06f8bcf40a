//! What can go wrong between a plan and its package.

use std::io;

use barrow_model::{Bytes, Explain, Fault};

use crate::zip::WriteZipError;

/// Why a package could not be packed. What was written of it by then is of no use.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("cannot open `{wheel}`")]
    OpenWheel { wheel: String, source: io::Error },
    #[error("cannot read `{entry}` from `{wheel}`")]
    ReadWheel {
        wheel: String,
        entry: String,
        source: io::Error,
    },
    #[error("cannot open `{file}`")]
    OpenFile { file: String, source: io::Error },
    #[error("cannot read `{file}`")]
    ReadFile { file: String, source: io::Error },
    #[error("`{file}` now has {actual}; it had {planned} when the package was planned",
        actual = Bytes(*actual), planned = Bytes(*planned))]
    Resized {
        file: String,
        actual: u64,
        planned: u64,
    },
    #[error("`{file}` changed while it was packed")]
    Changed { file: String },
    #[error("cannot use a temporary file")]
    Scratch { source: io::Error },
    #[error("cannot write the package")]
    Write {
        #[from]
        source: WriteZipError,
    },
}

impl Explain for PackError {
    fn fault(&self) -> Fault {
        match self {
            Self::Resized { .. } | Self::Changed { .. } => Fault::Input,
            _ => Fault::Machine,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Resized { .. } | Self::Changed { .. } => {
                vec!["run the command again once nothing writes to the project".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}
