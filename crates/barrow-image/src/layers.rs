//! All layers of an image: fetched a few at a time, unpacked in order while others still come.

use std::fs::{self, File};
use std::sync::Arc;

use camino::Utf8PathBuf;
use futures_util::StreamExt as _;
use futures_util::future::try_join;
use futures_util::stream;
use tokio::sync::mpsc;

use crate::blocking::blocking;
use crate::fetch::fetch;
use crate::manifest::{Blob, IMAGE_LIMIT_BYTES};
use crate::registry::Registry;
use crate::store::Bench;
use crate::unpack::{Amount, Unpacker};
use crate::{PullError, StoreError};

/// As many as Docker fetches.
const AT_ONCE: usize = 3;

/// So that a hostile image cannot use up the disk's inodes. Files of the largest image that
/// Lambda takes would have 5 KiB each.
const ENTRY_LIMIT: u64 = 2_000_000;

/// A layer on disk.
struct Fetched {
    layer: Blob,
    path: Utf8PathBuf,
}

/// Fills the bench's root. How many bytes it has then.
pub(crate) async fn bring(
    registry: &Registry<'_>,
    layers: &[Blob],
    bench: &Bench,
) -> Result<u64, PullError> {
    // Without a bound: connections that nobody reads from while a layer is unpacked would end.
    let (sender, receiver) = mpsc::unbounded_channel();
    let downloads = download(registry, layers, bench, sender);
    let unpacking = unpack(registry, layers.len(), bench, receiver);
    let ((), unpacked_bytes) = try_join(downloads, unpacking).await?;
    Ok(unpacked_bytes)
}

async fn download(
    registry: &Registry<'_>,
    layers: &[Blob],
    bench: &Bench,
    sender: mpsc::UnboundedSender<Fetched>,
) -> Result<(), PullError> {
    let mut fetched = stream::iter(layers.iter().copied().enumerate())
        .map(|(number, layer)| async move {
            let path = bench.path().join(format!("layer-{number}"));
            fetch(registry, &layer, &path).await?;
            Ok::<_, PullError>(Fetched { layer, path })
        })
        .buffered(AT_ONCE);
    while let Some(fetched) = fetched.next().await {
        if sender.send(fetched?).is_err() {
            // Unpacking has failed, and says so itself.
            break;
        }
    }
    Ok(())
}

async fn unpack(
    registry: &Registry<'_>,
    layers: usize,
    bench: &Bench,
    mut receiver: mpsc::UnboundedReceiver<Fetched>,
) -> Result<u64, PullError> {
    let rootfs = bench.rootfs();
    let limit = Amount {
        bytes: IMAGE_LIMIT_BYTES,
        entries: ENTRY_LIMIT,
    };
    let unpacker = Unpacker::new(&rootfs, limit);
    let mut unpacker = unpacker.map_err(|source| StoreError::write(&rootfs, source))?;
    let mut number = 0;
    while let Some(Fetched { layer, path }) = receiver.recv().await {
        number += 1;
        let reporter = registry.reporter();
        reporter.working(&format!("unpacking layer {number} of {layers}"));
        let place = Arc::clone(bench.place());
        let work = blocking(move || {
            let file = File::open(&path).map_err(|source| StoreError::read(&path, source))?;
            let result = unpacker.add(file, &|| place.is_abandoned());
            result.map_err(|source| PullError::Unpack {
                layer: layer.digest,
                source: Box::new(source),
            })?;
            // Its bytes are on the disk twice now; there may be no room for the next one else.
            fs::remove_file(&path).map_err(|source| StoreError::write(&path, source))?;
            Ok::<_, PullError>(unpacker)
        });
        unpacker = work.await?;
    }
    Ok(unpacker.used().bytes)
}
