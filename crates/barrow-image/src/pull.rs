//! From a name to a root file system on disk.

use std::fmt;
use std::fs;
use std::time::Duration;

use barrow_model::Arch;
use camino::Utf8Path;

use crate::fetch::fetch;
use crate::image::Config;
use crate::manifest::{self, Manifest};
use crate::registry::Registry;
use crate::store::Store;
use crate::{Image, PullError, Reference, Reporter, StoreError, layers};

const CLEAN_UP_TIME: Duration = Duration::from_secs(5);

/// How an image is to be had.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullOptions {
    /// Talk to the registry without TLS. One on a loopback address is always talked to so.
    pub plain_http: bool,
    /// Ask nobody: take what was pulled last.
    pub offline: bool,
    pub credentials: Option<Credentials>,
}

/// A login for the registry.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

/// Without the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Unpacks an image into the store, unless it is there already.
///
/// The registry is asked what the reference means now; blobs are only fetched for an image that
/// the store does not have. A reference with a digest is not asked about twice.
///
/// Proxies and certificates are taken from the usual variables of the environment.
pub async fn pull(
    reference: &Reference,
    arch: Arch,
    store: &Utf8Path,
    options: &PullOptions,
    reporter: &dyn Reporter,
) -> Result<Image, PullError> {
    let store = Store::open(store)?;
    if options.offline || reference.is_pinned() {
        match store.find(reference, arch) {
            Some(image) => return Ok(image),
            None if options.offline => {
                return Err(PullError::NotPulled {
                    reference: reference.to_string(),
                    arch,
                });
            }
            None => {}
        }
    }
    let registry = Registry::connect(reference, options, reporter).await?;
    let manifest = manifest::find(&registry, arch).await?;
    let image = match store.get(&manifest.digest, reference) {
        Some(image) => image,
        None => make(&registry, &manifest, arch, &store).await?,
    };
    if image.arch != arch {
        return Err(PullError::NoPlatform {
            reference: reference.to_string(),
            wanted: manifest::platform(arch),
            available: vec![manifest::platform(image.arch)],
        });
    }
    store.remember(reference, arch, &manifest.digest)?;
    Ok(image)
}

/// [`pull`], for callers that have no runtime of their own.
pub fn pull_blocking(
    reference: &Reference,
    arch: Arch,
    store: &Utf8Path,
    options: &PullOptions,
    reporter: &dyn Reporter,
) -> Result<Image, PullError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| StoreError::open(store, source))?;
    let pulled = runtime.block_on(pull(reference, arch, store, options, reporter));
    // Time to clean up for what was unpacking, and not for a name that is still being looked up.
    runtime.shutdown_timeout(CLEAN_UP_TIME);
    pulled
}

async fn make(
    registry: &Registry<'_>,
    manifest: &Manifest,
    arch: Arch,
    store: &Store,
) -> Result<Image, PullError> {
    let reference = registry.reference();
    let bench = store.bench(&manifest.digest, registry.reporter()).await?;
    if let Some(image) = store.get(&manifest.digest, reference) {
        // Whoever had the lock before us has made it.
        return Ok(image);
    }
    let path = bench.path().join("config");
    fetch(registry, &manifest.config, &path).await?;
    let config = fs::read(&path).map_err(|source| StoreError::read(&path, source))?;
    let config = Config::parse(&config, &reference.to_string(), arch)?;
    fs::remove_file(&path).map_err(|source| StoreError::write(&path, source))?;
    let unpacked_bytes = layers::bring(registry, &manifest.layers, &bench).await?;
    Ok(bench
        .finish(reference, arch, config, unpacked_bytes)
        .await?)
}
