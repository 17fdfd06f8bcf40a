//! One blob, from the registry onto the disk, held against its digest and its size.

use std::fs::File;
use std::io::{self, Write as _};

use barrow_model::Sha256;
use camino::Utf8Path;
use futures_util::StreamExt as _;
use sha2::Digest as _;

use crate::manifest::Blob;
use crate::registry::{Failure, Failures, Registry};
use crate::{PullError, StoreError};

/// A try that brought this much more counts as progress, not as another failure.
const PROGRESS_BYTES: u64 = 256 << 10;

/// Brings a blob into a new file at `path`.
pub(crate) async fn fetch(
    registry: &Registry<'_>,
    blob: &Blob,
    path: &Utf8Path,
) -> Result<(), PullError> {
    let name = format!("sha256:{}", blob.digest);
    let reporter = registry.reporter();
    let mut download = Download {
        registry,
        blob,
        name: &name,
        path,
        file: File::create(path).map_err(|source| StoreError::write(path, source))?,
        hasher: sha2::Sha256::new(),
        bytes: 0,
        farthest: 0,
        resumed: false,
    };
    reporter.download_started(&name, blob.bytes);
    let mut failures = Failures::default();
    loop {
        let before = download.farthest;
        let Err(failure) = download.attempt().await else {
            break;
        };
        if download.farthest >= before + PROGRESS_BYTES {
            failures.forget();
        }
        failures.pause(failure, &name, reporter).await?;
    }
    reporter.download_finished(&name);
    Ok(())
}

/// A download under way, over all its tries.
struct Download<'d> {
    registry: &'d Registry<'d>,
    blob: &'d Blob,
    name: &'d str,
    path: &'d Utf8Path,
    file: File,
    hasher: sha2::Sha256,
    /// That the file holds.
    bytes: u64,
    /// The most it ever held, and so the most that was reported.
    farthest: u64,
    resumed: bool,
}

impl Download<'_> {
    async fn attempt(&mut self) -> Result<(), Failure> {
        let (mut stream, start_bytes) = self.registry.blob(&self.blob.digest, self.bytes).await?;
        if start_bytes == 0 {
            self.restart()?;
        }
        self.resumed = start_bytes > 0;
        if let Some(rest) = stream.content_length
            && start_bytes + rest != self.blob.bytes
        {
            return Err(self.wrong_size(start_bytes + rest).into());
        }
        while let Some(bytes) = stream.next().await {
            match bytes {
                Ok(bytes) => self.take(&bytes)?,
                // Everything is here, so the complaint is of the digest; that is ours to make.
                Err(_) if self.bytes == self.blob.bytes => break,
                Err(error) => return Err(self.registry.broken(&error)),
            }
        }
        if self.bytes < self.blob.bytes {
            let seen = format!(
                "the connection ended after {} of {} bytes",
                self.bytes, self.blob.bytes
            );
            return Err(self.registry.broken(&io::Error::other(seen)));
        }
        self.check_digest()
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), PullError> {
        let end = self.bytes + bytes.len() as u64;
        if end > self.blob.bytes {
            return Err(self.wrong_size(end));
        }
        self.file
            .write_all(bytes)
            .map_err(|source| StoreError::write(self.path, source))?;
        self.hasher.update(bytes);
        self.bytes = end;
        if end > self.farthest {
            let reporter = self.registry.reporter();
            reporter.download_advanced(self.name, end - self.farthest);
            self.farthest = end;
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), PullError> {
        if self.bytes > 0 {
            self.file =
                File::create(self.path).map_err(|source| StoreError::write(self.path, source))?;
            self.hasher = sha2::Sha256::new();
            self.bytes = 0;
        }
        Ok(())
    }

    fn check_digest(&mut self) -> Result<(), Failure> {
        let actual = Sha256::new(self.hasher.clone().finalize().into());
        if actual == self.blob.digest {
            return Ok(());
        }
        let error = PullError::Digest {
            what: self.name.to_owned(),
            expected: self.name.to_owned(),
            actual: format!("sha256:{actual}"),
        };
        if !self.resumed {
            return Err(error.into());
        }
        // The halves may be of two files, which a server that cannot resume would do to us.
        self.restart()?;
        Err(Failure::Passing(error))
    }

    fn wrong_size(&self, seen_bytes: u64) -> PullError {
        PullError::Size {
            what: self.name.to_owned(),
            seen_bytes,
            expected_bytes: self.blob.bytes,
        }
    }
}
