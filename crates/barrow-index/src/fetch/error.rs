//! Why wheels are missing, all of them at once.

use barrow_model::{Explain, Fault, Sha256};
use camino::Utf8PathBuf;

use crate::address::without_userinfo;
use crate::client::ClientError;
use crate::lock::Location;
use crate::source_build::BuildError;
use crate::store::{AdmitError, StoreError};

/// Why not every wheel is in the store now. Those that did arrive are.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("{} not in the cache, and nothing may be downloaded", count(.files.len()))]
    Offline { files: Vec<String> },
    #[error(transparent)]
    One(Box<FetchFailure>),
    #[error("cannot fetch {} files", .failures.len())]
    Several { failures: Vec<FetchFailure> },
}

/// Why one wheel is missing.
#[derive(Debug, thiserror::Error)]
pub enum FetchFailure {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("`{file}` is not the file that the lock names")]
    Digest {
        file: String,
        from: String,
        actual: Sha256,
        expected: Sha256,
    },
    #[error("`{file}` is not the name of a wheel")]
    Name { file: String },
    #[error("cannot read `{path}`")]
    Local {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Admit(#[from] AdmitError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FetchError {
    pub(super) fn from_failures(mut failures: Vec<FetchFailure>) -> Self {
        if failures.len() == 1 {
            Self::One(Box::new(failures.remove(0)))
        } else {
            Self::Several { failures }
        }
    }

    fn failures(&self) -> &[FetchFailure] {
        match self {
            Self::Offline { .. } => &[],
            Self::One(failure) => std::slice::from_ref(failure),
            Self::Several { failures } => failures,
        }
    }
}

impl FetchFailure {
    /// Whether the other files would fail in the same way, and perhaps slowly.
    pub(super) fn is_everybodys(&self) -> bool {
        match self {
            Self::Client(ClientError::Write { .. })
            | Self::Store(_)
            | Self::Admit(AdmitError::Store(_))
            | Self::Build(BuildError::Store(_)) => true,
            Self::Client(error) => error.is_unreachable(),
            _ => false,
        }
    }

    /// Whether this is but the echo of another failure.
    pub(super) fn is_echo(&self) -> bool {
        matches!(self, Self::Client(ClientError::Stopped { .. }))
    }

    /// The message with all its causes, on one line.
    fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}

impl Explain for FetchError {
    /// The machine's where it is at all, since repairing the input would not be enough.
    fn fault(&self) -> Fault {
        let machine = |failure: &FetchFailure| failure.fault() == Fault::Machine;
        if self.failures().is_empty() || self.failures().iter().any(machine) {
            Fault::Machine
        } else {
            Fault::Input
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Offline { files } => files.clone(),
            Self::One(failure) => failure.details(),
            Self::Several { failures } => {
                let told = |failure: &FetchFailure| {
                    let mut lines = vec![failure.line()];
                    lines.extend(failure.details().iter().map(|line| format!("  {line}")));
                    lines
                };
                failures.iter().flat_map(told).collect()
            }
        }
    }

    fn hints(&self) -> Vec<String> {
        if let Self::Offline { .. } = self {
            return vec!["run the command once without `--offline`".to_owned()];
        }
        let mut hints: Vec<String> = Vec::new();
        for hint in self.failures().iter().flat_map(Explain::hints) {
            if !hints.contains(&hint) && hints.len() < 2 {
                hints.push(hint);
            }
        }
        hints
    }
}

impl Explain for FetchFailure {
    fn fault(&self) -> Fault {
        match self {
            Self::Client(error) => error.fault(),
            Self::Digest { .. } | Self::Name { .. } | Self::Local { .. } => Fault::Input,
            Self::Admit(error) => error.fault(),
            Self::Build(error) => error.fault(),
            Self::Store(error) => error.fault(),
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Digest {
                from,
                actual,
                expected,
                ..
            } => vec![
                format!("it came from {from}"),
                format!("its SHA-256 is {actual}"),
                format!("expected        {expected}"),
            ],
            Self::Client(error) => error.details(),
            Self::Admit(error) => error.details(),
            Self::Build(error) => error.details(),
            Self::Store(error) => error.details(),
            Self::Name { .. } | Self::Local { .. } => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Client(error) => error.hints(),
            Self::Digest { .. } => vec![
                "nothing of it was kept; if the file was replaced on purpose, `--upgrade` locks it anew"
                    .to_owned(),
            ],
            Self::Admit(error) => error.hints(),
            Self::Build(error) => error.hints(),
            Self::Store(error) => error.hints(),
            Self::Name { .. } | Self::Local { .. } => Vec::new(),
        }
    }
}

/// A location for eyes.
pub(super) fn shown(location: &Location) -> String {
    match location {
        Location::Url(url) => without_userinfo(url),
        Location::Path(path) => path.to_string(),
    }
}

fn count(files: usize) -> String {
    match files {
        1 => "1 file is".to_owned(),
        _ => format!("{files} files are"),
    }
}
