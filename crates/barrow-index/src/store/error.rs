//! What can go wrong with the cache.

use std::io;

use barrow_model::{Explain, Fault};
use camino::Utf8PathBuf;

/// Why the cache could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot use `{path}` as the cache")]
    Open {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot read `{path}` in the cache")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot write `{path}` in the cache")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot remove `{path}` from the cache")]
    Remove {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("the cache at `{path}` is in use by another barrow")]
    InUse { path: Utf8PathBuf },
}

impl Explain for StoreError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Open { .. } => {
                vec!["name another directory with `--cache-dir` or `BARROW_CACHE_DIR`".to_owned()]
            }
            Self::Write { source, .. } if is_full(source) => vec![
                "make room on that disk; `barrow cache prune` removes what was not used lately"
                    .to_owned(),
            ],
            Self::InUse { .. } => {
                vec!["run the command again when the other one is done".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

/// Whether there is no room left, by the disk's or by the user's limit.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
