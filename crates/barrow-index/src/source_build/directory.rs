//! What decides how a project on this machine builds: the content of its files.

use std::fs;
use std::io;

use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder};
use sha2::Digest as _;

use super::git::git;
use super::{BuildError, run::run};
use crate::store::hash_file;

/// Folders that are made from the others, or hold nothing that is built.
const LEFT_OUT: [&str; 15] = [
    ".git",
    ".hg",
    ".svn",
    ".venv",
    "venv",
    "__pycache__",
    "build",
    "dist",
    "node_modules",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".eggs",
];

/// A digest over the names and the content of all files that are neither ignored by git nor made
/// by a build, and over the revision where the project takes its version from there.
pub fn digest_directory(root: &Utf8Path) -> Result<Sha256, BuildError> {
    let read = |source| BuildError::Read {
        path: root.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry))
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| read(io::Error::other(error)))?;
        if entry.file_type().is_some_and(|kind| !kind.is_dir()) {
            let path = Utf8PathBuf::from_path_buf(entry.into_path());
            paths.push(path.map_err(|_| read(io::ErrorKind::InvalidFilename.into()))?);
        }
    }
    paths.sort();
    let mut hasher = sha2::Sha256::new();
    for path in paths {
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .as_str()
            .replace('\\', "/");
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update(digest_file(&path)?.as_bytes());
    }
    if let Some(revision) = revision(root)? {
        hasher.update(revision);
    }
    Ok(Sha256::new(hasher.finalize().into()))
}

fn is_left_out(entry: &DirEntry) -> bool {
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry.file_name().to_str().unwrap_or_default();
    is_directory
        && (LEFT_OUT.contains(&name)
            || name.ends_with(".egg-info")
            || entry.path().join("pyvenv.cfg").is_file())
}

/// The digest of what a build would read: through links, and of nothing where they lead nowhere.
fn digest_file(path: &Utf8Path) -> Result<Sha256, BuildError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => hash_file(path).map_err(|source| BuildError::Read {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(Sha256::new(sha2::Sha256::digest(b"").into())),
    }
}

/// The revision, where the project's build says that it asks for it.
fn revision(root: &Utf8Path) -> Result<Option<String>, BuildError> {
    const ASKS: [&str; 4] = ["scm", "vcs", "versioning", "versioneer"];
    let said = ["pyproject.toml", "setup.py", "setup.cfg"]
        .map(|file| fs::read_to_string(root.join(file)).unwrap_or_default())
        .concat();
    if !ASKS.iter().any(|word| said.contains(word)) {
        return Ok(None);
    }
    let mut command = git();
    command.args([
        "-C",
        root.as_str(),
        "describe",
        "--tags",
        "--long",
        "--always",
        "--dirty",
    ]);
    // Without a repository there is no revision that could change.
    Ok(run(&mut command)?.ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a small project, changes it, and says whether its digest changed.
    fn changes(change: impl FnOnce(&Utf8Path)) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        fs::create_dir_all(root.join("src/a")).unwrap();
        fs::write(root.join("pyproject.toml"), "[project]\nname = \"a\"\n").unwrap();
        fs::write(root.join("src/a/__init__.py"), "x = 1\n").unwrap();
        fs::write(root.join(".gitignore"), "secrets.txt\n*.log\n").unwrap();
        let before = digest_directory(root).unwrap();
        assert_eq!(before, digest_directory(root).unwrap());
        change(root);
        before != digest_directory(root).unwrap()
    }

    #[test]
    fn content_and_names_count() {
        assert!(changes(|root| fs::write(
            root.join("src/a/__init__.py"),
            "x = 2\n"
        )
        .unwrap()));
        assert!(changes(|root| fs::write(root.join(".hidden"), "").unwrap()));
        assert!(changes(|root| {
            fs::rename(root.join("src/a/__init__.py"), root.join("src/a/b.py")).unwrap();
        }));
    }

    #[test]
    fn what_is_ignored_or_built_does_not_count() {
        let write = |path: &'static str| {
            move |root: &Utf8Path| {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "new").unwrap();
            }
        };
        assert!(!changes(write("secrets.txt")));
        assert!(!changes(write("deep/down/x.log")));
        assert!(!changes(write(".git/HEAD")));
        assert!(!changes(write("src/a/__pycache__/a.pyc")));
        assert!(!changes(write("a.egg-info/PKG-INFO")));
        assert!(!changes(write("dist/a.whl")));
        assert!(!changes(write("env/pyvenv.cfg")));
    }

    #[test]
    fn times_do_not_count() {
        assert!(!changes(|root| {
            let file = fs::File::options()
                .append(true)
                .open(root.join("pyproject.toml"))
                .unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        }));
    }
}
