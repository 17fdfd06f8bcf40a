//! A file on its way into the cache, hashed as it comes.

use std::fs::{self, File};
use std::io::{self, Seek as _, Write};
use std::sync::Once;
use std::time::{Duration, SystemTime};

use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;
use tempfile::NamedTempFile;

use super::{Store, StoreError, rename_into};
use crate::client::DownloadSink;

/// A temporary file in the cache. Gone when dropped.
#[derive(Debug)]
pub struct Partial {
    file: NamedTempFile,
    hasher: sha2::Sha256,
    bytes: u64,
}

/// A directory that goes away with its value.
#[derive(Debug)]
pub(crate) struct WorkDirectory {
    _inner: tempfile::TempDir,
    path: Utf8PathBuf,
}

impl WorkDirectory {
    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }
}

/// Nobody writes to a file for this long and still means to finish it.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);

impl Store {
    /// An empty temporary file on the cache's own disk.
    pub fn partial(&self) -> Result<Partial, StoreError> {
        static SWEEP: Once = Once::new();
        let directory = self.partial_dir();
        let make = || {
            fs::create_dir_all(&directory)?;
            SWEEP.call_once(|| sweep(&directory));
            builder().tempfile_in(&directory)
        };
        let file = make().map_err(|source| StoreError::Write {
            path: directory.clone(),
            source,
        })?;
        Ok(Partial {
            file,
            hasher: sha2::Sha256::new(),
            bytes: 0,
        })
    }

    /// An empty directory for a build. Gone when dropped.
    pub(crate) fn work_directory(&self) -> Result<WorkDirectory, StoreError> {
        let directory = self.partial_dir();
        let make = || {
            fs::create_dir_all(&directory)?;
            let inner = tempfile::Builder::new()
                .prefix("build-")
                .tempdir_in(&directory)?;
            let path = Utf8PathBuf::from_path_buf(inner.path().to_owned())
                .map_err(|_| io::Error::from(io::ErrorKind::InvalidFilename))?;
            Ok(WorkDirectory {
                _inner: inner,
                path,
            })
        };
        make().map_err(|source| StoreError::Write {
            path: directory.clone(),
            source,
        })
    }

    /// A file without a name, for what does not fit into memory.
    pub(super) fn scratch(&self) -> Result<File, StoreError> {
        let directory = self.partial_dir();
        let make =
            || fs::create_dir_all(&directory).and_then(|()| tempfile::tempfile_in(&directory));
        make().map_err(|source| StoreError::Write {
            path: directory.clone(),
            source,
        })
    }

    /// Puts a small file in its place. Not synced: whoever reads it can tell a torn one.
    pub(super) fn write_small(&self, path: &Utf8Path, content: &[u8]) -> Result<(), StoreError> {
        let write = || {
            let directory = self.partial_dir();
            fs::create_dir_all(&directory)?;
            let mut file = builder().tempfile_in(&directory)?;
            file.write_all(content)?;
            keep(file, path)
        };
        write().map_err(|source| StoreError::Write {
            path: path.to_owned(),
            source,
        })
    }
}

impl Partial {
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The digest of what has been written so far.
    pub fn sha256(&self) -> Sha256 {
        Sha256::new(self.hasher.clone().finalize().into())
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.file.path()).expect("the cache's path and our names are UTF-8")
    }

    pub(super) fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Waits until the disk has it, and gives it its name.
    pub(super) fn persist(self, path: &Utf8Path) -> io::Result<()> {
        // After a power cut a file may have its length and its times, and zeros inside.
        self.file.as_file().sync_data()?;
        keep(self.file, path)
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.as_file_mut().write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DownloadSink for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn restart(&mut self) -> io::Result<()> {
        self.file.as_file_mut().rewind()?;
        self.file.as_file().set_len(0)?;
        self.hasher = sha2::Sha256::new();
        self.bytes = 0;
        Ok(())
    }
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    // As the umask has it, not for the owner alone: caches are shared between users.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

fn keep(file: NamedTempFile, path: &Utf8Path) -> io::Result<()> {
    let temporary = file.into_temp_path();
    let from = Utf8PathBuf::from_path_buf(temporary.to_path_buf())
        .map_err(|_| io::Error::from(io::ErrorKind::InvalidFilename))?;
    rename_into(&from, path)?;
    // It has another name now, so there is nothing to remove.
    let _ = temporary.keep();
    Ok(())
}

/// Removes what processes that died have left behind.
fn sweep(directory: &Utf8Path) {
    let Ok(entries) = directory.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified
            .ok()
            .and_then(|time| SystemTime::now().duration_since(time).ok());
        if age.is_some_and(|age| age > ABANDONED_AFTER) {
            // Another process may be quicker.
            let _ = match entry.file_type() {
                Ok(kind) if kind.is_dir() => fs::remove_dir_all(entry.path()),
                _ => fs::remove_file(entry.path()),
            };
        }
    }
}
