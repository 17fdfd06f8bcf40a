//! The cache on disk: wheels by digest, verified once, and what was derived from them.
//!
//! ```text
//! CACHEDIR.TAG  in-use                    which processes are at it
//! wheels/ab/abcd…/numpy-2.1.3-….whl       a wheel under the SHA-256 that the lock file names
//!                 index                   what verification learnt; its mtime is the last use
//! built/ab/abcd…                          digest of an input → digest of the wheel made from it
//! partial/                                files that are being written
//! locks/                                  one at a time per wheel
//! resolutions/  tools/                    the resolver's
//! ```
//!
//! Every file is written under a temporary name, synced where nothing else could tell that it is
//! incomplete, and renamed. Two processes at once are normal; one that dies leaves at most a
//! temporary file, and its locks go with it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::sync::{Mutex, PoisonError};

use barrow_core::Wheel;
use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};

mod admit;
mod built;
mod error;
mod look_up;
mod partial;
mod prune;
mod shelf;
mod stamp;
mod verify;

pub mod key_lock;

pub use admit::AdmitError;
pub use error::StoreError;
pub use key_lock::KeyLock;
pub use partial::Partial;
pub use prune::{Keep, Pruned, StoreSize};
pub(crate) use shelf::hash_file;
pub use verify::Verified;

/// A verified wheel on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWheel {
    pub path: Utf8PathBuf,
    /// Of the wheel as the index serves it. The file differs where it had to be recompressed.
    pub sha256: Sha256,
    /// The length of the file at `path`.
    pub bytes: u64,
    pub wheel: Wheel,
}

/// The cache, marked as in use until dropped.
#[derive(Debug)]
pub struct Store {
    root: Utf8PathBuf,
    /// Locked shared, so that nobody prunes meanwhile. `None` where locks are not to be had.
    in_use: Mutex<Option<File>>,
}

/// What tools that make backups look for; see <https://bford.info/cachedir/>.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This directory is a cache of barrow. It can be removed at any time.\n";

impl Store {
    /// Opens the cache, and makes it where there is none.
    pub fn open(root: &Utf8Path) -> Result<Self, StoreError> {
        let error = |source| StoreError::Open {
            path: root.to_owned(),
            source,
        };
        // An absolute path, because builds in other directories are told about it.
        let root = camino::absolute_utf8(root).map_err(error)?;
        fs::create_dir_all(&root).map_err(error)?;
        let tag = root.join("CACHEDIR.TAG");
        if !tag.exists() {
            // A cache that may only be read is of use all the same.
            let _ = fs::write(tag, CACHEDIR_TAG);
        }
        let in_use = open_lock_file(&root.join("in-use"));
        let in_use = in_use.filter(|file| file.lock_shared().is_ok());
        Ok(Self {
            root,
            in_use: Mutex::new(in_use),
        })
    }

    pub fn dir(&self) -> &Utf8Path {
        &self.root
    }

    /// Runs `work` while no other process uses the store, or says that one does.
    fn alone<T>(&self, work: impl FnOnce() -> T) -> Result<T, StoreError> {
        let in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = in_use.as_ref() else {
            return Ok(work());
        };
        // Turning a shared lock into an exclusive one is not defined everywhere; letting go is.
        let _ = file.unlock();
        let result = match file.try_lock() {
            Ok(()) => {
                let result = work();
                let _ = file.unlock();
                Ok(result)
            }
            Err(_) => Err(StoreError::InUse {
                path: self.root.clone(),
            }),
        };
        let _ = file.lock_shared();
        result
    }

    /// The directory of one wheel.
    fn wheel_dir(&self, sha256: &Sha256) -> Utf8PathBuf {
        let hex = sha256.to_hex();
        self.root.join("wheels").join(&hex[..2]).join(hex)
    }

    fn partial_dir(&self) -> Utf8PathBuf {
        self.root.join("partial")
    }
}

/// A file that exists to be locked, or `None` where it cannot be made.
fn open_lock_file(path: &Utf8Path) -> Option<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .ok()
}

/// Puts a file where it belongs, in one step.
fn rename_into(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(from, to)
}

/// Like `remove_dir_all`, and content when there is nothing to remove.
fn remove_dir(path: &Utf8Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
