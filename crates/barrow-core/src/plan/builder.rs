//! From wheels and files to a plan.

use std::ops::Range;

use barrow_model::entry_path::EntryPathError;
use barrow_model::{EntryPath, Explain, Fault, Runtime};

use super::conflict::{Conflict, Source};
use super::place::{self, Candidate, Piece};
use super::resolve::Resolution;
use super::{Content, FileId, Layout, Plan, PlannedEntry, WheelId};
use crate::wheel::scheme::SchemeError;
use crate::wheel::{Scheme, Wheel, record};

/// Collects what is to be in a package, then decides who gets which path.
///
/// Wheels are given in pip's install order (see [`super::install_order`]): later ones win. Files
/// of the project win over all wheels, whenever they are given.
#[derive(Debug)]
pub struct PlanBuilder<'w> {
    layout: Layout,
    runtime: Runtime,
    wheels: Vec<Taken<'w>>,
    from_wheels: Vec<Candidate<'w>>,
    from_project: Vec<Candidate<'w>>,
}

/// A wheel whose entries are candidates.
#[derive(Debug)]
struct Taken<'w> {
    id: WheelId,
    wheel: &'w Wheel,
    candidates: Range<usize>,
    record_stays_true: bool,
}

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    #[error("`{entry}` of wheel `{wheel}` has no place in a package")]
    Scheme {
        wheel: String,
        entry: EntryPath,
        source: SchemeError,
    },
    #[error("`{entry}` of wheel `{wheel}` would become `{path}`, which is no path of a package")]
    Path {
        wheel: String,
        entry: String,
        path: String,
        source: EntryPathError,
    },
}

impl Explain for PlanError {
    fn fault(&self) -> Fault {
        Fault::Input
    }
}

impl<'w> PlanBuilder<'w> {
    pub fn new(layout: Layout, runtime: Runtime) -> Self {
        Self {
            layout,
            runtime,
            wheels: Vec::new(),
            from_wheels: Vec::new(),
            from_project: Vec::new(),
        }
    }

    /// Adds all of a wheel. It wins over the wheels before it.
    pub fn wheel(&mut self, id: WheelId, wheel: &'w Wheel) -> Result<(), PlanError> {
        let start = self.from_wheels.len();
        self.from_wheels.reserve(wheel.entries.len());
        let record_stays_true =
            place::wheel(&self.layout, self.runtime, id, wheel, &mut self.from_wheels)?;
        let candidates = start..self.from_wheels.len();
        self.wheels.push(Taken {
            id,
            wheel,
            candidates,
            record_stays_true,
        });
        Ok(())
    }

    /// Adds a file of the project, by its path in the package.
    pub fn file(&mut self, path: EntryPath, file: FileId, bytes: u64, executable: bool) {
        let piece = Piece::File { file, bytes };
        let source = Source::Project;
        self.from_project.push(Candidate {
            path,
            source,
            executable,
            in_site: false,
            piece,
        });
    }

    /// The plan, and what is not in it although it was given.
    pub fn finish(self) -> (Plan, Vec<Conflict>) {
        let mut candidates = self.from_wheels;
        candidates.extend(self.from_project);
        let resolution = Resolution::new(&self.layout, &candidates);
        let records: Vec<(EntryPath, WheelId, Vec<u8>)> = self
            .wheels
            .iter()
            .filter_map(|taken| fresh_record(&self.layout, taken, &candidates, &resolution))
            .collect();
        let Resolution {
            winners, conflicts, ..
        } = resolution;

        let mut candidates: Vec<_> = candidates.into_iter().map(Some).collect();
        let taken = winners
            .into_iter()
            .filter_map(|number| candidates[number].take());
        let mut plan = Plan {
            entries: taken.map(planned).collect(),
        };
        for (path, wheel, bytes) in records {
            if let Ok(position) = plan.entries.binary_search_by(|entry| entry.path.cmp(&path)) {
                let entry = &mut plan.entries[position];
                entry.source = Source::Wheel(wheel);
                entry.content = Content::Fresh(bytes);
            }
        }
        (plan, conflicts)
    }
}

/// A `RECORD` that is true to the package, unless the wheel's own is, or somebody else has its
/// place.
fn fresh_record(
    layout: &Layout,
    taken: &Taken<'_>,
    candidates: &[Candidate<'_>],
    resolution: &Resolution<'_, '_>,
) -> Option<(EntryPath, WheelId, Vec<u8>)> {
    let own = layout.place(
        Scheme::Library,
        &taken.wheel.record_path(),
        taken.wheel.name.name(),
    );
    let own = resolution
        .at(&own)
        .filter(|entry| entry.source == Source::Wheel(taken.id))?;
    let brought = taken.candidates.clone();
    if taken.record_stays_true && brought.clone().all(|number| resolution.is_kept(number)) {
        return None;
    }
    let kept = brought.filter(|&number| resolution.is_kept(number));

    let mut rows: Vec<_> = kept
        .map(|number| &candidates[number])
        .filter(|entry| entry.path != own.path)
        .collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    rows.dedup_by(|a, b| a.path == b.path);
    let mut text = String::new();
    for entry in rows {
        if let Some(sha256) = entry.piece.sha256() {
            let path = layout.record_path(&entry.path);
            record::push_file(&mut text, &path, sha256, entry.piece.unzipped_bytes());
        }
    }
    record::push_itself(&mut text, &layout.record_path(&own.path));
    Some((own.path.clone(), taken.id, text.into_bytes()))
}

fn planned(candidate: Candidate<'_>) -> PlannedEntry {
    let content = match candidate.piece {
        Piece::Made { bytes, .. } => Content::Fresh(bytes),
        Piece::File { file, bytes } => Content::File { file, bytes },
        Piece::Wheel(entry) => match candidate.source {
            Source::Wheel(wheel) => Content::Spliced {
                wheel,
                span: entry.span,
            },
            Source::Project => unreachable!("only wheels bring entries of wheels"),
        },
    };
    PlannedEntry {
        path: candidate.path,
        source: candidate.source,
        executable: candidate.executable,
        content,
    }
}

#[cfg(test)]
mod tests;
