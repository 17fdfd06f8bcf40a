//! What is known of the wheels and files of a plan, read or remembered.
//!
//! A wheel's facts lie beside it in the store, for each runtime, and so do those of its modules that
//! some build's imports came to. The user's own files are few and
//! are read each time.

use std::fs::File;
use std::sync::Arc;

use barrow_check::facts::{Facts, Known, WHOLE_FILE_LIMIT_BYTES};
use barrow_check::survey::{Modules, WheelFacts, survey_plan};
use barrow_check::{Kind, Package};
use barrow_core::Plan;
use barrow_core::plan::{Content, PlannedEntry};
use barrow_core::zip::Span;
use barrow_index::store::StoredWheel;
use barrow_model::{EntryPath, Target};
use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::{new_file, threads};
use crate::project::SourceFile;
use crate::settings::{self, Job};

/// The package that a plan would make, as its checks see it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) package: Package,
    /// Of each wheel, with where they are kept.
    modules: Vec<(Utf8PathBuf, Modules)>,
}

impl Seen {
    /// Keeps what the checks read of wheels, once they have looked.
    pub(super) fn keep(self) -> Package {
        for (path, modules) in self.modules {
            if let Some(bytes) = modules.encode() {
                // In a cache that may only be read, the next build reads them again.
                let _ = new_file::write(&path, &bytes);
            }
        }
        self.package
    }
}

/// Looks at a plan. The modules of wheels are read as imports come to them.
pub(super) fn see(job: &Job, plan: &Plan, wheels: &[StoredWheel], files: &[SourceFile]) -> Seen {
    threads::prepare();
    let mut of_wheels: Vec<OfWheel> = wheels
        .par_iter()
        .map(|stored| OfWheel::read(stored, job.target))
        .collect();
    let mut of_files: Vec<Known> = files
        .par_iter()
        .map(|file| of_file(file, job.target))
        .collect();
    let known = |entry: &PlannedEntry| match &entry.content {
        Content::Spliced { wheel, span } => of_wheels[wheel.0 as usize].take(&entry.path, span),
        Content::File { file, .. } => std::mem::take(&mut of_files[file.0 as usize]),
        Content::Fresh(bytes) => Known::read(&entry.path, bytes, job.target),
    };
    let package = survey_plan(job.name.clone(), kind(job), plan, known);
    let modules = wheels
        .iter()
        .zip(of_wheels)
        .filter_map(|(stored, of_wheel)| {
            let path = beside(stored, "modules", job.target);
            Some((path, of_wheel.modules?))
        });
    Seen {
        package,
        modules: modules.collect(),
    }
}

pub(super) fn kind(job: &Job) -> Kind {
    match job.kind {
        settings::Kind::Function { .. } => Kind::Function,
        settings::Kind::Layer => Kind::Layer,
    }
}

/// What is known of a wheel.
#[derive(Default)]
struct OfWheel {
    facts: WheelFacts,
    modules: Option<Modules>,
}

impl OfWheel {
    fn read(stored: &StoredWheel, target: Target) -> Self {
        // A wheel that cannot be opened now fails the build when it is to be copied.
        let Ok(source) = File::open(&stored.path) else {
            return Self::default();
        };
        let path = beside(stored, "facts", target);
        let kept = std::fs::read(&path).ok();
        let facts = kept.and_then(|bytes| WheelFacts::decode(&bytes));
        let facts = facts.unwrap_or_else(|| {
            let facts = WheelFacts::survey(&source, &stored.wheel, target);
            // In a cache that may only be read, the next build surveys the wheel again.
            let _ = new_file::write(&path, &facts.encode());
            facts
        });
        let kept = std::fs::read(beside(stored, "modules", target)).ok();
        Self {
            facts,
            modules: Some(Modules::new(Arc::new(source), kept.as_deref(), target)),
        }
    }

    fn take(&mut self, path: &EntryPath, span: &Span) -> Known {
        let mut known = self.facts.take(span.offset);
        let modules = self.modules.as_mut();
        if let Some(module) = modules.and_then(|modules| modules.at(path, span)) {
            known.facts = Facts::Python(module);
        }
        known
    }
}

fn beside(stored: &StoredWheel, what: &str, target: Target) -> Utf8PathBuf {
    let name = format!("{what}-{}", target.runtime);
    stored.path.with_file_name(name)
}

fn of_file(file: &SourceFile, target: Target) -> Known {
    if file.bytes > WHOLE_FILE_LIMIT_BYTES {
        return Known::default();
    }
    // A file that is gone by now fails the build when it is to be packed.
    let content = std::fs::read(&file.on_disk).unwrap_or_default();
    Known::read(&file.path, &content, target)
}
