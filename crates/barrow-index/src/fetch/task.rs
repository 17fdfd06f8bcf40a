//! One file: downloaded, held against its digest, verified, stored; or one source, built.

use std::fs::File;
use std::io;
use std::sync::atomic::AtomicBool;

use barrow_model::{Sha256, WheelName};

use super::error::{FetchFailure, shown};
use super::{FetchMeans, hidden_url, source_of};
use crate::Reporter;
use crate::client::{Download, DownloadSink};
use crate::lock::{Location, LockedFile};
use crate::select::{Pick, PickSource};
use crate::source_build::Source;
use crate::store::key_lock::{KeyLock, LockKind};
use crate::store::{Partial, StoreError, StoredWheel, hash_file};

/// No file on an index is larger; what comes after this is not stored.
const LIMIT_BYTES: u64 = 4 << 30;

/// What all tasks share.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    pub(super) means: FetchMeans<'c>,
    pub(super) reporter: &'c dyn Reporter,
    pub(super) stop: &'c AtomicBool,
}

/// A wheel to bring, and the position of its pick.
#[derive(Clone, Copy)]
pub(super) struct Task<'t> {
    pub(super) at: usize,
    pub(super) file: &'t LockedFile,
}

/// What bringing a wheel led to.
pub(super) enum Brought {
    /// Somebody else brought it meanwhile.
    Stored(Box<StoredWheel>),
    Arrived(Box<Arrived>),
}

/// A wheel that has the right digest; its content has not been looked at.
pub(super) struct Arrived {
    partial: Partial,
    name: WheelName,
    sha256: Sha256,
    lock: KeyLock,
}

/// Downloads or copies a wheel.
pub(super) fn bring(task: Task<'_>, context: &Context<'_>) -> Result<Brought, FetchFailure> {
    let file = task.file;
    let name: WheelName = file.file_name.parse().map_err(|_| FetchFailure::Name {
        file: file.file_name.clone(),
    })?;
    let FetchMeans { store, .. } = context.means;
    let lock = |sha256: &Sha256| store.lock(LockKind::Wheel, sha256, context.reporter);
    let (partial, sha256, lock) = if let Some(sha256) = file.sha256 {
        let lock = lock(&sha256);
        if let Some(stored) = store.get_locked(&sha256, &lock, context.reporter) {
            return Ok(Brought::Stored(Box::new(stored)));
        }
        (bring_bytes(file, context)?, sha256, lock)
    } else {
        let partial = bring_bytes(file, context)?;
        let sha256 = partial.sha256();
        let lock = lock(&sha256);
        if let Some(stored) = store.get_locked(&sha256, &lock, context.reporter) {
            remember_url(file, &stored, context)?;
            context.reporter.download_finished(&file.file_name);
            return Ok(Brought::Stored(Box::new(stored)));
        }
        (partial, sha256, lock)
    };
    Ok(Brought::Arrived(Box::new(Arrived {
        partial,
        name,
        sha256,
        lock,
    })))
}

/// Verifies what arrived and puts it into the store.
pub(super) fn admit(
    task: Task<'_>,
    arrived: Arrived,
    context: &Context<'_>,
) -> Result<StoredWheel, FetchFailure> {
    let Arrived {
        partial,
        name,
        sha256,
        lock,
    } = arrived;
    let reporter = context.reporter;
    reporter.verifying(&task.file.file_name);
    let stored = context
        .means
        .store
        .admit(partial, &name, &sha256, &lock, reporter)?;
    if task.file.sha256.is_none() {
        remember_url(task.file, &stored, context)?;
    }
    reporter.download_finished(&task.file.file_name);
    Ok(stored)
}

/// Builds a source, after downloading it where it is far.
pub(super) fn build(pick: &Pick, context: &Context<'_>) -> Result<StoredWheel, FetchFailure> {
    let FetchMeans { store, builder, .. } = context.means;
    let of = source_of(pick);
    let build = |source| builder.build(of, source, store, context.reporter);
    match &pick.source {
        PickSource::Directory { path, .. } => Ok(build(Source::Directory { path })?),
        PickSource::Git { url, commit, .. } => Ok(build(Source::Git { url, commit })?),
        PickSource::Sdist { file, .. } | PickSource::Wheel(file) => {
            let partial = bring_bytes(file, context)?;
            context.reporter.download_finished(&file.file_name);
            let sha256 = partial.sha256();
            Ok(build(Source::Archive {
                path: partial.path(),
                file_name: &file.file_name,
                sha256: &sha256,
            })?)
        }
    }
}

/// The file's bytes, of the right digest.
fn bring_bytes(file: &LockedFile, context: &Context<'_>) -> Result<Partial, FetchFailure> {
    let mut partial = context.means.store.partial()?;
    let mut resumed = false;
    match &file.location {
        Location::Path(path) => {
            let error = |source| FetchFailure::Local {
                path: path.clone(),
                source,
            };
            // Held against its digest before it is copied, so that a wrong one costs no space.
            if let Some(expected) = file.sha256 {
                compare(file, hash_file(path).map_err(error)?, expected)?;
            }
            let mut source = File::open(path).map_err(error)?;
            io::copy(&mut source, &mut partial).map_err(|source| write_error(context, source))?;
        }
        Location::Url(_) => resumed = download(file, &mut partial, context)?,
    }
    let Some(expected) = file.sha256 else {
        return Ok(partial);
    };
    if partial.sha256() != expected && resumed {
        // The halves may be of two files, whatever the server said of them.
        let restarted = DownloadSink::restart(&mut partial);
        restarted.map_err(|source| write_error(context, source))?;
        download(file, &mut partial, context)?;
    }
    compare(file, partial.sha256(), expected)?;
    Ok(partial)
}

/// Downloads the file and says whether it came in parts.
fn download(
    file: &LockedFile,
    partial: &mut Partial,
    context: &Context<'_>,
) -> Result<bool, FetchFailure> {
    let Location::Url(url) = &file.location else {
        return Ok(false);
    };
    let download = Download {
        url,
        name: &file.file_name,
        limit_bytes: file.bytes.unwrap_or(LIMIT_BYTES),
        stop: context.stop,
    };
    Ok(context
        .means
        .client
        .download(&download, partial, context.reporter)?
        .resumed)
}

fn compare(file: &LockedFile, actual: Sha256, expected: Sha256) -> Result<(), FetchFailure> {
    if actual == expected {
        return Ok(());
    }
    let from = shown(&file.location);
    Err(FetchFailure::Digest {
        file: file.file_name.clone(),
        from,
        actual,
        expected,
    })
}

fn remember_url(
    file: &LockedFile,
    stored: &StoredWheel,
    context: &Context<'_>,
) -> Result<(), FetchFailure> {
    if let Location::Url(url) = &file.location {
        context
            .means
            .store
            .put_built(&hidden_url::digest(url), &stored.sha256)?;
    }
    Ok(())
}

fn write_error(context: &Context<'_>, source: io::Error) -> FetchFailure {
    let path = context.means.store.dir().to_owned();
    FetchFailure::Store(StoreError::Write { path, source })
}
