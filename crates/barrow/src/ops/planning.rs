//! From wheels and files to a plan, with the conflicts in words.

use std::collections::HashMap;

use barrow_core::Wheel;
use barrow_core::plan::{Conflict, FileId, Plan, PlanBuilder, WheelId, install_order};
use barrow_index::select::Markers;
use barrow_index::store::StoredWheel;
use barrow_model::Sha256;

use crate::outcome::{Failure, Result, explained};
use crate::output::conflict;
use crate::project::SourceFile;
use crate::settings::Job;

/// Plans, and puts `wheels` into the order that the plan numbers them in.
pub(super) fn plan(
    job: &Job,
    wheels: &mut [StoredWheel],
    files: &[SourceFile],
) -> Result<(Plan, Vec<String>)> {
    let (mut plan, mut conflicts) = plan_in_order(job, wheels, files)?;
    if !conflicts.is_empty() {
        // Only now does it matter in which order pip would have installed.
        put_in_install_order(job, wheels);
        (plan, conflicts) = plan_in_order(job, wheels, files)?;
    }
    if plan.entries().is_empty() {
        return Err(Failure::input("there is nothing to put into the package")
            .hint("run it in a project's folder, or name one: `barrow build DIR`")
            .hint("`barrow init` makes a project"));
    }
    Ok((
        plan,
        conflicts
            .iter()
            .map(|conflict| conflict::describe(conflict, wheels))
            .collect(),
    ))
}

fn plan_in_order(
    job: &Job,
    wheels: &[StoredWheel],
    files: &[SourceFile],
) -> Result<(Plan, Vec<Conflict>)> {
    let mut builder = PlanBuilder::new(job.layout.clone(), job.target.runtime);
    for (id, stored) in (0..).map(WheelId).zip(wheels) {
        builder.wheel(id, &stored.wheel).map_err(explained)?;
    }
    for (id, file) in (0..).map(FileId).zip(files) {
        builder.file(file.path.clone(), id, file.bytes, file.executable);
    }
    Ok(builder.finish())
}

fn put_in_install_order(job: &Job, wheels: &mut [StoredWheel]) {
    let markers = Markers::new(job.target, &[], &[]);
    let described: Vec<&Wheel> = wheels.iter().map(|stored| &stored.wheel).collect();
    let order = install_order(&described, &|marker, extra| {
        markers.holds_with_extra(marker, extra).unwrap_or(false)
    });
    let mut rank = vec![0; wheels.len()];
    for (position, &wheel) in order.iter().enumerate() {
        rank[wheel] = position;
    }
    let rank: HashMap<Sha256, usize> = wheels
        .iter()
        .zip(rank)
        .map(|(stored, rank)| (stored.sha256, rank))
        .collect();
    wheels.sort_by_key(|stored| rank[&stored.sha256]);
}
