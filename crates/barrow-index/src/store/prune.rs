//! How large the cache is, and making it smaller.

use std::fs::{self, Metadata};
use std::io;
use std::time::{Duration, SystemTime};

use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};

use super::key_lock::LockKind;
use super::shelf::Shelf;
use super::{Store, StoreError, remove_dir};
use crate::Reporter;

/// What stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What was used, or else written, within this time.
    UsedWithin(Duration),
    Nothing,
}

/// What a pruning removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    pub files: usize,
    pub bytes: u64,
}

/// How much is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreSize {
    pub wheels: usize,
    pub bytes: u64,
}

impl Store {
    /// Without the folders of `others`, who share the root.
    pub fn size(&self, others: &[&str]) -> Result<StoreSize, StoreError> {
        let mut size = StoreSize::default();
        for path in children(&self.root)? {
            if path.file_name().is_some_and(|name| others.contains(&name)) {
                continue;
            }
            walk(&path, &mut |path, metadata| {
                size.bytes += metadata.len();
                size.wheels += usize::from(path.extension() == Some("whl"));
            })?;
        }
        Ok(size)
    }

    /// Removes what is not to be kept. Fails when another process uses the store.
    pub fn prune(&self, keep: Keep) -> Result<Pruned, StoreError> {
        self.alone(|| {
            let mut pruned = Pruned::default();
            match keep {
                Keep::Nothing => self.remove_all(&mut pruned)?,
                Keep::UsedWithin(time) => self.remove_unused(time, &mut pruned)?,
            }
            Ok(pruned)
        })?
    }

    /// Everything but the files that are locked right now.
    fn remove_all(&self, pruned: &mut Pruned) -> Result<(), StoreError> {
        for path in children(&self.root)? {
            if !matches!(path.file_name(), Some("CACHEDIR.TAG" | "in-use" | "locks")) {
                remove(&path, pruned)?;
            }
        }
        Ok(())
    }

    fn remove_unused(&self, time: Duration, pruned: &mut Pruned) -> Result<(), StoreError> {
        let now = SystemTime::now();
        let old = |last: SystemTime| now.duration_since(last).is_ok_and(|age| age > time);
        let modified = |path: &Utf8Path| path.metadata().and_then(|metadata| metadata.modified());
        for shelf in self.shelves()? {
            // A wheel without an index is of a process that died between the two.
            let last = shelf.last_use().or_else(|| modified(&shelf.directory).ok());
            if last.is_none_or(old) {
                remove(&shelf.directory, pruned)?;
            }
        }
        for path in grandchildren(&self.root.join("built"))? {
            let wheel = fs::read_to_string(&path).ok();
            let wheel = wheel.and_then(|text| Sha256::parse_hex(text.trim_end()).ok());
            if wheel.is_none_or(|wheel| !self.wheel_dir(&wheel).exists()) {
                remove(&path, pruned)?;
            }
        }
        for directory in ["partial", "resolutions"] {
            for path in children(&self.root.join(directory))? {
                if modified(&path).is_ok_and(old) {
                    remove(&path, pruned)?;
                }
            }
        }
        Ok(())
    }

    /// The directories of all wheels.
    pub(super) fn shelves(&self) -> Result<Vec<Shelf>, StoreError> {
        let directories = grandchildren(&self.root.join("wheels"))?;
        Ok(directories
            .into_iter()
            .map(|directory| Shelf { directory })
            .collect())
    }

    /// Drops one wheel, so that it is fetched again when it is needed.
    pub fn remove(&self, sha256: &Sha256, reporter: &dyn Reporter) -> Result<(), StoreError> {
        let _lock = self.lock(LockKind::Wheel, sha256, reporter);
        let path = self.wheel_dir(sha256);
        remove_dir(&path).map_err(|source| StoreError::Remove { path, source })
    }
}

fn remove(path: &Utf8Path, pruned: &mut Pruned) -> Result<(), StoreError> {
    walk(path, &mut |_, metadata| {
        pruned.files += 1;
        pruned.bytes += metadata.len();
    })?;
    let result = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => remove_dir(path),
        _ => fs::remove_file(path),
    };
    result.map_err(|source| StoreError::Remove {
        path: path.to_owned(),
        source,
    })
}

/// Every file below, or the file itself. Links are not followed.
fn walk(path: &Utf8Path, visit: &mut dyn FnMut(&Utf8Path, &Metadata)) -> Result<(), StoreError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => {
            for child in children(path)? {
                walk(&child, visit)?;
            }
            Ok(())
        }
        Ok(metadata) => {
            visit(path, &metadata);
            Ok(())
        }
        // Another process may have finished or removed it since it was listed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(StoreError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn grandchildren(path: &Utf8Path) -> Result<Vec<Utf8PathBuf>, StoreError> {
    let mut all = Vec::new();
    for child in children(path)? {
        all.extend(children(&child)?);
    }
    Ok(all)
}

/// What lies in a directory, by name; nothing where there is no directory.
fn children(path: &Utf8Path) -> Result<Vec<Utf8PathBuf>, StoreError> {
    let list = || {
        let entries = path.read_dir_utf8()?;
        entries
            .map(|entry| entry.map(|entry| entry.path().to_owned()))
            .collect()
    };
    match list() {
        Ok(mut paths) => {
            let paths: &mut Vec<Utf8PathBuf> = &mut paths;
            paths.sort();
            Ok(std::mem::take(paths))
        }
        Err(error) if is_nothing(&error) => Ok(Vec::new()),
        Err(source) => Err(StoreError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
