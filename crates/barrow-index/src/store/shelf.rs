//! The directory of one wheel: a `.whl` file and its index.

use std::fs::{self, File};
use std::io;
use std::time::{Duration, SystemTime};

use barrow_core::Wheel;
use barrow_model::{Sha256, WheelName};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;

use super::stamp::{self, Stamp};

/// The last use is noted once a day at most.
const NOTED_EVERY: Duration = Duration::from_hours(24);

/// Where one wheel lies.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) directory: Utf8PathBuf,
}

impl Shelf {
    pub(super) fn index_path(&self) -> Utf8PathBuf {
        self.directory.join("index")
    }

    pub(super) fn wheel_path(&self, name: &WheelName) -> Utf8PathBuf {
        self.directory.join(name.as_str())
    }

    /// The index, where there is one that can be read; notes the use.
    pub(super) fn read_index(&self) -> Option<(Stamp, Wheel)> {
        let bytes = fs::read(self.index_path()).ok()?;
        stamp::decode(&bytes)
    }

    /// When the wheel was last used: the time of the index, which is not written for any other
    /// reason after the wheel is there.
    pub(super) fn last_use(&self) -> Option<SystemTime> {
        self.index_path()
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
    }

    pub(super) fn note_use(&self) {
        let now = SystemTime::now();
        let last = self.last_use();
        let recent = last.is_some_and(|last| match now.duration_since(last) {
            Ok(age) => age < NOTED_EVERY,
            Err(_) => true,
        });
        if !recent {
            self.set_last_use(now);
        }
    }

    pub(super) fn set_last_use(&self, time: SystemTime) {
        // In a cache that may only be read the note is lost, and nobody prunes it either.
        let file = File::options().append(true).open(self.index_path());
        let _ = file.and_then(|file| file.set_modified(time));
    }

    /// The wheel's file name, from the directory itself.
    pub(super) fn find_name(&self) -> Option<WheelName> {
        let entries = self.directory.read_dir_utf8().ok()?;
        entries
            .flatten()
            .find_map(|entry| entry.file_name().parse().ok())
    }
}

/// The digest of a file's bytes.
pub(crate) fn hash_file(path: &Utf8Path) -> io::Result<Sha256> {
    let mut hasher = Hasher(sha2::Sha256::new());
    // `copy` reads in pieces of 8 KiB; SHA-256 at 1.5 GB/s does not notice the difference.
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(Sha256::new(hasher.0.finalize().into()))
}

struct Hasher(sha2::Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
