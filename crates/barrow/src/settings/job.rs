//! One package to build: everything that decides its bytes but the bytes themselves.

use barrow_core::plan::Layout;
use barrow_model::{Arch, Handler, Runtime, Target};
use camino::{Utf8Path, Utf8PathBuf};

use super::check::CheckSection;
use super::file::LayerPath;

/// A package to build.
#[derive(Debug, Clone)]
pub struct Job {
    pub name: String,
    /// The project's directory, absolute.
    pub directory: Utf8PathBuf,
    pub kind: Kind,
    pub target: Target,
    pub layout: Layout,
    pub dependencies: Dependencies,
    pub source: Option<Source>,
    pub output: Utf8PathBuf,
    pub checks: CheckSection,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Function {
        handler: Handler,
        /// Nobody named it: Lambda may be told to call another one.
        handler_is_assumed: bool,
        /// Names of jobs whose distributions Lambda provides through `/opt`.
        layers: Vec<String>,
    },
    Layer,
}

/// Where the dependencies come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dependencies {
    /// Whatever lock or requirements file the project has, with these groups and extras.
    Project {
        groups: Vec<String>,
        extras: Vec<String>,
    },
    /// What a single-file function says in its own comments.
    Script(Utf8PathBuf),
    /// These files.
    Files(Vec<Utf8PathBuf>),
    /// A directory that already holds them, or a virtual environment.
    Installed(Utf8PathBuf),
}

/// The project's own files.
#[derive(Debug, Clone)]
pub struct Source {
    /// A folder, or a single `.py` file.
    pub root: Utf8PathBuf,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
}

/// What flags and environment say, before the file is asked.
#[derive(Debug, Clone, Default)]
pub struct JobOptions {
    /// The project's directory, or a single `.py` file.
    pub path: Utf8PathBuf,
    /// Whether the path was named, and so is meant to be a project.
    pub path_is_explicit: bool,
    pub requirements: Vec<Utf8PathBuf>,
    pub runtime: Option<Runtime>,
    pub arch: Option<Arch>,
    pub output: Option<Utf8PathBuf>,
    pub layer: bool,
    pub layer_path: Option<LayerPath>,
    pub from: Option<Utf8PathBuf>,
    pub dependencies_directory: Option<String>,
    /// Only these of the project's functions and layers.
    pub only: Vec<String>,
    pub name: Option<String>,
    pub handler: Option<Handler>,
    pub groups: Vec<String>,
    pub extras: Vec<String>,
}

/// A file of the project as the user would type it: `pylock.toml`, and not `./pylock.toml`.
pub fn within(directory: &Utf8Path, file: &str) -> Utf8PathBuf {
    if directory == "." {
        return Utf8PathBuf::from(file);
    }
    directory.join(file)
}

/// The directory of the project: where its manifest is, and what its locks are relative to.
pub fn project_directory(path: &Utf8Path) -> Utf8PathBuf {
    if path.is_file() {
        match path.parent() {
            Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
            _ => Utf8PathBuf::from("."),
        }
    } else {
        path.to_owned()
    }
}
