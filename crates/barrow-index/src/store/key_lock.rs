//! One process at a time fetches a wheel or builds it; the others wait and find it done.

use std::fs::{self, File, TryLockError};

use barrow_model::Sha256;

use super::{Store, open_lock_file};
use crate::Reporter;

/// Held while a wheel is brought in. Let go when dropped, or when the process dies.
#[derive(Debug)]
pub struct KeyLock {
    /// `None` where locks are not to be had; then the same work may be done twice, and the last
    /// rename stays.
    _file: Option<File>,
}

/// What a lock is for. Whoever builds may fetch, never the other way round, so no two processes
/// can wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockKind {
    Build,
    Wheel,
}

impl Store {
    /// Waits until nobody else works on this key.
    ///
    /// Files are named by 16 bits of the key, so that there is no end of files to clean up: one
    /// that is removed while another process waits for it would lock nothing.
    pub fn lock(&self, kind: LockKind, key: &Sha256, reporter: &dyn Reporter) -> KeyLock {
        let directory = self.root.join("locks");
        let prefix = match kind {
            LockKind::Build => "build",
            LockKind::Wheel => "wheel",
        };
        let _ = fs::create_dir_all(&directory);
        let file = open_lock_file(&directory.join(format!("{prefix}-{}", &key.to_hex()[..4])));
        let file = file.filter(|file| match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => {
                reporter.working("waiting for another barrow that fetches the same");
                file.lock().is_ok()
            }
            Err(TryLockError::Error(_)) => false,
        });
        KeyLock { _file: file }
    }
}
