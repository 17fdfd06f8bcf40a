//! What can go wrong with the store.

use std::io;

use barrow_model::{Explain, Fault};
use camino::{Utf8Path, Utf8PathBuf};

/// Why the store of images could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot keep images in `{path}`")]
    Open {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot write `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot remove `{path}`")]
    Remove {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot lock `{path}`")]
    Lock {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

impl StoreError {
    pub(crate) fn open(path: &Utf8Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Open { path, source }
    }

    pub(crate) fn read(path: &Utf8Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Read { path, source }
    }

    pub(crate) fn write(path: &Utf8Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Write { path, source }
    }

    pub(crate) fn remove(path: &Utf8Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Remove { path, source }
    }

    pub(crate) fn lock(path: &Utf8Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Lock { path, source }
    }
}

impl Explain for StoreError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Write { source, .. } => room_hints(source),
            _ => Vec::new(),
        }
    }
}

/// What helps where there is no room left, by the disk's or by the user's limit.
pub(crate) fn room_hints(error: &io::Error) -> Vec<String> {
    let full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    );
    let hint = "make room on that disk; an image needs its unpacked size and some of its layers'";
    full.then(|| hint.to_owned()).into_iter().collect()
}
