//! The folder of a service that keeps nothing.

use std::fs::{self, File};
use std::path::Path;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::outcome::Result;

const PREFIX: &str = "barrow-serve-";

/// A new one; what services have left that were killed goes first.
pub(super) fn folder() -> Result<TempDir> {
    let home = std::env::temp_dir();
    for entry in fs::read_dir(&home).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(PREFIX)) && is_left(&entry.path()) {
            // Another user's cannot be removed, and is not ours to.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let new = tempfile::Builder::new().prefix(PREFIX).tempdir_in(home);
    Ok(new.context("cannot make a folder for temporary files")?)
}

/// A service holds its lock as long as it lives.
fn is_left(folder: &Path) -> bool {
    File::open(folder.join("lock")).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_service_left_is_removed_and_no_other() {
        let make = || {
            let folder = folder().unwrap();
            let lock = File::create(folder.path().join("lock")).unwrap();
            (folder, lock)
        };
        let (living, held) = make();
        held.lock().unwrap();
        let (left, lock) = make();
        drop(lock);
        let left = left.keep();
        let _new = folder().unwrap();
        assert!(living.path().is_dir());
        assert!(!left.exists());
    }
}
