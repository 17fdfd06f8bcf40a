//! What is kept beside a root file system, and which reference meant which image.

use std::fs;
use std::io::{self, Write as _};

use barrow_model::{Arch, Sha256};
use camino::{Utf8Path, Utf8PathBuf};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::image::Config;
use crate::{Image, Reference};

/// Changes with the layout of the files, and with what unpacking makes of a layer.
const VERSION: u32 = 1;

/// `images/<digest>/image.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ImageRecord {
    version: u32,
    /// By what it was asked for when it was unpacked.
    reference: String,
    arch: String,
    environment: Vec<(String, String)>,
    working_directory: Option<Utf8PathBuf>,
    entrypoint: Vec<String>,
    command: Vec<String>,
    pub(super) unpacked_bytes: u64,
}

/// `references/<digest of both>.json`: what a reference meant when it was last asked about.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReferenceRecord {
    pub(super) reference: String,
    pub(super) arch: String,
    /// In hexadecimal.
    pub(super) image: String,
}

impl ImageRecord {
    pub(super) fn new(
        reference: &Reference,
        arch: Arch,
        config: Config,
        unpacked_bytes: u64,
    ) -> Self {
        Self {
            version: VERSION,
            reference: reference.to_string(),
            arch: arch.to_string(),
            environment: config.environment,
            working_directory: config.working_directory,
            entrypoint: config.entrypoint,
            command: config.command,
            unpacked_bytes,
        }
    }

    /// `None` for what another version wrote.
    pub(super) fn into_image(self, digest: Sha256, rootfs: Utf8PathBuf) -> Option<Image> {
        if self.version != VERSION {
            return None;
        }
        Some(Image {
            reference: Reference::parse(&self.reference).ok()?,
            digest,
            arch: self.arch.parse().ok()?,
            rootfs,
            environment: self.environment,
            working_directory: self.working_directory,
            entrypoint: self.entrypoint,
            command: self.command,
        })
    }
}

impl ReferenceRecord {
    pub(super) fn image(&self) -> Option<Sha256> {
        Sha256::parse_hex(&self.image).ok()
    }
}

/// `None` for what is not there, and for what is torn or garbled.
pub(super) fn read<T: DeserializeOwned>(path: &Utf8Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Puts a record in its place, in one step.
pub(super) fn write<T: Serialize>(record: &T, path: &Utf8Path) -> Result<(), StoreError> {
    let write = || {
        let directory = path.parent().unwrap_or(Utf8Path::new("."));
        fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        serde_json::to_writer_pretty(&mut file, record).map_err(io::Error::from)?;
        file.write_all(b"\n")?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|source| StoreError::write(path, source))
}
