//! The bodies on disk: where they lie, how they come and go.
//!
//! ```text
//! incoming/<n>                 being received, known to no record
//! blobs/<id mod 256>/<id>      the body of the version with this id
//! parts/<upload>/<id>          the body of a part of an unfinished upload
//! ```

use std::fs::{self, File};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use camino::{Utf8Path, Utf8PathBuf};

/// How many folders the bodies are spread over.
const SPREAD: i64 = 256;

#[derive(Debug)]
pub(crate) struct Files {
    folder: Utf8PathBuf,
    received: AtomicU64,
}

impl Files {
    /// Makes the folders, and removes what was being received when the last process ended.
    pub(super) fn open(folder: &Utf8Path) -> io::Result<Self> {
        let incoming = folder.join("incoming");
        match fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(&incoming)?,
        }
        for spread in 0..SPREAD {
            fs::create_dir_all(folder.join(format!("blobs/{spread:02x}")))?;
        }
        fs::create_dir_all(folder.join("parts"))?;
        Ok(Self {
            folder: folder.to_owned(),
            received: AtomicU64::new(0),
        })
    }

    pub(crate) fn receive(self: &Arc<Self>) -> io::Result<(Incoming, File)> {
        let number = self.received.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("incoming/{number}"));
        let file = File::options().write(true).create_new(true).open(&path)?;
        Ok((Incoming { path }, file))
    }

    pub(crate) fn blob(&self, id: i64) -> Utf8PathBuf {
        self.folder.join(blob_name(id))
    }

    pub(crate) fn part(&self, upload: i64, id: i64) -> Utf8PathBuf {
        self.folder.join(part_name(upload, id))
    }

    /// Removes a file or folder that no record names. What stays is tried again at the next start.
    pub(super) fn remove(&self, name: &str) {
        let path = self.folder.join(name);
        let _ = match name.strip_suffix('/') {
            Some(_) => fs::remove_dir_all(path),
            None => fs::remove_file(path),
        };
    }
}

pub(crate) fn blob_name(id: i64) -> String {
    format!("blobs/{:02x}/{id}", id.rem_euclid(SPREAD))
}

pub(crate) fn part_name(upload: i64, id: i64) -> String {
    format!("parts/{upload}/{id}")
}

pub(crate) fn upload_name(upload: i64) -> String {
    format!("parts/{upload}/")
}

/// A body that is no object's yet. Removed unless it is kept.
#[derive(Debug)]
pub(crate) struct Incoming {
    path: Utf8PathBuf,
}

impl Incoming {
    /// Moves the body to where it is to stay. What lies there is of a change that was never
    /// finished.
    pub(crate) fn keep_as(mut self, path: &Utf8Path) -> io::Result<()> {
        match fs::rename(&self.path, path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::rename(&self.path, path)?;
            }
            result => result?,
        }
        self.path = Utf8PathBuf::new();
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.path.as_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
