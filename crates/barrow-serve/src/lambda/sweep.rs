//! Clearing up: packages that no record needs any more, and mappings whose deletion is over.

use std::collections::HashSet;
use std::io;
use std::time::{Duration, SystemTime};

use super::code::Codes;
use super::configuration::{Configuration, Function, Published};
use super::event_sources::EventSource;
use super::layers::LayerVersion;
use crate::store::{Store, StoreError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("cannot remove packages that nothing needs")]
    Remove(#[from] io::Error),
}

/// Removes the packages that no record names, but for those that came, or were asked for again,
/// after `before`: their records may not be written yet. Gives how many.
pub(crate) fn packages(
    store: &Store,
    codes: &Codes,
    before: SystemTime,
) -> Result<usize, SweepError> {
    let named = store.read_aside(|records| {
        let mut named = HashSet::new();
        let mut keep = |told: &Configuration| {
            named.insert(told.code.sha256.clone());
            named.extend(told.layers.iter().map(|used| used.code.sha256.clone()));
        };
        records.visit::<Function>(|_, _, _, function| keep(&function.latest))?;
        records.visit::<Published>(|_, _, _, published| keep(&published.configuration))?;
        records.visit::<LayerVersion>(|_, _, _, version| {
            named.insert(version.code.sha256);
        })?;
        Ok(named)
    })?;
    Ok(codes.remove_others(&named, before)?)
}

/// Removes event source mappings that were deleted long enough ago.
pub(crate) fn event_sources(store: &Store, settling: Duration) -> Result<(), SweepError> {
    let gone = store.read_aside(|records| {
        let mut gone = Vec::new();
        records.visit::<EventSource>(|scope, _, key, source| {
            if source.is_gone(settling) {
                gone.push((scope, key));
            }
        })?;
        Ok(gone)
    })?;
    if gone.is_empty() {
        return Ok(());
    }
    store.write(|records| {
        for (scope, key) in gone {
            records.remove::<EventSource>(&scope, "", &key)?;
        }
        Ok(())
    })
}
