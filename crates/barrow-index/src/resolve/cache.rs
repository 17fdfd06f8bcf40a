//! Earlier resolutions, by the digest of their inputs.
//!
//! Each is a `pylock.toml` with absolute paths, and beside it what newer releases there were. A
//! file that cannot be read counts as missing.

use std::fs;
use std::io::{self, Write as _};

use barrow_model::{PackageName, Sha256};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::Newer;
use crate::lock::{Lock, pylock};

/// The directory that holds them.
#[derive(Debug, Clone)]
pub(super) struct Resolutions {
    directory: Utf8PathBuf,
}

#[derive(Serialize, Deserialize)]
struct NewerFile {
    newer: Vec<NewerRow>,
}

#[derive(Serialize, Deserialize)]
struct NewerRow {
    name: String,
    version: String,
    pinned: String,
}

impl Resolutions {
    pub(super) fn at(cache: &Utf8Path) -> Self {
        Self {
            directory: cache.join("resolutions"),
        }
    }

    pub(super) fn load(&self, fingerprint: Sha256) -> Option<(Lock, Option<Vec<Newer>>)> {
        let pylock = pylock::read(&self.directory.join(format!("{fingerprint}.toml"))).ok()?;
        Some((pylock.lock, self.load_newer(fingerprint)))
    }

    pub(super) fn store(&self, fingerprint: Sha256, lock: &Lock) -> io::Result<()> {
        // What was newer belonged to the resolution that is replaced.
        let _ = fs::remove_file(self.directory.join(format!("{fingerprint}.newer.toml")));
        self.write(
            &format!("{fingerprint}.toml"),
            &pylock::write(lock, None, None),
        )
    }

    pub(super) fn store_newer(&self, fingerprint: Sha256, newer: &[Newer]) -> io::Result<()> {
        let row = |newer: &Newer| NewerRow {
            name: newer.name.to_string(),
            version: newer.version.clone(),
            pinned: newer.pinned.clone(),
        };
        let file = NewerFile {
            newer: newer.iter().map(row).collect(),
        };
        let text = toml::to_string(&file).map_err(io::Error::other)?;
        self.write(&format!("{fingerprint}.newer.toml"), &text)
    }

    fn load_newer(&self, fingerprint: Sha256) -> Option<Vec<Newer>> {
        let path = self.directory.join(format!("{fingerprint}.newer.toml"));
        let file: NewerFile = toml::from_str(&fs::read_to_string(path).ok()?).ok()?;
        let newer = |row: NewerRow| {
            let name = PackageName::parse(&row.name).ok()?;
            Some(Newer {
                name,
                version: row.version,
                pinned: row.pinned,
            })
        };
        file.newer.into_iter().map(newer).collect()
    }

    /// Whole or not at all, whoever else writes the same.
    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        fs::create_dir_all(&self.directory)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(self.directory.join(name))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{LockedPackage, LockedSource};

    #[test]
    fn what_is_stored_is_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let resolutions = Resolutions::at(Utf8Path::from_path(directory.path()).unwrap());
        let name = PackageName::parse("lib").unwrap();
        let source = LockedSource::Directory {
            path: "/srv/lib".into(),
            subdirectory: None,
        };
        let (version, marker, index) = (None, None, None);
        let package = LockedPackage {
            name: name.clone(),
            version,
            marker,
            index,
            source,
        };
        let lock = Lock {
            packages: vec![package],
            ..Lock::default()
        };
        let key = Sha256::new([1; 32]);

        assert_eq!(resolutions.load(key), None);
        resolutions.store(key, &lock).unwrap();
        assert_eq!(resolutions.load(key), Some((lock.clone(), None)));
        let newer = vec![Newer {
            name,
            version: "2".to_owned(),
            pinned: "1".to_owned(),
        }];
        resolutions.store_newer(key, &newer).unwrap();
        assert_eq!(resolutions.load(key), Some((lock.clone(), Some(newer))));
        resolutions.store(key, &lock).unwrap();
        assert_eq!(resolutions.load(key), Some((lock, None)));
    }

    #[test]
    fn a_damaged_file_counts_as_missing() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let key = Sha256::new([1; 32]);
        fs::create_dir_all(root.join("resolutions")).unwrap();
        fs::write(root.join(format!("resolutions/{key}.toml")), "lock-vers").unwrap();
        assert_eq!(Resolutions::at(root).load(key), None);
    }
}
