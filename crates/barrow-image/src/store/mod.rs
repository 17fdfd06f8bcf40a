//! Images on disk, by the digests of their manifests.
//!
//! ```text
//! images/abcd…/rootfs/        the root file system
//!              image.json     how to start a program in it
//! references/…                which image a reference meant when it was last asked about
//! partial/abcd…/              an image that is being made
//! locks/                      one at a time per image
//! ```
//!
//! An image is renamed into its place when it is whole and the disk has it. Two processes at once
//! are normal; one that dies leaves at most a directory in `partial`, which the next one removes.

use std::{fs, io};

use barrow_model::{Arch, Sha256};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;

mod bench;
mod error;
mod lock;
mod record;

pub(crate) use bench::Bench;
pub use error::StoreError;
pub(crate) use error::room_hints;

use record::{ImageRecord, ReferenceRecord};

use crate::{Image, Reference};

/// An image in the store, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    pub image: Image,
    /// All that meant this image when they were last asked about, in order. None where a tag has
    /// moved on.
    pub references: Vec<Reference>,
    pub unpacked_bytes: u64,
}

/// All images in the store, by the references they were pulled as.
pub fn images(store: &Utf8Path) -> Result<Vec<StoredImage>, StoreError> {
    let store = Store::at(store)?;
    let references = store.references()?;
    let mut images = Vec::new();
    for path in children(&store.root.join("images"))? {
        let digest = path.file_name().map(Sha256::parse_hex);
        let Some(Ok(digest)) = digest else {
            continue;
        };
        let Some((image, unpacked_bytes)) = store.look(&digest) else {
            continue;
        };
        let meant = |record: &&ReferenceRecord| record.image() == Some(digest);
        let names = references.iter().map(|(_, record)| record).filter(meant);
        let mut references: Vec<_> = names
            .filter_map(|record| Reference::parse(&record.reference).ok())
            .collect();
        references.sort_by_key(ToString::to_string);
        images.push(StoredImage {
            image,
            references,
            unpacked_bytes,
        });
    }
    images.sort_by_key(|stored| (stored.image.reference.to_string(), stored.image.digest));
    Ok(images)
}

/// Removes an image, and forgets what was called by it. Whether there was one.
///
/// Programs that run in it lose their files.
pub fn remove(store: &Utf8Path, digest: &Sha256) -> Result<bool, StoreError> {
    let store = Store::at(store)?;
    let path = store.image_dir(digest);
    if !path.exists() {
        return Ok(false);
    }
    let _lock = store.lock_blocking(digest)?;
    for (path, record) in store.references()? {
        if record.image() == Some(*digest) {
            remove_file(&path)?;
        }
    }
    // Out of its place in one step, so that nobody sees the half of it.
    let partial = store.partial_dir(digest);
    remove_dir(&partial)?;
    let take = || {
        fs::create_dir_all(store.root.join("partial"))?;
        fs::rename(&path, &partial)
    };
    match take() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        result => result.map_err(|source| StoreError::remove(&path, source))?,
    }
    remove_dir(&partial)?;
    Ok(true)
}

/// The directory that has everything.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    root: Utf8PathBuf,
}

impl Store {
    /// The store in this directory, whether there is one or not.
    fn at(root: &Utf8Path) -> Result<Self, StoreError> {
        // Sandboxes are told of paths in it, and may have another working directory.
        let absolute = camino::absolute_utf8(root);
        let root = absolute.map_err(|source| StoreError::open(root, source))?;
        Ok(Self { root })
    }

    /// Opens the store, and makes it where there is none.
    pub(crate) fn open(root: &Utf8Path) -> Result<Self, StoreError> {
        let store = Self::at(root)?;
        fs::create_dir_all(&store.root).map_err(|source| StoreError::open(root, source))?;
        Ok(store)
    }

    /// The image with this digest, where it is there, under the name it was asked for by.
    pub(crate) fn get(&self, digest: &Sha256, reference: &Reference) -> Option<Image> {
        let (mut image, _) = self.look(digest)?;
        image.reference = reference.clone();
        Some(image)
    }

    /// What the reference meant when it was last asked about, where that is still there.
    pub(crate) fn find(&self, reference: &Reference, arch: Arch) -> Option<Image> {
        let record: ReferenceRecord = record::read(&self.reference_path(reference, arch))?;
        self.get(&record.image()?, reference)
    }

    /// Remembers what the reference means now.
    pub(crate) fn remember(
        &self,
        reference: &Reference,
        arch: Arch,
        digest: &Sha256,
    ) -> Result<(), StoreError> {
        let record = ReferenceRecord {
            reference: reference.to_string(),
            arch: arch.to_string(),
            image: digest.to_hex(),
        };
        record::write(&record, &self.reference_path(reference, arch))
    }

    fn look(&self, digest: &Sha256) -> Option<(Image, u64)> {
        let path = self.image_dir(digest);
        let record: ImageRecord = record::read(&path.join("image.json"))?;
        let rootfs = path.join("rootfs");
        let unpacked_bytes = record.unpacked_bytes;
        let image = record.into_image(*digest, rootfs)?;
        image.rootfs.is_dir().then_some((image, unpacked_bytes))
    }

    fn references(&self) -> Result<Vec<(Utf8PathBuf, ReferenceRecord)>, StoreError> {
        let paths = children(&self.root.join("references"))?;
        // Whoever was killed while writing one left it under a temporary name.
        let whole = |path: &Utf8PathBuf| path.extension() == Some("json");
        let read = |path: Utf8PathBuf| record::read(&path).map(|record| (path, record));
        Ok(paths.into_iter().filter(whole).filter_map(read).collect())
    }

    fn image_dir(&self, digest: &Sha256) -> Utf8PathBuf {
        self.root.join("images").join(digest.to_hex())
    }

    fn partial_dir(&self, digest: &Sha256) -> Utf8PathBuf {
        self.root.join("partial").join(digest.to_hex())
    }

    fn reference_path(&self, reference: &Reference, arch: Arch) -> Utf8PathBuf {
        let key = sha2::Sha256::digest(format!("{arch} {reference}"));
        let name = format!("{}.json", Sha256::new(key.into()));
        self.root.join("references").join(name)
    }
}

/// What lies in a directory, by name; nothing where there is no directory.
fn children(path: &Utf8Path) -> Result<Vec<Utf8PathBuf>, StoreError> {
    let list = || {
        let entries = path.read_dir_utf8()?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path().to_owned()));
        let mut paths: Vec<_> = paths.collect::<io::Result<_>>()?;
        paths.sort();
        Ok(paths)
    };
    match list() {
        Err(error) if is_gone(&error) => Ok(Vec::new()),
        result => result.map_err(|source| StoreError::read(path, source)),
    }
}

fn remove_dir(path: &Utf8Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if !is_gone(&error) => Err(StoreError::remove(path, error)),
        _ => Ok(()),
    }
}

fn remove_file(path: &Utf8Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if !is_gone(&error) => Err(StoreError::remove(path, error)),
        _ => Ok(()),
    }
}

fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}
