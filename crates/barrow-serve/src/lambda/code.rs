//! Deployment packages, kept by their digest.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use barrow_core::ReadAt;
use barrow_core::zip::Directory;
use barrow_model::limits::{DIRECT_UPLOAD_LIMIT_BYTES, UNZIPPED_LIMIT_BYTES};
use camino::{Utf8Path, Utf8PathBuf};
use data_encoding::{BASE64, HEXLOWER};
use sha2::Digest as _;

use super::configuration::Code;
use crate::api::Refusal;

const PIECE_BYTES: usize = 256 << 10;

/// The folder that holds them.
#[derive(Debug)]
pub(crate) struct Codes {
    folder: Utf8PathBuf,
    /// Held while a package is given its name or loses it: never for long.
    names: Mutex<()>,
}

impl Codes {
    pub(crate) fn open(folder: Utf8PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            names: Mutex::new(()),
        })
    }

    /// Keeps a package that came with its request, in base64, if it is one.
    pub(crate) fn keep_direct(&self, base64: &str) -> Result<Code, Refusal> {
        let bytes = BASE64.decode(base64.as_bytes()).map_err(|error| {
            Refusal::new(
                "SerializationException",
                format!("Could not decode base64: {error}"),
            )
        })?;
        if bytes.len() as u64 >= DIRECT_UPLOAD_LIMIT_BYTES {
            return Err(Refusal::new(
                "RequestEntityTooLargeException",
                format!("Zipped size must be smaller than {DIRECT_UPLOAD_LIMIT_BYTES} bytes"),
            ));
        }
        let unzipped_bytes = inspect(&bytes)?;
        let code = Code {
            sha256: HEXLOWER.encode(&sha2::Sha256::digest(&bytes)),
            bytes: bytes.len() as u64,
            unzipped_bytes,
        };
        let path = self.path(&code.sha256);
        if !self.is_wanted_again(&path) {
            let write = || {
                let mut new = tempfile::NamedTempFile::new_in(&self.folder)?;
                new.write_all(&bytes)?;
                self.name(new, &path)
            };
            write().map_err(|error| {
                Refusal::new(
                    "ServiceException",
                    format!("cannot write `{path}`: {error}"),
                )
            })?;
        }
        Ok(code)
    }

    /// Keeps a package that lies in a file. However large it is, little of it is in memory.
    pub(crate) fn keep_file(&self, mut file: fs::File) -> Result<Code, Refusal> {
        let unzipped_bytes = inspect(&file)?;
        let mut copy = || -> io::Result<Code> {
            let mut new = tempfile::NamedTempFile::new_in(&self.folder)?;
            let mut hasher = sha2::Sha256::new();
            let mut bytes = 0;
            let mut piece = vec![0; PIECE_BYTES];
            loop {
                let count = file.read(&mut piece)?;
                if count == 0 {
                    break;
                }
                hasher.update(&piece[..count]);
                new.write_all(&piece[..count])?;
                bytes += count as u64;
            }
            let sha256 = HEXLOWER.encode(&hasher.finalize());
            self.name(new, &self.path(&sha256))?;
            Ok(Code {
                sha256,
                bytes,
                unzipped_bytes,
            })
        };
        copy().map_err(|error| {
            Refusal::new(
                "ServiceException",
                format!("cannot copy the package: {error}"),
            )
        })
    }

    pub(crate) fn path(&self, sha256: &str) -> Utf8PathBuf {
        self.folder.join(sha256).with_extension("zip")
    }

    /// Whole or not at all.
    fn name(&self, new: tempfile::NamedTempFile, path: &Utf8Path) -> io::Result<()> {
        let _names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        new.persist(path)?;
        Ok(())
    }

    /// Whether it is there already. From now on it counts as new: nobody removes it until there
    /// was time to write down what it is for.
    fn is_wanted_again(&self, path: &Utf8Path) -> bool {
        let _names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let file = fs::File::options().append(true).open(path);
        file.and_then(|file| file.set_modified(SystemTime::now()))
            .is_ok()
    }

    /// Removes what is not named here and is older than `before`, packages and what is left of
    /// those that were being written when the service ended. Gives how many.
    pub(super) fn remove_others(
        &self,
        named: &HashSet<String>,
        before: SystemTime,
    ) -> io::Result<usize> {
        let mut removed = 0;
        for entry in self.folder.read_dir_utf8()? {
            let entry = entry?;
            let path = entry.path();
            if path.file_stem().is_some_and(|stem| named.contains(stem)) {
                continue;
            }
            let _names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            if entry.metadata()?.modified()? < before {
                fs::remove_file(path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// What Lambda looks at before it takes a package. Gives how much is in it.
fn inspect(package: &dyn ReadAt) -> Result<u64, Refusal> {
    let directory = Directory::read(package).map_err(|_| {
        Refusal::invalid(
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        )
    })?;
    if directory.entries().is_empty() {
        return Err(Refusal::invalid("Uploaded file must be a non-empty zip"));
    }
    let sizes = directory.entries().iter();
    let unzipped = sizes.fold(0u64, |sum, entry| {
        sum.saturating_add(entry.uncompressed_bytes)
    });
    if unzipped >= UNZIPPED_LIMIT_BYTES {
        return Err(Refusal::invalid(format!(
            "Unzipped size must be smaller than {UNZIPPED_LIMIT_BYTES} bytes"
        )));
    }
    Ok(unzipped)
}
