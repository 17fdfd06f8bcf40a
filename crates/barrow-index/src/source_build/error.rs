//! Why a source did not become a wheel.

use std::io;

use barrow_model::{Explain, Fault, PackageName, Target};
use camino::Utf8PathBuf;

use crate::resolve::program::FindUvError;
use crate::store::{AdmitError, StoreError};

/// Why there is no wheel to be had from a source.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("cannot build `{what}`: there is no uv to build it with")]
    FindUv { what: String, source: FindUvError },
    #[error("cannot run `{program}`")]
    Run { program: String, source: io::Error },
    #[error("cannot build `{what}` from source")]
    Failed {
        what: String,
        output: Vec<String>,
        hints: Vec<String>,
    },
    #[error("`{what}` compiles code for this machine; expected a wheel for any platform")]
    Compiled {
        what: String,
        seen: String,
        hints: Vec<String>,
    },
    #[error("the build of `{what}` gave `{seen}`, which does not fit {target}")]
    OtherPython {
        what: String,
        seen: String,
        target: Target,
    },
    #[error("the build of `{what}` gave `{seen}`; expected a wheel of `{expected}`")]
    OtherName {
        what: String,
        seen: String,
        expected: PackageName,
    },
    #[error("the build of `{what}` gave `{seen}`; expected a wheel")]
    NotAWheel { what: String, seen: String },
    #[error("cannot check out `{commit}` of `{url}`")]
    Git {
        url: String,
        commit: String,
        output: Vec<String>,
    },
    #[error("cannot unpack the source of `{what}`")]
    Unpack { what: String, output: Vec<String> },
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot use the wheel that was built")]
    Admit(#[from] AdmitError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Explain for BuildError {
    fn fault(&self) -> Fault {
        match self {
            Self::FindUv { source, .. } => source.fault(),
            Self::Run { .. } | Self::Git { .. } => Fault::Machine,
            Self::Admit(error) => error.fault(),
            Self::Store(error) => error.fault(),
            _ => Fault::Input,
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Failed { output, .. }
            | Self::Git { output, .. }
            | Self::Unpack { output, .. } => output.clone(),
            Self::Compiled { seen, .. } => vec![format!("its build gave `{seen}`")],
            Self::Admit(error) => error.details(),
            Self::Store(error) => error.details(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::FindUv { source, .. } => source.hints(),
            Self::Failed { hints, .. } | Self::Compiled { hints, .. } => hints.clone(),
            Self::OtherPython { target, .. } => vec![format!(
                "install Python {}, which uv then builds with",
                target.runtime.python_version()
            )],
            Self::Run { program, .. } => vec![format!("install `{program}`, or put it on PATH")],
            Self::Admit(error) => error.hints(),
            Self::Store(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}
