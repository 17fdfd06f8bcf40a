//! Why a layer could not be unpacked.

use std::io;

use barrow_model::{Explain, Fault};

use super::root::OpenError;
use crate::error::shown;
use crate::store::room_hints;

/// Why a layer could not be unpacked. Names are shown as far as they are text.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("cannot read its bytes; expected an archive, plain or compressed with gzip or zstd")]
    Damaged { source: io::Error },
    #[error("`{name}` {problem}; expected a path inside of the image")]
    Name { name: String, problem: &'static str },
    #[error("`{name}` {problem}")]
    Entry { name: String, problem: String },
    #[error("the image holds more than {limit}")]
    TooLarge { limit: String },
    #[error("cannot write `{name}` of the image")]
    Write { name: String, source: io::Error },
    #[error("it was not unpacked because something else failed")]
    Abandoned,
}

impl UnpackError {
    pub(super) fn damaged(source: io::Error) -> Self {
        // Some of these texts quote what they could not read.
        let text = source.to_string();
        let plain = text.len() < 100 && !text.contains(char::is_control);
        let garbled = || io::Error::new(source.kind(), "a header is garbled");
        Self::Damaged {
            source: if plain { source } else { garbled() },
        }
    }

    pub(super) fn entry(name: &[u8], problem: impl Into<String>) -> Self {
        Self::Entry {
            name: shown(name),
            problem: problem.into(),
        }
    }

    pub(super) fn write(name: &[u8], source: impl Into<io::Error>) -> Self {
        Self::Write {
            name: shown(name),
            source: source.into(),
        }
    }

    pub(super) fn open(name: &[u8], error: OpenError) -> Self {
        match error {
            OpenError::NotADirectory => Self::entry(name, "lies below something that is a file"),
            OpenError::Links => Self::entry(name, "lies behind links that lead in circles"),
            OpenError::Depth => Self::entry(name, "lies too many directories deep"),
            OpenError::System(error) => Self::write(name, error),
        }
    }
}

impl Explain for UnpackError {
    fn fault(&self) -> Fault {
        match self {
            // Longer than the system takes.
            Self::Write { source, .. } if source.kind() == io::ErrorKind::InvalidFilename => {
                Fault::Input
            }
            Self::Write { .. } | Self::Abandoned => Fault::Machine,
            _ => Fault::Input,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Write { source, .. } => room_hints(source),
            _ => Vec::new(),
        }
    }
}
