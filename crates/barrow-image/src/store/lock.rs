//! One process at a time makes or removes an image; the others wait and find it done.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;

use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};

use super::{Store, StoreError};
use crate::Reporter;
use crate::blocking::blocking;

impl Store {
    /// Waits until nobody else works on this image. Let go when dropped, or with the process.
    pub(super) async fn lock(
        &self,
        digest: &Sha256,
        reporter: &dyn Reporter,
    ) -> Result<File, StoreError> {
        if let Some(lock) = self.try_lock(digest)? {
            return Ok(lock);
        }
        reporter.working("waiting for another barrow that pulls the same");
        let (store, digest) = (self.clone(), *digest);
        blocking(move || store.lock_blocking(&digest)).await
    }

    pub(super) fn lock_blocking(&self, digest: &Sha256) -> Result<File, StoreError> {
        let path = self.lock_path(digest);
        let lock = || {
            let file = open(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|source| StoreError::lock(&path, source))
    }

    /// `None` where somebody works on this image.
    pub(super) fn try_lock(&self, digest: &Sha256) -> Result<Option<File>, StoreError> {
        let path = self.lock_path(digest);
        let lock = || {
            let file = open(&path)?;
            match file.try_lock() {
                Ok(()) => Ok(Some(file)),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        lock().map_err(|source| StoreError::lock(&path, source))
    }

    /// Named by 16 bits of the digest, so that there is no end of files to clean up: one that is
    /// removed while another process waits for it would lock nothing.
    fn lock_path(&self, digest: &Sha256) -> Utf8PathBuf {
        self.root.join("locks").join(&digest.to_hex()[..4])
    }
}

fn open(path: &Utf8Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}
