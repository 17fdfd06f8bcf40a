//! Why nothing could be picked.

use barrow_model::{Explain, Fault, PackageName, Target};

use super::{MarkerError, offer};
use crate::resolve::advice;

#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    #[error(transparent)]
    NoWheel(Box<NoWheel>),
    #[error("the lock is for Python {required}; expected one for {target}")]
    OtherPython { required: String, target: Target },
    #[error("the lock is for other environments; expected one for {target}")]
    OtherEnvironment {
        environments: Vec<String>,
        target: Target,
    },
    #[error("the lock has both `{name} {}` and `{name} {}` for the target", versions[0], versions[1])]
    Twice {
        name: PackageName,
        versions: [String; 2],
    },
    #[error("the lock's `requires-python` is `{seen}`; expected version specifiers")]
    RequiresPython {
        seen: String,
        source: Box<pep440_rs::VersionSpecifiersParseError>,
    },
    #[error("cannot tell whether the lock is for the target")]
    Environment { source: MarkerError },
    #[error("cannot tell whether `{name}` is needed")]
    Marker {
        name: PackageName,
        source: MarkerError,
    },
}

/// A package that has wheels, and none of them for the target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no wheel of `{}` fits {target}", self.package())]
pub struct NoWheel {
    pub name: PackageName,
    pub version: Option<String>,
    pub target: Target,
    /// File names of the wheels that there are.
    pub offered: Vec<String>,
    /// The requirement that asks for it: `tiles 0.9` or `requirements.txt:7`.
    pub needed_by: Option<String>,
}

impl NoWheel {
    fn package(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.name),
            None => self.name.to_string(),
        }
    }
}

impl SelectError {
    /// Adds where the package is asked for, as far as `place` knows.
    #[must_use]
    pub fn needed_by(mut self, place: impl Fn(&PackageName) -> Option<String>) -> Self {
        if let Self::NoWheel(no_wheel) = &mut self {
            no_wheel.needed_by = place(&no_wheel.name);
        }
        self
    }
}

impl Explain for NoWheel {
    fn fault(&self) -> Fault {
        Fault::Input
    }

    fn details(&self) -> Vec<String> {
        let mut details = vec![offer::describe(&self.offered, self.target)];
        details.extend(
            self.needed_by
                .as_ref()
                .map(|place| format!("needed by `{place}`")),
        );
        details
    }

    fn hints(&self) -> Vec<String> {
        let replacement = advice::replacement(&self.name).map(str::to_owned);
        replacement
            .into_iter()
            .chain(offer::newer_runtime(&self.offered, self.target))
            .take(2)
            .collect()
    }
}

impl Explain for SelectError {
    fn fault(&self) -> Fault {
        Fault::Input
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::NoWheel(no_wheel) => no_wheel.details(),
            Self::OtherEnvironment { environments, .. } => environments
                .iter()
                .map(|marker| format!("it is for `{marker}`"))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::NoWheel(no_wheel) => no_wheel.hints(),
            Self::OtherPython { target, .. } | Self::OtherEnvironment { target, .. } => {
                vec![format!(
                    "lock again with `barrow lock --runtime {} --arch {}`",
                    target.runtime, target.arch
                )]
            }
            _ => Vec::new(),
        }
    }
}
