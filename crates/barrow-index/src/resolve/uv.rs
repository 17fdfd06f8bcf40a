//! The resolver that runs the uv program.

use std::sync::{Arc, Mutex, PoisonError};

use barrow_model::PackageName;
use camino::{Utf8Path, Utf8PathBuf};

use super::cache::Resolutions;
use super::call::{CallError, Caller, command};
use super::compile::{Inputs, Scratch};
use super::index_config::{Declared, IndexConfig};
use super::solve::Solver;
use super::{
    Environment, FindUvError, Freshness, Newer, ReadPage, Request, Resolution, ResolveError,
    Resolver, UvProgram, UvSource, export, index_config, launchers, newer, offers, program,
};
use crate::Reporter;
use crate::lock::{Lock, Pins, pylock, read_pins};
use crate::requirement::{
    RequiredHashes, RequirementFiles, Requirements, fingerprint, project_digest,
};

/// Resolves with uv, which is looked for, or installed, when it is first needed.
pub struct Uv {
    source: UvSource,
    environment: Environment,
    pages: Arc<dyn ReadPage>,
    program: Mutex<Option<UvProgram>>,
}

impl std::fmt::Debug for Uv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uv")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Everything that the calls for one request need.
struct Session {
    program: UvProgram,
    config: IndexConfig,
    scratch: Scratch,
    interpreter: Option<Utf8PathBuf>,
}

impl Uv {
    pub fn new(source: UvSource, environment: Environment, pages: Arc<dyn ReadPage>) -> Self {
        Self {
            source,
            environment,
            pages,
            program: Mutex::new(None),
        }
    }

    /// The program, found or installed once.
    pub fn program(&self, reporter: &dyn Reporter) -> Result<UvProgram, FindUvError> {
        let mut program = self.program.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = &*program {
            return Ok(program.clone());
        }
        let found = program::find(&self.source, &self.environment, reporter)?;
        Ok(program.insert(found).clone())
    }

    /// What the user has told uv and pip about indexes, in a directory.
    pub fn index_config(&self, directory: &Utf8Path) -> IndexConfig {
        index_config::load(&self.environment, directory, Declared::default())
    }

    /// A command that runs uv as the resolver does, for whoever builds with it.
    pub fn command(
        &self,
        directory: &Utf8Path,
        reporter: &dyn Reporter,
    ) -> Result<std::process::Command, FindUvError> {
        Ok(command(
            &self.program(reporter)?,
            &self.index_config(directory),
            directory,
        ))
    }

    fn session(
        &self,
        request: &Request<'_>,
        files: &RequirementFiles,
        reporter: &dyn Reporter,
    ) -> Result<Session, ResolveError> {
        let names = |option: &str| {
            files
                .index_options
                .iter()
                .any(|line| line.starts_with(option))
        };
        let declared = Declared {
            index: names("--index-url") || names("--no-index"),
            extra_index: names("--extra-index-url"),
        };
        let program = self.program(reporter)?;
        let scratch = tempfile::Builder::new()
            .prefix("barrow-")
            .tempdir()
            .map_err(|source| ResolveError::Scratch { source })?;
        Ok(Session {
            config: index_config::load(&self.environment, request.directory, declared),
            interpreter: self.interpreter(),
            program,
            scratch,
        })
    }

    /// A Python that answers at once: the launchers of version managers take 0.05 s and more.
    fn interpreter(&self) -> Option<Utf8PathBuf> {
        let is_launcher = |path: &Utf8PathBuf| path.parent().is_some_and(|p| p.ends_with("shims"));
        self.environment
            .programs("python3")
            .into_iter()
            .find(|path| !is_launcher(path))
    }

    fn pin(&self, request: &Request<'_>, reporter: &dyn Reporter) -> Result<Lock, ResolveError> {
        match request.requirements {
            Requirements::None => Ok(Lock::default()),
            Requirements::Pylock(path) => self.pylock(request, path),
            Requirements::UvLock(path) => {
                let session = self.session(request, &RequirementFiles::default(), reporter)?;
                let caller = self.caller(&session, request);
                let must_be_in_step = request.freshness == Freshness::Locked;
                export::export(
                    &caller,
                    request.selection,
                    path,
                    must_be_in_step,
                    request.target,
                )
            }
            Requirements::Files(paths) => {
                let files = RequirementFiles::read(paths, &self.environment)?;
                if files.wanted().next().is_none() {
                    return Ok(Lock::default());
                }
                let hashes = RequiredHashes::of(&files)?;
                let inputs = Inputs {
                    paths: paths.clone(),
                    ..Inputs::default()
                };
                let lock = self.solve(request, inputs, &files, reporter)?;
                Ok(hashes.enforce(lock)?)
            }
            Requirements::Project(path) => {
                let inputs = Inputs {
                    paths: vec![path.clone()],
                    groups: request.selection.groups.clone(),
                    extras: request.selection.extras.clone(),
                    ..Inputs::default()
                };
                self.solve(request, inputs, &RequirementFiles::default(), reporter)
            }
            Requirements::Script(path) => {
                let inputs = Inputs {
                    paths: vec![path.clone()],
                    ..Inputs::default()
                };
                self.solve(request, inputs, &RequirementFiles::default(), reporter)
            }
            Requirements::PoetryLock(_)
            | Requirements::PdmLock(_)
            | Requirements::PipfileLock(_) => self.pins(request, reporter),
        }
    }

    /// Pins of another tool's lock: uv only finds the files.
    fn pins(&self, request: &Request<'_>, reporter: &dyn Reporter) -> Result<Lock, ResolveError> {
        let pins: Pins = read_pins(request, &self.environment)?;
        if pins.pins.is_empty() {
            return Ok(Lock::default());
        }
        let hashes = pins.hashes()?;
        let files = RequirementFiles {
            index_options: pins.index_options.clone(),
            ..Default::default()
        };
        let scratch = tempfile::tempdir().map_err(|source| ResolveError::Scratch { source })?;
        let path = scratch.path().join("pins.txt");
        let path = Utf8PathBuf::from_path_buf(path).map_err(|_| ResolveError::Scratch {
            source: std::io::ErrorKind::InvalidFilename.into(),
        })?;
        std::fs::write(&path, pins.to_requirements())
            .map_err(|source| ResolveError::Scratch { source })?;
        let inputs = Inputs {
            paths: vec![path],
            no_deps: true,
            ..Inputs::default()
        };
        let lock = self.solve(request, inputs, &files, reporter)?;
        Ok(hashes.enforce(lock)?)
    }

    fn pylock(&self, request: &Request<'_>, path: &Utf8Path) -> Result<Lock, ResolveError> {
        let read = pylock::read(path)?;
        if let Some(stamp) = read.stamp {
            // Whether the inputs have changed matters only to those who ask for it.
            let inputs = if request.freshness == Freshness::Locked {
                let requirements = Requirements::discover_sources(request.directory);
                let sources = Request {
                    requirements: &requirements,
                    ..*request
                };
                project_digest(&sources, &self.environment)?
            } else {
                stamp.inputs
            };
            stamp
                .check(request.target, inputs)
                .map_err(|source| ResolveError::Stale {
                    path: path.to_owned(),
                    source,
                    target: request.target,
                })?;
        }
        Ok(read.lock)
    }

    fn solve(
        &self,
        request: &Request<'_>,
        mut inputs: Inputs,
        files: &RequirementFiles,
        reporter: &dyn Reporter,
    ) -> Result<Lock, ResolveError> {
        let session = self.session(request, files, reporter)?;
        inputs.refresh = request.freshness == Freshness::Upgrade;
        Solver {
            caller: &self.caller(&session, request),
            scratch: &session.scratch,
            inputs: &inputs,
            index_options: &files.index_options,
            target: request.target,
            pages: &*self.pages,
            place_of: &|name: &PackageName| files.place_of(name),
        }
        .solve()
    }

    fn caller<'c>(&self, session: &'c Session, request: &Request<'c>) -> Caller<'c> {
        Caller {
            program: &session.program,
            config: &session.config,
            directory: request.directory,
            offline: self.source.offline || request.freshness == Freshness::Offline,
            interpreter: session.interpreter.clone(),
            path_past_launchers: self.environment.get("PATH").and_then(launchers::past),
        }
    }

    /// What is fixed already, or nothing at all, needs no storing.
    fn is_worth_storing(request: &Request<'_>) -> bool {
        !matches!(
            request.requirements,
            Requirements::None | Requirements::Pylock(_)
        )
    }
}

impl Resolver for Uv {
    fn resolve(
        &self,
        request: &Request<'_>,
        reporter: &dyn Reporter,
    ) -> Result<Resolution, ResolveError> {
        let fingerprint = fingerprint(request, &self.environment)?;
        let project = project_digest(request, &self.environment)?;
        let resolutions = Resolutions::at(&self.source.cache);
        // A foreign lock is held against its project by uv, not from memory.
        let from_memory = match request.freshness {
            Freshness::Cached | Freshness::Offline => true,
            Freshness::Locked => !matches!(request.requirements, Requirements::UvLock(_)),
            Freshness::Upgrade => false,
        };
        if from_memory
            && Self::is_worth_storing(request)
            && let Some((lock, newer)) = resolutions.load(fingerprint)
        {
            reporter.resolved(lock.packages.len());
            return Ok(Resolution {
                lock,
                fingerprint,
                project,
                newer,
                is_stored: true,
            });
        }
        reporter.working("resolving requirements");
        let lock = self.pin(request, reporter)?;
        reporter.resolved(lock.packages.len());
        if Self::is_worth_storing(request)
            && let Err(error) = resolutions.store(fingerprint, &lock)
        {
            reporter.note(&format!(
                "cannot keep the resolution for the next time: {error}"
            ));
        }
        Ok(Resolution {
            lock,
            fingerprint,
            project,
            newer: None,
            is_stored: false,
        })
    }

    fn newer(
        &self,
        request: &Request<'_>,
        resolution: &Resolution,
        reporter: &dyn Reporter,
    ) -> Result<Vec<Newer>, ResolveError> {
        if let Some(newer) = &resolution.newer {
            return Ok(newer.clone());
        }
        let names: Vec<String> = newer::candidates(&resolution.lock)
            .iter()
            .map(ToString::to_string)
            .collect();
        if names.is_empty() || request.freshness == Freshness::Offline {
            return Ok(Vec::new());
        }
        let files = match request.requirements {
            Requirements::Files(paths) => RequirementFiles::read(paths, &self.environment)?,
            _ => RequirementFiles {
                index_options: read_pins(request, &self.environment)?.index_options,
                ..RequirementFiles::default()
            },
        };
        let session = self.session(request, &files, reporter)?;
        let caller = self.caller(&session, request);
        let python = request.target.runtime.python_version();
        let newest = offers::newest(
            &caller,
            &session.scratch,
            &names,
            &files.index_options,
            python,
        );
        let newest = newest.map_err(|error| match error {
            CallError::Spawn(source) => ResolveError::Run {
                program: session.program.path.clone(),
                source,
            },
            CallError::Failed { failure } => ResolveError::of(failure, request.target),
        })?;
        let newer = newer::compare(&resolution.lock, &newest, request.target);
        if Self::is_worth_storing(request) {
            // Kept for the next build's summary; without it the question is asked again.
            let _ = Resolutions::at(&self.source.cache).store_newer(resolution.fingerprint, &newer);
        }
        Ok(newer)
    }
}
