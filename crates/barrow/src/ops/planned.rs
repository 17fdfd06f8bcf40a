//! A package as it would be: resolved, fetched and planned, but not written.

use std::collections::HashMap;

use barrow_core::Plan;

use super::facts::{self, Seen};
use super::resolve::{self, Question, Wheels};
use super::{Context, describe, files, planning};
use crate::outcome::Result;
use crate::output::Progress;
use crate::output::json::Distribution;
use crate::project::{Found, SourceFile};
use crate::settings::Job;

/// Everything that packing needs, and everything that there is to say so far.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) plan: Plan,
    pub(super) wheels: Wheels,
    pub(super) files: Vec<SourceFile>,
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Goes from the answer to what is needed to the plan. What `layers` bring is left out.
pub(super) fn plan(
    job: &Job,
    question: &Question,
    mut found: Found,
    layers: &[&[Distribution]],
    context: &Context,
    progress: &Progress,
) -> Result<Planned> {
    let mut wheels = resolve::wheels(question, context, progress)?;
    let mut notes = std::mem::take(&mut wheels.notes);
    notes.extend(question.stale_lock.clone());
    notes.extend(files::leave_to_wheels(job, &mut found, &wheels));
    notes.extend(files::note_on(job, &found));
    leave_to_layers(&mut wheels, layers);
    let (plan, mut warnings) = planning::plan(job, &mut wheels.stored, &found.files)?;
    warnings.append(&mut wheels.warnings);
    Ok(Planned {
        plan,
        wheels,
        files: found.files,
        warnings,
        notes,
    })
}

impl Planned {
    /// As its checks see it.
    pub(super) fn see(&self, job: &Job) -> Seen {
        facts::see(job, &self.plan, &self.wheels.stored, &self.files)
    }

    pub(super) fn distributions(&self) -> Vec<Distribution> {
        describe::distributions(&self.plan, &self.wheels)
    }
}

/// Distributions that a layer brings in the same version need not be in the function.
fn leave_to_layers(wheels: &mut Wheels, layers: &[&[Distribution]]) {
    let provided: HashMap<&str, &str> = layers
        .iter()
        .copied()
        .flatten()
        .map(|distribution| (distribution.name.as_str(), distribution.version.as_str()))
        .collect();
    wheels.stored.retain(|stored| {
        let wheel = &stored.wheel;
        provided.get(wheel.name.name().as_str()) != Some(&wheel.version.as_str())
    });
}
