//! Finding a wheel in the cache, without trusting a disk blindly.

use std::fs;

use barrow_core::wheel;
use barrow_model::Sha256;

use super::key_lock::LockKind;
use super::shelf::{Shelf, hash_file};
use super::stamp::{self, Stamp};
use super::{KeyLock, Store, StoredWheel, remove_dir};
use crate::Reporter;

impl Store {
    /// The wheel with this digest, where the cache has it.
    ///
    /// Costs one read and one `stat` while the file's length and time are what they were when it
    /// was verified. Otherwise the file is hashed again: kept where it is still right, else
    /// dropped with a note, so that it is fetched again.
    pub fn get(&self, sha256: &Sha256, reporter: &dyn Reporter) -> Option<StoredWheel> {
        let shelf = self.shelf(sha256);
        if let Some(stored) = shelf.look(sha256) {
            return Some(stored);
        }
        if !shelf.directory.exists() {
            return None;
        }
        let lock = self.lock(LockKind::Wheel, sha256, reporter);
        self.get_locked(sha256, &lock, reporter)
    }

    /// [`Store::get`] for whoever holds the wheel's lock already.
    pub fn get_locked(
        &self,
        sha256: &Sha256,
        _lock: &KeyLock,
        reporter: &dyn Reporter,
    ) -> Option<StoredWheel> {
        let shelf = self.shelf(sha256);
        shelf
            .look(sha256)
            .or_else(|| self.look_closely(&shelf, sha256, reporter))
    }

    pub(super) fn shelf(&self, sha256: &Sha256) -> Shelf {
        Shelf {
            directory: self.wheel_dir(sha256),
        }
    }

    /// Reads the file itself. Whatever is wrong with it, it is gone afterwards.
    pub(super) fn look_closely(
        &self,
        shelf: &Shelf,
        sha256: &Sha256,
        reporter: &dyn Reporter,
    ) -> Option<StoredWheel> {
        if !shelf.directory.exists() {
            return None;
        }
        let found = shelf.examine(sha256);
        let Some((stamp, wheel)) = found else {
            let name = shelf.find_name();
            let name = name.as_ref().map_or("a wheel", |name| name.as_str());
            reporter.note(&format!(
                "the cached copy of `{name}` was damaged and is gone now"
            ));
            // What cannot be removed is looked at closely again next time.
            let _ = remove_dir(&shelf.directory);
            return None;
        };
        // Where it cannot be written, the next one looks closely too.
        let _ = self.write_small(&shelf.index_path(), &stamp::encode(&stamp, &wheel));
        let path = shelf.wheel_path(&wheel.name);
        Some(StoredWheel {
            path,
            sha256: *sha256,
            bytes: stamp.bytes,
            wheel,
        })
    }
}

impl Shelf {
    /// The quick look: index and file are as they were left.
    fn look(&self, sha256: &Sha256) -> Option<StoredWheel> {
        let (stamp, wheel) = self.read_index()?;
        let path = self.wheel_path(&wheel.name);
        if !stamp.fits(&fs::metadata(&path).ok()?) {
            return None;
        }
        self.note_use();
        Some(StoredWheel {
            path,
            sha256: *sha256,
            bytes: stamp.bytes,
            wheel,
        })
    }

    /// The close look: the file's bytes against the digest that they should have.
    fn examine(&self, sha256: &Sha256) -> Option<(Stamp, wheel::Wheel)> {
        let index = self.read_index();
        let name = match &index {
            Some((_, wheel)) => wheel.name.clone(),
            None => self.find_name()?,
        };
        let path = self.wheel_path(&name);
        // Without an index nobody knows the digest of a file that was recompressed: it does not
        // have the digest that it is kept under, so it is fetched again.
        let expected = index.as_ref().map_or(*sha256, |(stamp, _)| stamp.sha256);
        if hash_file(&path).ok()? != expected {
            return None;
        }
        let wheel = match index {
            Some((_, wheel)) => wheel,
            None => wheel::verify(&fs::File::open(&path).ok()?, &name).ok()?,
        };
        Some((Stamp::new(&fs::metadata(&path).ok()?, expected), wheel))
    }
}
