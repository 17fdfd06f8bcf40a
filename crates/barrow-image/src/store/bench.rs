//! Where an image is made, before it takes its place in one step.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use barrow_model::{Arch, Sha256};
use camino::{Utf8Path, Utf8PathBuf};

use super::record::{self, ImageRecord};
use super::{Store, StoreError, remove_dir};
use crate::blocking::blocking;
use crate::image::Config;
use crate::{Image, Reference, Reporter};

/// A locked directory, gone when dropped unless it was finished.
#[derive(Debug)]
pub(crate) struct Bench {
    store: Store,
    digest: Sha256,
    place: Arc<Place>,
}

/// The directory itself. Threads that write into it hold it, so that it is neither removed nor
/// unlocked under their hands.
#[derive(Debug)]
pub(crate) struct Place {
    path: Utf8PathBuf,
    abandoned: AtomicBool,
    _lock: File,
}

impl Store {
    /// Waits for whoever makes the same image, and makes an empty place for it.
    pub(crate) async fn bench(
        &self,
        digest: &Sha256,
        reporter: &dyn Reporter,
    ) -> Result<Bench, StoreError> {
        let lock = self.lock(digest, reporter).await?;
        let path = self.partial_dir(digest);
        self.sweep();
        remove_dir(&path)?;
        let make = || {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            // For the owner alone: what is in an image may be writable for everybody, and is
            // not meant for everybody on this machine.
            DirBuilder::new().mode(0o700).create(&path)?;
            fs::create_dir(path.join("rootfs"))
        };
        make().map_err(|source| StoreError::write(&path, source))?;
        Ok(Bench {
            store: self.clone(),
            digest: *digest,
            place: Arc::new(Place {
                path,
                abandoned: AtomicBool::new(false),
                _lock: lock,
            }),
        })
    }

    /// Removes what processes left that were killed.
    fn sweep(&self) {
        for path in super::children(&self.root.join("partial")).unwrap_or_default() {
            let digest = path.file_name().map(Sha256::parse_hex);
            let Some(Ok(digest)) = digest else {
                continue;
            };
            if let Ok(Some(_lock)) = self.try_lock(&digest) {
                // In the way of nobody; the next one tries again.
                let _ = remove_dir(&path);
            }
        }
    }
}

impl Bench {
    pub(crate) fn path(&self) -> &Utf8Path {
        &self.place.path
    }

    pub(crate) fn rootfs(&self) -> Utf8PathBuf {
        self.place.path.join("rootfs")
    }

    pub(crate) fn place(&self) -> &Arc<Place> {
        &self.place
    }

    /// Waits until the disk has it, and puts the image where it belongs.
    pub(crate) async fn finish(
        self,
        reference: &Reference,
        arch: Arch,
        config: Config,
        unpacked_bytes: u64,
    ) -> Result<Image, StoreError> {
        let record = ImageRecord::new(reference, arch, config, unpacked_bytes);
        record::write(&record, &self.path().join("image.json"))?;
        let place = Arc::clone(&self.place);
        blocking(move || place.sync()).await?;
        let path = self.store.image_dir(&self.digest);
        // Of another version, or damaged: whole ones are not made again.
        remove_dir(&path)?;
        let put = || {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(self.path(), &path)
        };
        put().map_err(|source| StoreError::write(&path, source))?;
        let image = self.store.get(&self.digest, reference);
        image.ok_or_else(|| StoreError::read(&path, std::io::ErrorKind::NotFound.into()))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.place.abandoned.store(true, Ordering::Relaxed);
    }
}

impl Place {
    /// Whether nobody waits for it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// After a power cut files may have their lengths, and zeros inside. One call for all of
    /// them: thousands of small files are synced one by one in minutes.
    fn sync(&self) -> Result<(), StoreError> {
        let sync = || rustix::fs::syncfs(File::open(&self.path)?).map_err(std::io::Error::from);
        sync().map_err(|source| StoreError::write(&self.path, source))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = remove_dir(&self.path);
    }
}
