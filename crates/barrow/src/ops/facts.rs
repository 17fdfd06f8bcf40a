//! What is known of the wheels and files of a plan, read or remembered.
//!
//! A wheel's facts lie beside it in the store, for each runtime. The user's own files are few and
//! are read each time.

use std::fs::File;

use barrow_check::facts::{Known, WHOLE_FILE_LIMIT_BYTES};
use barrow_check::survey::{WheelFacts, survey_plan};
use barrow_check::{Kind, Package};
use barrow_core::Plan;
use barrow_core::plan::{Content, PlannedEntry};
use barrow_index::store::StoredWheel;
use barrow_model::Target;
use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::new_file;
use crate::project::SourceFile;
use crate::settings::{self, Job};

/// The package that a plan would make, as its checks see it.
pub(super) fn package(
    job: &Job,
    plan: &Plan,
    wheels: &[StoredWheel],
    files: &[SourceFile],
) -> Package {
    let mut of_wheels: Vec<WheelFacts> = wheels
        .par_iter()
        .map(|stored| of_wheel(stored, job.target))
        .collect();
    let mut of_files: Vec<Known> = files
        .par_iter()
        .map(|file| of_file(file, job.target))
        .collect();
    let known = |entry: &PlannedEntry| match &entry.content {
        Content::Spliced { wheel, span } => of_wheels[wheel.0 as usize].take(span.offset),
        Content::File { file, .. } => std::mem::take(&mut of_files[file.0 as usize]),
        Content::Fresh(bytes) => Known::read(&entry.path, bytes, job.target),
    };
    survey_plan(job.name.clone(), kind(job), plan, known)
}

pub(super) fn kind(job: &Job) -> Kind {
    match job.kind {
        settings::Kind::Function { .. } => Kind::Function,
        settings::Kind::Layer => Kind::Layer,
    }
}

fn of_wheel(stored: &StoredWheel, target: Target) -> WheelFacts {
    let path = facts_path(stored, target);
    let kept = std::fs::read(&path).ok();
    if let Some(facts) = kept.and_then(|bytes| WheelFacts::decode(&bytes)) {
        return facts;
    }
    // A wheel that cannot be opened now fails the build when it is to be copied.
    let Ok(source) = File::open(&stored.path) else {
        return WheelFacts::default();
    };
    let facts = WheelFacts::survey(&source, &stored.wheel, target);
    // In a cache that may only be read, the next build surveys the wheel again.
    let _ = new_file::write(&path, &facts.encode());
    facts
}

fn facts_path(stored: &StoredWheel, target: Target) -> Utf8PathBuf {
    stored
        .path
        .with_file_name(format!("facts-{}", target.runtime))
}

fn of_file(file: &SourceFile, target: Target) -> Known {
    if file.bytes > WHOLE_FILE_LIMIT_BYTES {
        return Known::default();
    }
    // A file that is gone by now fails the build when it is to be packed.
    let content = std::fs::read(&file.on_disk).unwrap_or_default();
    Known::read(&file.path, &content, target)
}
