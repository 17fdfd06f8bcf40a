//! The words for what a lock file pins.

use barrow_model::{PackageName, Sha256};
use camino::Utf8PathBuf;

/// What a lock file pins, for one target or for many (then markers tell which packages count).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    pub packages: Vec<LockedPackage>,
    /// The Pythons that the lock holds for, as a version specifier; absent means all.
    pub requires_python: Option<String>,
    /// Markers of which one must hold; none means that the lock is for every environment.
    pub environments: Vec<String>,
    /// The dependency groups that count unless others are asked for.
    pub default_groups: Vec<String>,
}

/// One distribution at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPackage {
    pub name: PackageName,
    /// Absent for directories and repositories whose version is dynamic.
    pub version: Option<String>,
    /// PEP 508 marker under which the package counts; absent means always.
    pub marker: Option<String>,
    /// The index the files came from, where the lock file says.
    pub index: Option<String>,
    pub source: LockedSource,
}

/// Where the package comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockedSource {
    /// An index: wheels, perhaps also a source distribution.
    Index {
        wheels: Vec<LockedFile>,
        sdist: Option<LockedFile>,
    },
    /// A wheel or source distribution named by URL or path.
    Archive {
        file: LockedFile,
        subdirectory: Option<String>,
    },
    /// A directory with a Python project: a workspace member or path dependency.
    Directory {
        path: Utf8PathBuf,
        subdirectory: Option<String>,
    },
    /// A revision of a git repository.
    Git {
        url: String,
        commit: String,
        subdirectory: Option<String>,
    },
}

/// A file to fetch, and how to know it is the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedFile {
    pub file_name: String,
    pub location: Location,
    /// Absent in lock files that carry another digest only, and for local paths.
    pub sha256: Option<Sha256>,
    pub bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    Url(String),
    Path(Utf8PathBuf),
}

impl LockedPackage {
    /// Every file that the lock names for the package, wheels first.
    pub fn files(&self) -> impl Iterator<Item = &LockedFile> {
        let (wheels, other) = match &self.source {
            LockedSource::Index { wheels, sdist } => (wheels.as_slice(), sdist.as_ref()),
            LockedSource::Archive { file, .. } => (&[][..], Some(file)),
            LockedSource::Directory { .. } | LockedSource::Git { .. } => (&[][..], None),
        };
        wheels.iter().chain(other)
    }
}
