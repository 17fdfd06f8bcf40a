//! From picks to verified wheels in the store.
//!
//! What the store has costs a look. The rest is downloaded over several connections at once, the
//! largest first, hashed on the way, and verified by as many threads as there are processors,
//! while other downloads go on. Sources are built beside that. A failure does not stop the others
//! unless they would fail as well, so that one run reports everything there is to repair.

use std::num::NonZero;

use crate::client::Client;
use crate::lock::{Location, LockedFile};
use crate::select::{Pick, PickSource};
use crate::source_build::{Builder, SourceOf};
use crate::store::{Store, StoredWheel};
use crate::{Reporter, address};

mod error;
mod hidden_url;
mod pipeline;
mod task;

pub use error::{FetchError, FetchFailure};

/// What fetching works with.
#[derive(Debug, Clone, Copy)]
pub struct FetchMeans<'m> {
    pub store: &'m Store,
    pub client: &'m Client,
    pub builder: &'m Builder,
}

/// How to fetch.
#[derive(Debug, Clone, Copy)]
pub struct FetchOptions {
    /// Downloads at once.
    pub jobs: NonZero<usize>,
    /// Nothing may be asked of the network.
    pub offline: bool,
}

impl FetchOptions {
    /// Small wheels wait for answers more than for bytes. From 4 to 16 made no difference for 22
    /// wheels (60 MB) from a mirror nearby; farther away more of them wait at once. Measured 2026-11.
    pub const USUAL_JOBS: NonZero<usize> = NonZero::new(12).expect("12 is not zero");
}

/// Brings every pick into the store: one wheel for each, in the picks' order.
pub fn fetch(
    picks: &[Pick],
    means: FetchMeans<'_>,
    options: FetchOptions,
    reporter: &dyn Reporter,
) -> Result<Vec<StoredWheel>, FetchError> {
    let mut wheels: Vec<Option<StoredWheel>> = picks
        .iter()
        .map(|pick| look_up(pick, means, options, reporter))
        .collect();
    let missing: Vec<usize> = (0..picks.len())
        .filter(|&at| wheels[at].is_none())
        .collect();
    if options.offline {
        let unreachable = missing
            .iter()
            .map(|&at| &picks[at])
            .filter(|pick| needs_network(pick));
        let files: Vec<String> = unreachable.map(file_of).collect();
        if !files.is_empty() {
            return Err(FetchError::Offline { files });
        }
    }
    let tasks = missing.iter().map(|&at| (at, &picks[at])).collect();
    for (at, wheel) in pipeline::run(tasks, means, options, reporter)? {
        wheels[at] = Some(wheel);
    }
    Ok(wheels.into_iter().flatten().collect())
}

/// The wheel that is in the store already.
fn look_up(
    pick: &Pick,
    FetchMeans { store, builder, .. }: FetchMeans<'_>,
    options: FetchOptions,
    reporter: &dyn Reporter,
) -> Option<StoredWheel> {
    match &pick.source {
        PickSource::Wheel(file) => match (&file.sha256, &file.location) {
            (Some(sha256), _) => store.get(sha256, reporter),
            // Nobody vouches for what lies behind such a URL today, so it is asked every time.
            (None, Location::Url(url)) if options.offline => {
                store.get_built(&hidden_url::digest(url), reporter)
            }
            (None, _) => None,
        },
        PickSource::Sdist { file, .. } => {
            builder.find_built(source_of(pick), file, store, reporter)
        }
        PickSource::Git { url, commit, .. } => {
            builder.find_built_revision(source_of(pick), url, commit, store, reporter)
        }
        PickSource::Directory { .. } => None,
    }
}

fn source_of(pick: &Pick) -> SourceOf<'_> {
    let subdirectory = match &pick.source {
        PickSource::Wheel(_) => None,
        PickSource::Sdist { subdirectory, .. }
        | PickSource::Directory { subdirectory, .. }
        | PickSource::Git { subdirectory, .. } => subdirectory.as_deref(),
    };
    SourceOf {
        name: &pick.name,
        version: pick.version.as_deref(),
        subdirectory,
    }
}

fn needs_network(pick: &Pick) -> bool {
    match &pick.source {
        PickSource::Wheel(file) | PickSource::Sdist { file, .. } => is_remote(file),
        PickSource::Git { url, .. } => !url.starts_with("file:"),
        PickSource::Directory { .. } => false,
    }
}

fn is_remote(file: &LockedFile) -> bool {
    matches!(&file.location, Location::Url(url) if !url.starts_with("file:"))
}

/// What a message calls the pick's file.
fn file_of(pick: &Pick) -> String {
    match &pick.source {
        PickSource::Wheel(file) | PickSource::Sdist { file, .. } => file.file_name.clone(),
        PickSource::Directory { path, .. } => path.to_string(),
        PickSource::Git { url, commit, .. } => {
            format!("{} at {commit}", address::without_userinfo(url))
        }
    }
}
