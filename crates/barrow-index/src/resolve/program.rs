//! Finds the `uv` program, or installs it once.
//!
//! Looked for, in this order: the path that the user names, `PATH`, Barrow's own copy. Where none
//! is new enough, the user's Python and pip install the pinned version into Barrow's cache; every
//! wheel of it that may be taken has its digest in this program.

use std::fmt;
use std::process::{Command, Stdio};

use barrow_model::{Explain, Fault};
use camino::{Utf8Path, Utf8PathBuf};
use pep440_rs::Version;

use super::Environment;
use super::install::{self, InstallUvError};
use crate::Reporter;

/// The oldest uv whose `pylock.toml` lists every wheel that fits instead of one.
pub const OLDEST_UV: [u64; 3] = [0, 10, 5];

/// Where to look for uv.
#[derive(Debug, Clone)]
pub struct UvSource {
    /// A path that the user names; then nothing else is tried.
    pub program: Option<Utf8PathBuf>,
    /// Barrow's cache directory. The program lands below `tools/`.
    pub cache: Utf8PathBuf,
    /// Whether nothing may be downloaded.
    pub offline: bool,
}

/// A uv that is there and new enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UvProgram {
    pub path: Utf8PathBuf,
    pub version: Version,
}

#[derive(Debug, thiserror::Error)]
pub enum FindUvError {
    #[error("`{path}` is uv {seen}; expected {} or newer", oldest())]
    TooOld { path: Utf8PathBuf, seen: Version },
    #[error("cannot run `{path} --version`")]
    Run {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("`{path} --version` says {said:?}; expected `uv` and a version")]
    NotUv { path: Utf8PathBuf, said: String },
    #[error(
        "there is no uv {} or newer on PATH, and nothing may be downloaded",
        oldest()
    )]
    Offline,
    #[error(transparent)]
    Install(#[from] InstallUvError),
}

impl Explain for FindUvError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Install(error) => error.hints(),
            Self::Offline => vec!["run the command once without `--offline`".to_owned()],
            _ => vec![format!(
                "install uv {} or newer and set `BARROW_UV` to its path",
                oldest()
            )],
        }
    }
}

/// Finds uv, or installs it.
pub fn find(
    source: &UvSource,
    environment: &Environment,
    reporter: &dyn Reporter,
) -> Result<UvProgram, FindUvError> {
    if let Some(path) = &source.program {
        return inspect(path);
    }
    let installed = install::program_path(&source.cache);
    let on_path = environment.programs("uv");
    for path in on_path.iter().chain(installed.as_ref()) {
        match inspect(path) {
            Ok(program) => return Ok(program),
            Err(error @ FindUvError::TooOld { .. }) => reporter.note(&error.to_string()),
            // A launcher of a version manager that has no uv to launch.
            Err(_) => {}
        }
    }
    if source.offline {
        return Err(FindUvError::Offline);
    }
    inspect(&install::install(&source.cache, environment, reporter)?)
}

/// Asks a program for its version.
fn inspect(path: &Utf8Path) -> Result<UvProgram, FindUvError> {
    let output = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .map_err(|source| FindUvError::Run {
            path: path.to_owned(),
            source,
        })?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version = parse_version(&said).ok_or_else(|| FindUvError::NotUv {
        path: path.to_owned(),
        said: said.trim().chars().take(100).collect(),
    })?;
    if version < Version::new(OLDEST_UV) {
        return Err(FindUvError::TooOld {
            path: path.to_owned(),
            seen: version,
        });
    }
    Ok(UvProgram {
        path: path.to_owned(),
        version,
    })
}

/// `uv 0.13.8 (x86_64-unknown-linux-gnu)`.
fn parse_version(said: &str) -> Option<Version> {
    let mut words = said.split_whitespace();
    let ("uv", version) = (words.next()?, words.next()?) else {
        return None;
    };
    version.parse().ok()
}

fn oldest() -> impl fmt::Display {
    Version::new(OLDEST_UV)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, expected: Option<&str>) {
        assert_eq!(
            parse_version(said)
                .map(|version| version.to_string())
                .as_deref(),
            expected
        );
    }

    #[test]
    fn the_version_is_the_second_word() {
        check("uv 0.13.8 (x86_64-unknown-linux-gnu)\n", Some("0.13.8"));
        check("uv 0.10.5", Some("0.10.5"));
        check("uvx 0.13.8", None);
        check("pyenv: uv: command not found", None);
        check("", None);
    }

    #[test]
    fn what_is_not_uv_is_named() {
        let source = UvSource {
            program: Some("/nonexistent/uv".into()),
            cache: "/nonexistent".into(),
            offline: true,
        };
        let error = find(&source, &Environment::default(), &crate::reporter::Silent).unwrap_err();
        assert_eq!(error.to_string(), "cannot run `/nonexistent/uv --version`");
        assert_eq!(error.hints().len(), 1);
    }

    #[test]
    fn offline_and_nothing_on_path_installs_nothing() {
        let cache = tempfile::tempdir().unwrap();
        let cache = Utf8Path::from_path(cache.path()).unwrap().to_owned();
        let source = UvSource {
            program: None,
            cache: cache.clone(),
            offline: true,
        };
        let error = find(&source, &Environment::default(), &crate::reporter::Silent).unwrap_err();
        assert!(matches!(error, FindUvError::Offline), "{error}");
        assert!(!cache.join("tools").exists());
    }
}
