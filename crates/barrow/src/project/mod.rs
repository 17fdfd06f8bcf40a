//! The user's own files: which of them go into a package.

use std::collections::BTreeMap;

use barrow_model::EntryPath;
use camino::{Utf8Path, Utf8PathBuf};
use ignore::WalkBuilder;

use crate::outcome::Failure;

pub mod ignored;
pub mod installed;
pub mod walk;

/// A file on disk and its place in the package, relative to the layout's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: EntryPath,
    pub on_disk: Utf8PathBuf,
    pub bytes: u64,
    pub executable: bool,
    pub stamp: Stamp,
}

/// What changes when a file's content changes, without reading it.
///
/// The change time is there because it cannot be set back, as `touch -r` and archivers do with
/// the modification time. Nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Stamp {
    pub modified: i128,
    pub changed: i128,
    pub inode: u64,
}

/// The files found, and what was left out on the way.
#[derive(Debug, Default)]
pub struct Found {
    pub files: Vec<SourceFile>,
    /// For one note to the user: names left out by default.
    pub left_out: Vec<String>,
}

impl Found {
    /// Leaves out a folder under `root` that is in the package as a wheel, and gives its path from
    /// there. It stays if it has a file that `keeps` says to keep, such as the handler.
    pub fn leave_to_wheel(
        &mut self,
        folder: &Utf8Path,
        root: &Utf8Path,
        keeps: impl Fn(&SourceFile) -> bool,
    ) -> Option<Utf8PathBuf> {
        let folder = folder.canonicalize_utf8().ok()?;
        let inside = folder.strip_prefix(root.canonicalize_utf8().ok()?).ok()?;
        let folder = root.join(inside);
        let is_inside = |file: &SourceFile| file.on_disk.starts_with(&folder);
        let mut files = self.files.iter().filter(|file| is_inside(file)).peekable();
        if inside == "" || files.peek().is_none() || files.any(keeps) {
            return None;
        }
        self.files.retain(|file| !is_inside(file));
        Some(inside.to_owned())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FindFilesError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("cannot walk through `{root}`")]
    Walk {
        root: Utf8PathBuf,
        source: ignore::Error,
    },
    #[error("`{shown}` has a name that is not UTF-8; a package cannot hold it")]
    NotUtf8 { shown: String },
    #[error("`{path}` cannot be in a package")]
    Name {
        path: String,
        source: barrow_model::entry_path::EntryPathError,
    },
    #[error("`{pattern}` is no pattern for files")]
    Pattern {
        pattern: String,
        source: ignore::Error,
    },
    #[error("`{path}` holds no Python packages; expected `site-packages`, modules or `.dist-info`")]
    NothingInstalled { path: Utf8PathBuf },
}

impl From<FindFilesError> for Failure {
    fn from(error: FindFilesError) -> Self {
        crate::outcome::explained(error)
    }
}

impl barrow_model::Explain for FindFilesError {
    fn fault(&self) -> barrow_model::Fault {
        match self {
            Self::Read { .. } | Self::Walk { .. } => barrow_model::Fault::Machine,
            _ => barrow_model::Fault::Input,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::NotUtf8 { .. } | Self::Name { .. } => {
                vec!["rename the file, or name it under `exclude` in `[tool.barrow]`".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

/// Every file that the walk comes across, by its path relative to `root`.
fn collect(
    root: &Utf8Path,
    walk: &WalkBuilder,
) -> Result<BTreeMap<EntryPath, SourceFile>, FindFilesError> {
    let mut files = BTreeMap::new();
    for entry in walk.build() {
        let entry = entry.map_err(|source| FindFilesError::Walk {
            root: root.to_owned(),
            source,
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        let on_disk = Utf8PathBuf::from_path_buf(entry.into_path()).map_err(|path| {
            FindFilesError::NotUtf8 {
                shown: path.to_string_lossy().into_owned(),
            }
        })?;
        let relative = on_disk
            .strip_prefix(root)
            .expect("the walk stays under its root");
        let parts: Vec<&str> = relative.components().map(|part| part.as_str()).collect();
        let path = EntryPath::parse(&parts.join("/")).map_err(|source| FindFilesError::Name {
            path: relative.to_string(),
            source,
        })?;
        if let Some(file) = source_file(path.clone(), on_disk)? {
            files.insert(path, file);
        }
    }
    Ok(files)
}

/// Describes the file at `on_disk`, following links: a package holds files, not links.
fn source_file(
    path: EntryPath,
    on_disk: Utf8PathBuf,
) -> Result<Option<SourceFile>, FindFilesError> {
    let metadata = match std::fs::metadata(&on_disk) {
        Ok(metadata) => metadata,
        Err(source) => {
            return Err(FindFilesError::Read {
                path: on_disk,
                source,
            });
        }
    };
    if !metadata.is_file() {
        return Ok(None);
    }
    Ok(Some(SourceFile {
        path,
        bytes: metadata.len(),
        executable: is_executable(&metadata),
        stamp: Stamp::of(&metadata),
        on_disk,
    }))
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

/// Windows has no such bit; a program that must be executable comes in a wheel.
#[cfg(not(unix))]
fn is_executable(_metadata: &std::fs::Metadata) -> bool {
    false
}

impl Stamp {
    #[cfg(unix)]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let nanoseconds = |s: i64, ns: i64| i128::from(s) * 1_000_000_000 + i128::from(ns);
        Self {
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    #[cfg(not(unix))]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        let since_1970 = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified = since_1970.map_or(0, |time| time.as_nanos().cast_signed());
        Self {
            modified,
            changed: 0,
            inode: 0,
        }
    }
}
