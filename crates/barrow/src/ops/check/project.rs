//! What `barrow build` would write in this folder, without writing it.

use barrow_check::Package;
use barrow_index::resolve::Freshness;
use camino::Utf8PathBuf;

use super::{Checked, Request, report};
use crate::ops::findings::Look;
use crate::ops::planned::{self, Planned};
use crate::ops::{Context, files, resolve};
use crate::outcome::Result;
use crate::output::json::Distribution;
use crate::settings::{self, Job, JobOptions, Kind};

/// A package of the project, planned and looked at.
struct Looked {
    name: String,
    distributions: Vec<Distribution>,
    package: Package,
}

pub(super) fn check(request: &Request, context: &Context) -> Result<Vec<Checked>> {
    let handler = request.handler.as_deref().map(str::parse).transpose();
    let jobs = settings::jobs(&JobOptions {
        path: Utf8PathBuf::from("."),
        runtime: request.runtime,
        arch: request.arch,
        handler: handler.map_err(crate::outcome::Failure::input)?,
        ..JobOptions::default()
    })?;
    let outputs: Vec<Utf8PathBuf> = jobs.iter().map(|job| job.output.clone()).collect();
    let (mut looked, mut checked) = (Vec::new(), Vec::new());
    for mut job in jobs {
        job.checks = job.checks.with(&request.allow, &request.deny);
        let layers = layers(&job, &looked);
        let planned = plan(&job, &outputs, &layers, context)?;
        let seen = planned.see(&job);
        let layers = layers.iter().map(|layer| &layer.package).collect();
        let mut look = Look::of_job(&job, &seen.package, layers);
        look.scene.by_bucket = request.by_bucket;
        let findings = look.findings(&job.checks.rules()?);
        checked.push(report(&job.name, &look.scene, findings));
        looked.push(Looked {
            name: job.name.clone(),
            distributions: planned.distributions(),
            package: seen.keep(),
        });
    }
    Ok(checked)
}

fn plan(
    job: &Job,
    outputs: &[Utf8PathBuf],
    layers: &[&Looked],
    context: &Context,
) -> Result<Planned> {
    let progress = context.output.progress();
    let found = files::find(job, outputs)?;
    let freshness = if context.offline {
        Freshness::Offline
    } else {
        Freshness::Cached
    };
    let question = resolve::question(job, freshness, context)?;
    let provided: Vec<&[Distribution]> = layers
        .iter()
        .map(|layer| layer.distributions.as_slice())
        .collect();
    let planned = planned::plan(job, &question, found, &provided, context, &progress);
    progress.clear();
    planned
}

/// Those of the layers looked at so far that a function uses.
fn layers<'l>(job: &Job, looked: &'l [Looked]) -> Vec<&'l Looked> {
    let Kind::Function { layers, .. } = &job.kind else {
        return Vec::new();
    };
    looked
        .iter()
        .filter(|looked| layers.contains(&looked.name))
        .collect()
}
