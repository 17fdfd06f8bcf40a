//! Pins a project's dependencies in a `pylock.toml`.

use anyhow::Context as _;
use barrow_index::lock::pylock::{self, Stamp};
use barrow_index::resolve::Freshness;
use barrow_model::Target;
use camino::Utf8Path;

use super::{Context, new_file, resolve};
use crate::outcome::{Failure, Result};
use crate::settings::Job;

/// What was written.
#[derive(Debug)]
pub struct Locked {
    pub packages: usize,
    pub target: Target,
}

/// Writes the pins of a project to `path`. A project of several packages has several sets of
/// requirements, and one lock file cannot hold them.
pub fn lock(jobs: &[Job], path: &Utf8Path, upgrade: bool, context: &Context) -> Result<Locked> {
    let [job] = jobs else {
        return Err(Failure::input(format_args!(
            "the project has {} packages; a lock file holds the requirements of one",
            jobs.len()
        ))
        .hint("name the requirements: `barrow lock -r FILE -o pylock.NAME.toml`"));
    };
    let freshness = match (upgrade, context.offline) {
        (true, _) => Freshness::Upgrade,
        (false, true) => Freshness::Offline,
        (false, false) => Freshness::Cached,
    };
    let question = resolve::sources(job, freshness, context)?;
    let progress = context.output.progress();
    let resolution = resolve::resolve(&question, context, &progress);
    progress.clear();
    let resolution = resolution?;
    let stamp = Stamp {
        target: job.target,
        inputs: resolution.project,
    };
    let text = pylock::write(&resolution.lock, Some(&stamp), Some(&job.directory));
    new_file::write(path, text.as_bytes()).with_context(|| format!("cannot write `{path}`"))?;
    Ok(Locked {
        packages: resolution.lock.packages.len(),
        target: job.target,
    })
}
