//! Wheels from sources: source distributions, projects on this machine, revisions of repositories.
//!
//! `uv build` runs the project's own build backend. Only wheels without compiled code are taken:
//! what a compiler on this machine makes runs on this machine, not on Lambda. A wheel is built
//! once per content of its source and then lies in the store like any other; a path dependency
//! is copied in this way, never linked.

use std::sync::{Mutex, PoisonError};

use barrow_model::{PackageName, Sha256, Target, WheelName};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;

use crate::Reporter;
use crate::lock::LockedFile;
use crate::resolve::index_config::IndexConfig;
use crate::resolve::program::{UvProgram, UvSource, find};
use crate::resolve::{Environment, advice};
use crate::store::key_lock::LockKind;
use crate::store::{Store, StoreError, StoredWheel};

mod directory;
mod error;
mod git;
mod run;
mod unpack;
mod uv;

pub use directory::digest_directory;
pub use error::BuildError;

/// Everything that building needs besides the source.
#[derive(Debug)]
pub struct Builder {
    pub uv: UvSource,
    pub environment: Environment,
    /// Where build backends come from.
    pub index: IndexConfig,
    pub target: Target,
    pub offline: bool,
    /// Found when the first build needs it.
    pub program: Mutex<Option<UvProgram>>,
}

/// A source and what to call it.
#[derive(Debug, Clone, Copy)]
pub struct SourceOf<'s> {
    pub name: &'s PackageName,
    pub version: Option<&'s str>,
    /// The folder inside the source that holds the project.
    pub subdirectory: Option<&'s str>,
}

/// What to build from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'s> {
    /// An archive that is on disk, with the digest of its bytes.
    Archive {
        path: &'s Utf8Path,
        file_name: &'s str,
        sha256: &'s Sha256,
    },
    Directory {
        path: &'s Utf8Path,
    },
    Git {
        url: &'s str,
        commit: &'s str,
    },
}

impl Builder {
    pub fn new(uv: UvSource, environment: Environment, index: IndexConfig, target: Target) -> Self {
        let offline = uv.offline;
        Self {
            uv,
            environment,
            index,
            target,
            offline,
            program: Mutex::new(None),
        }
    }

    /// The wheel of a source distribution, where it was built before.
    pub fn find_built(
        &self,
        of: SourceOf<'_>,
        file: &LockedFile,
        store: &Store,
        reporter: &dyn Reporter,
    ) -> Option<StoredWheel> {
        let sha256 = file.sha256.as_ref()?;
        store.get_built(&self.key(of, "archive", &sha256.to_hex()), reporter)
    }

    /// The wheel of a revision, where it was built before.
    pub fn find_built_revision(
        &self,
        of: SourceOf<'_>,
        url: &str,
        commit: &str,
        store: &Store,
        reporter: &dyn Reporter,
    ) -> Option<StoredWheel> {
        store.get_built(&self.key(of, "git", &git_input(url, commit)), reporter)
    }

    /// The wheel of a source: the one that was built before, or a new one.
    pub fn build(
        &self,
        of: SourceOf<'_>,
        source: Source<'_>,
        store: &Store,
        reporter: &dyn Reporter,
    ) -> Result<StoredWheel, BuildError> {
        let key = match source {
            Source::Archive { sha256, .. } => self.key(of, "archive", &sha256.to_hex()),
            Source::Directory { path } => {
                self.key(of, "directory", &digest_directory(path)?.to_hex())
            }
            Source::Git { url, commit } => self.key(of, "git", &git_input(url, commit)),
        };
        if let Some(stored) = store.get_built(&key, reporter) {
            return Ok(stored);
        }
        let _lock = store.lock(LockKind::Build, &key, reporter);
        if let Some(stored) = store.get_built(&key, reporter) {
            return Ok(stored);
        }
        reporter.building(of.name, of.version.unwrap_or_default());
        let work = store.work_directory()?;
        let project = self.project(of, source, work.path(), reporter)?;
        let built = self.run_uv(of, &project, &work.path().join("wheel"), reporter)?;
        let stored = self.keep(of, &built, store, reporter)?;
        store.put_built(&key, &stored.sha256)?;
        Ok(stored)
    }

    /// What `uv build` is given: an archive or a directory.
    fn project(
        &self,
        of: SourceOf<'_>,
        source: Source<'_>,
        work: &Utf8Path,
        reporter: &dyn Reporter,
    ) -> Result<Utf8PathBuf, BuildError> {
        let root = match source {
            Source::Directory { path } => path.to_owned(),
            Source::Git { url, commit } => git::check_out(url, commit, &work.join("checkout"))?,
            Source::Archive {
                path, file_name, ..
            } => {
                let archive = unpack::place(path, file_name, work)?;
                if of.subdirectory.is_none() {
                    return Ok(archive);
                }
                self.unpack(of, &archive, &work.join("unpacked"), reporter)?
            }
        };
        Ok(match of.subdirectory {
            Some(subdirectory) => root.join(subdirectory),
            None => root,
        })
    }

    /// Takes a built wheel into the store, if it is one that runs on Lambda.
    fn keep(
        &self,
        of: SourceOf<'_>,
        built: &Utf8Path,
        store: &Store,
        reporter: &dyn Reporter,
    ) -> Result<StoredWheel, BuildError> {
        let seen = built.file_name().unwrap_or_default().to_owned();
        let (name, what) = (of.name.clone(), of.to_string());
        let Ok(wheel) = seen.parse::<WheelName>() else {
            return Err(BuildError::NotAWheel { what, seen });
        };
        if wheel.name() != of.name {
            return Err(BuildError::OtherName {
                what,
                seen,
                expected: name,
            });
        }
        if !wheel.is_for_any_platform() {
            let hints = advice::without_wheel(&name);
            return Err(BuildError::Compiled { what, seen, hints });
        }
        if self.target.tags().rank(&wheel).is_none() {
            return Err(BuildError::OtherPython {
                what,
                seen,
                target: self.target,
            });
        }
        let read = |source| BuildError::Read {
            path: built.to_owned(),
            source,
        };
        let mut partial = store.partial()?;
        let mut file = std::fs::File::open(built).map_err(read)?;
        std::io::copy(&mut file, &mut partial).map_err(|source| {
            BuildError::Store(StoreError::Write {
                path: store.dir().to_owned(),
                source,
            })
        })?;
        let sha256 = partial.sha256();
        let lock = store.lock(LockKind::Wheel, &sha256, reporter);
        Ok(store.admit(partial, &wheel, &sha256, &lock, reporter)?)
    }

    /// Names what a wheel is built from. The Python version is part of it, because a `setup.py`
    /// may ask for it.
    fn key(&self, of: SourceOf<'_>, kind: &str, input: &str) -> Sha256 {
        let python = self.target.runtime.python_version();
        let subdirectory = of.subdirectory.unwrap_or_default();
        let mut hasher = sha2::Sha256::new();
        for part in [
            "barrow build 1",
            kind,
            input,
            subdirectory,
            of.name.as_str(),
            python,
        ] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Sha256::new(hasher.finalize().into())
    }

    fn uv_program(
        &self,
        what: SourceOf<'_>,
        reporter: &dyn Reporter,
    ) -> Result<UvProgram, BuildError> {
        let mut program = self.program.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = program.as_ref() {
            return Ok(program.clone());
        }
        let found =
            find(&self.uv, &self.environment, reporter).map_err(|source| BuildError::FindUv {
                what: what.to_string(),
                source,
            })?;
        Ok(program.insert(found).clone())
    }
}

fn git_input(url: &str, commit: &str) -> String {
    format!("{commit} {url}")
}

impl std::fmt::Display for SourceOf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.version {
            Some(version) => write!(f, "{} {version}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}
