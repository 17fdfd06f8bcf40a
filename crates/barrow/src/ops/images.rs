//! Container images of Lambda's runtimes, in place of an interpreter of this machine.

use barrow_image::{PullOptions, Reference};
use barrow_local::sandbox::RootFs;
use barrow_local::tree::shelf::Room;
use barrow_model::{Arch, Runtime};
use camino::{Utf8Path, Utf8PathBuf};

use super::Context;
use crate::outcome::{Failure, Result, explained};

/// Below the cache: the images, and the files that name a sandbox's users.
const FOLDER: &str = "images";
const ACCOUNTS: &str = "accounts";

/// Whether a tag that was pulled before is looked up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// What was pulled last is good.
    Stored,
    /// A tag may have moved.
    Newest,
}

/// An image's root, pulled if need be, ready to be a sandbox's.
pub fn root_fs(
    reference: &str,
    runtime: Runtime,
    arch: Arch,
    freshness: Freshness,
    context: &Context,
) -> Result<RootFs> {
    let parsed = Reference::parse(reference).map_err(explained)?;
    let store = context.cache.join(FOLDER);
    let progress = context.output.progress();
    let pull = |offline| {
        let options = PullOptions {
            offline,
            ..PullOptions::default()
        };
        barrow_image::pull_blocking(&parsed, arch, &store, &options, &progress)
    };
    let stored = (freshness == Freshness::Stored && !context.offline).then(|| pull(true).ok());
    let image = match stored.flatten() {
        Some(image) => Ok(image),
        None => pull(context.offline),
    };
    progress.clear();
    let image = image.map_err(explained)?;
    let accounts = absolute(&context.cache)?.join(ACCOUNTS);
    let root = absolute(&image.rootfs)?;
    RootFs::prepare(&root, runtime, &accounts)
        .map_err(|error| explained(error).context(format!("cannot use `{reference}`")))
}

/// What the images take.
pub fn room(context: &Context) -> Result<Room> {
    let store = context.cache.join(FOLDER);
    let images = barrow_image::images(&store).map_err(explained)?;
    Ok(Room {
        trees: images.len(),
        files: images.len(),
        bytes: images.iter().map(|image| image.unpacked_bytes).sum(),
    })
}

pub fn remove_all(context: &Context) -> Result<Room> {
    let room = room(context)?;
    let store = context.cache.join(FOLDER);
    for stored in barrow_image::images(&store).map_err(explained)? {
        barrow_image::remove(&store, &stored.image.digest).map_err(explained)?;
    }
    Ok(room)
}

/// Mounts have absolute sources, behind all links.
pub(super) fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf> {
    path.canonicalize_utf8().map_err(|error| {
        Failure::from(anyhow::Error::from(error).context(format!("cannot find `{path}`")))
    })
}
