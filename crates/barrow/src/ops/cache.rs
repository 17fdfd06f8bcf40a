//! What is kept between builds: how much, how to shrink it, whether it is still right.

use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use barrow_index::store::{Keep, Pruned, Store, StoreSize, Verified};
use barrow_local::tree;
use barrow_local::tree::shelf::{self, Room};

use super::Context;
use crate::outcome::{Result, explained};
use crate::runtime;

/// Below the cache: what was unpacked to be run.
const TREES: [&str; 2] = [tree::FOLDER, runtime::FOLDER];

/// What is not the store's own.
const OTHERS: [&str; 3] = [tree::FOLDER, runtime::FOLDER, "images"];

/// How much is there.
#[derive(Debug)]
pub struct CacheSize {
    pub wheels: StoreSize,
    /// Packages and runtimes that were unpacked to be run.
    pub trees: Room,
}

pub fn size(context: &Context) -> Result<CacheSize> {
    let mut trees = Room::default();
    for folder in TREES {
        add(&mut trees, shelf::room(&context.cache.join(folder)));
    }
    #[cfg(target_os = "linux")]
    add(&mut trees, super::images::room(context)?);
    Ok(CacheSize {
        wheels: store(context)?.size(&OTHERS).map_err(explained)?,
        trees,
    })
}

/// Keeps what was used within `within`; without it, nothing. Images were asked for by name, and
/// only go with everything else.
pub fn prune(context: &Context, within: Option<Duration>) -> Result<Pruned> {
    let now = SystemTime::now();
    let limit = within.and_then(|within| now.checked_sub(within));
    let mut trees = Room::default();
    for folder in TREES {
        let folder = context.cache.join(folder);
        // Without a limit even what is being made this moment is old.
        let limit = limit.unwrap_or(now + Duration::from_hours(1));
        let pruned = shelf::prune(&folder, limit);
        add(
            &mut trees,
            pruned.with_context(|| format!("cannot prune `{folder}`"))?,
        );
    }
    #[cfg(target_os = "linux")]
    {
        if within.is_none() {
            add(&mut trees, super::images::remove_all(context)?);
        }
    }
    // Last, because what it does not know, it removes as it is.
    let keep = within.map_or(Keep::Nothing, Keep::UsedWithin);
    let wheels = store(context)?.prune(keep).map_err(explained)?;
    Ok(Pruned {
        files: wheels.files + trees.files,
        bytes: wheels.bytes + trees.bytes,
    })
}

fn add(room: &mut Room, more: Room) {
    room.trees += more.trees;
    room.files += more.files;
    room.bytes += more.bytes;
}

pub fn verify(context: &Context) -> Result<Verified> {
    let progress = context.output.progress();
    let verified = store(context)?.verify(&progress).map_err(explained);
    progress.clear();
    verified
}

pub(super) fn store(context: &Context) -> Result<Store> {
    Store::open(&context.cache).map_err(explained)
}
