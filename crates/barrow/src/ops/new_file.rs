//! A file that appears whole or not at all.

use std::fs::File;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::{Builder, NamedTempFile};

use super::interrupt;

/// Written beside its destination under another name, and renamed when it is complete.
///
/// Not synced: after a power cut the old content may be back, but never a mixture that a killed
/// process could leave.
#[derive(Debug)]
pub struct NewFile {
    destination: Utf8PathBuf,
    file: NamedTempFile,
}

impl NewFile {
    /// Makes the destination's folder where it is missing.
    pub fn create(destination: &Utf8Path) -> io::Result<Self> {
        let folder = match destination.parent() {
            Some(parent) if !parent.as_str().is_empty() => parent,
            _ => Utf8Path::new("."),
        };
        std::fs::create_dir_all(folder)?;
        let mut builder = Builder::new();
        builder.prefix(".barrow-").suffix(".tmp");
        // Readable like any file that the user makes: the umask decides.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder)?;
        interrupt::remember(file.path());
        Ok(Self {
            destination: destination.to_owned(),
            file,
        })
    }

    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Puts the file in the destination's place.
    pub fn commit(self) -> io::Result<()> {
        let path = self.file.path().to_owned();
        let result = self.file.persist(&self.destination);
        interrupt::forget(&path);
        result.map(drop).map_err(|error| error.error)
    }
}

/// Writes `bytes` to `destination`, whole or not at all.
pub fn write(destination: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let new = NewFile::create(destination)?;
    io::Write::write_all(&mut new.file(), bytes)?;
    new.commit()
}
