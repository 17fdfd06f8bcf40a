//! Why requirements could not be fixed to versions.

use std::io;

use barrow_model::{Explain, Fault, PackageName, Target};
use camino::Utf8PathBuf;

use super::failure::FailureKind;
use super::{Failure, FindUvError, advice};
use crate::lock::ReadLockError;
use crate::lock::pylock::{ReadPylockError, Stale};
use crate::requirement::{FingerprintError, HashError, ReadRequirementsError};
use crate::select::NoWheel;

#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    #[error(transparent)]
    Requirements(#[from] ReadRequirementsError),
    #[error(transparent)]
    Fingerprint(#[from] FingerprintError),
    #[error(transparent)]
    Pylock(#[from] ReadPylockError),
    #[error(transparent)]
    Lock(#[from] ReadLockError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    FindUv(#[from] FindUvError),
    #[error("`{path}` does not hold any more")]
    Stale {
        path: Utf8PathBuf,
        source: Stale,
        target: Target,
    },
    #[error("`{path}` is not in step with `pyproject.toml`")]
    StaleForeign {
        path: Utf8PathBuf,
        update: &'static str,
    },
    #[error("no set of versions meets all requirements for {target}")]
    NoSolution { target: Target, failure: Failure },
    #[error(transparent)]
    NoWheel(Box<NoWheel>),
    #[error("{} exists only as source that cannot be built here", package(name.as_ref()))]
    NeedsBuild {
        name: Option<PackageName>,
        failure: Failure,
    },
    #[error("resolving needs the network, which is off")]
    Offline { failure: Failure },
    #[error("the index cannot be reached")]
    Network { failure: Failure },
    #[error("uv cannot resolve the requirements: {}", failure.message)]
    Uv { failure: Failure },
    #[error("cannot run `{program}`")]
    Run {
        program: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot write files for uv")]
    Scratch { source: io::Error },
    #[error("uv was asked {calls} times and did not come to an end")]
    NoEnd { calls: usize },
    #[error("uv has written a lock that cannot be read")]
    BadAnswer { source: Box<ReadPylockError> },
}

fn package(name: Option<&PackageName>) -> String {
    name.map_or_else(|| "a requirement".to_owned(), |name| format!("`{name}`"))
}

impl ResolveError {
    /// The error for a failure that nothing can be done about.
    pub(super) fn of(failure: Failure, target: Target) -> Self {
        match failure.kind() {
            FailureKind::NoSolution | FailureKind::OtherWheels(_) | FailureKind::SourceOnly(_) => {
                Self::NoSolution { target, failure }
            }
            FailureKind::Build(name) => Self::NeedsBuild { name, failure },
            FailureKind::Offline => Self::Offline { failure },
            FailureKind::Network => Self::Network { failure },
            FailureKind::UnnamedSource | FailureKind::Interpreter | FailureKind::Other => {
                Self::Uv { failure }
            }
        }
    }
}

/// What a build backend says can be long; its end tells what went wrong.
const LINES_LIMIT: usize = 12;

fn last_lines(failure: &Failure) -> Vec<String> {
    let lines = failure.lines();
    lines[lines.len().saturating_sub(LINES_LIMIT)..].to_vec()
}

/// uv's hints that hold for us as well; the others name options of uv.
fn own_hints(failure: &Failure) -> Vec<String> {
    let holds = |hint: &&String| !hint.contains("`--") && !hint.contains("network was disabled");
    let hints = failure.hints.iter().filter(holds);
    hints.take(2).cloned().collect()
}

/// What uv says of `--python-version`, which here is the runtime's.
fn runtime_hint(failure: &Failure, target: Target) -> Option<String> {
    let is_about_python = |hint: &String| hint.contains("`--python-version`");
    failure.hints.iter().any(is_about_python).then(|| {
        format!(
            "ask for versions that support {}, or choose a newer runtime with `--runtime`",
            target.runtime
        )
    })
}

impl Explain for ResolveError {
    fn fault(&self) -> Fault {
        match self {
            Self::FindUv(_)
            | Self::Offline { .. }
            | Self::Network { .. }
            | Self::Run { .. }
            | Self::NoEnd { .. }
            | Self::Scratch { .. }
            | Self::BadAnswer { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::FindUv(error) => error.details(),
            Self::Hash(error) => error.details(),
            Self::NoWheel(error) => error.details(),
            Self::NoSolution { failure, .. }
            | Self::NeedsBuild { failure, .. }
            | Self::Offline { failure }
            | Self::Network { failure }
            | Self::Uv { failure } => last_lines(failure),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Requirements(error) => error.hints(),
            Self::Fingerprint(error) => error.hints(),
            Self::FindUv(error) => error.hints(),
            Self::Hash(error) => error.hints(),
            Self::Lock(error) => error.hints(),
            Self::NoWheel(error) => error.hints(),
            Self::NeedsBuild {
                name: Some(name), ..
            } => advice::without_wheel(name),
            Self::Offline { .. } => vec!["run the command once without `--offline`".to_owned()],
            Self::Stale {
                source: Stale::OtherInputs,
                ..
            } => vec!["run `barrow lock`".to_owned()],
            Self::Stale {
                source: Stale::OtherTarget { .. },
                target,
                ..
            } => vec![format!(
                "lock again with `barrow lock --runtime {} --arch {}`",
                target.runtime, target.arch
            )],
            Self::StaleForeign { update, .. } => vec![format!("run `{update}`")],
            Self::NoSolution { failure, target } => {
                let mut hints = own_hints(failure);
                hints.extend(runtime_hint(failure, *target));
                hints
            }
            Self::Network { failure } | Self::Uv { failure } => own_hints(failure),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            runtime: "python3.12".parse().unwrap(),
            arch: barrow_model::Arch::X86_64,
        }
    }

    /// The whole message as a terminal would show it.
    fn check(recorded: &str, fault: Fault, expected: &[&str]) {
        let error = ResolveError::of(Failure::parse(recorded), target());
        let mut shown = vec![error.to_string()];
        shown.extend(error.details());
        shown.extend(error.hints().iter().map(|hint| format!("hint: {hint}")));
        assert_eq!(shown, expected);
        assert_eq!(error.fault(), fault);
    }

    #[test]
    fn the_users_part_in_it_decides_whose_fault_it_is() {
        check(
            include_str!("recorded/conflict.txt"),
            Fault::Input,
            &[
                "no set of versions meets all requirements for python3.12 on x86_64",
                "Because requests==2.31.0 depends on urllib3>=1.21.1,<3 and you require \
             requests==2.31, we can conclude that you require urllib3>=1.21.1,<3.",
                "And because you require urllib3==1.20, we can conclude that your requirements are \
             unsatisfiable.",
            ],
        );
        check(
            include_str!("recorded/offline.txt"),
            Fault::Machine,
            &[
                "resolving needs the network, which is off",
                "Because requests was not found in the cache and you require requests, we can conclude \
             that your requirements are unsatisfiable.",
                "hint: run the command once without `--offline`",
            ],
        );
    }

    #[test]
    fn a_runtime_that_is_too_old_is_called_so() {
        check(
            include_str!("recorded/python_version.txt"),
            Fault::Input,
            &[
                "no set of versions meets all requirements for python3.12 on x86_64",
                "Because the requested Python version (>=3.9) does not satisfy Python>=3.11 and \
                 pillow==13.0.0 depends on Python>=3.11, we can conclude that pillow==13.0.0 cannot \
                 be used.",
                "And because only pillow<=13.0.0 is available and you require pillow==13.0.0, we can \
                 conclude that your requirements are unsatisfiable.",
                "hint: ask for versions that support python3.12, or choose a newer runtime with \
                 `--runtime`",
            ],
        );
    }

    #[test]
    fn a_failed_build_says_what_can_be_done() {
        check(
            include_str!("recorded/build_boxed.txt"),
            Fault::Input,
            &[
                "`p3` exists only as source that cannot be built here",
                "The build backend returned an error",
                "Call to `setuptools.build_meta:__legacy__.build_wheel` failed (exit status: 1)",
                "[stderr]",
                "mysql_config not found",
                "hint: use a version of `p3` that has a wheel, or build the wheel on Amazon Linux and \
             name its directory with `--find-links`",
            ],
        );
    }
}
