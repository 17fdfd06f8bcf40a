//! What is kept between builds: how much, how to shrink it, whether it is still right.

use std::time::Duration;

use barrow_index::store::{Keep, Pruned, Store, StoreSize, Verified};

use super::Context;
use crate::outcome::{Result, explained};

pub fn size(context: &Context) -> Result<StoreSize> {
    store(context)?.size().map_err(explained)
}

/// Keeps what was used within `within`; without it, nothing.
pub fn prune(context: &Context, within: Option<Duration>) -> Result<Pruned> {
    let keep = within.map_or(Keep::Nothing, Keep::UsedWithin);
    store(context)?.prune(keep).map_err(explained)
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
