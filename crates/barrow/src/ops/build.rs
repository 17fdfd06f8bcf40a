//! From a project to a package.
//!
//! ```text
//! project → requirements → lock → wheels → plan → checks → package
//! ```

use std::collections::HashMap;
use std::num::NonZero;
use std::time::Instant;

use anyhow::Context as _;
use barrow_core::pack::{self, PackOptions};
use barrow_index::resolve::Freshness;
use camino::Utf8PathBuf;

use super::new_file::NewFile;
use super::origins::OnDisk;
use super::resolve::{self, Wheels};
use super::{Context, checks, describe, files, planning, record};
use crate::outcome::{Result, explained};
use crate::output::Progress;
use crate::output::json::Package;
use crate::settings::{Job, Kind};

/// How to build, apart from what.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Fail where the lock file is stale, instead of resolving.
    pub locked: bool,
    /// Resolve anew.
    pub upgrade: bool,
    /// Write packages that break a hard limit.
    pub force: bool,
}

/// Makes every package, in order; a function comes after the layers that it uses.
pub fn build(jobs: &[Job], options: Options, context: &Context) -> Result<Vec<Package>> {
    let outputs: Vec<Utf8PathBuf> = jobs.iter().map(|job| job.output.clone()).collect();
    let progress = context.output.progress();
    let mut packages: Vec<Package> = Vec::new();
    for job in jobs {
        let started = Instant::now();
        let step = Step {
            job,
            options,
            context,
            progress: &progress,
        };
        let result = step.build(&outputs, &packages);
        let package = result.map_err(|failure| {
            progress.clear();
            failure.context(format!("cannot build `{}`", job.name))
        })?;
        packages.push(Package {
            seconds: started.elapsed().as_secs_f64(),
            ..package
        });
    }
    progress.clear();
    Ok(packages)
}

/// What decides the packages' bytes, as it is now. Nothing is resolved and nothing is written.
pub fn inputs(jobs: &[Job], context: &Context) -> Result<Vec<record::Inputs>> {
    let outputs: Vec<Utf8PathBuf> = jobs.iter().map(|job| job.output.clone()).collect();
    let timestamp = context.environment.timestamp()?.to_u32();
    let inputs = jobs.iter().map(|job| {
        let found = files::find(job, &outputs)?;
        let question = resolve::question(job, Freshness::Cached, context)?;
        Ok(record::inputs(job, &question, &found.files, &[], timestamp))
    });
    inputs.collect()
}

/// One job being built.
struct Step<'a> {
    job: &'a Job,
    options: Options,
    context: &'a Context,
    progress: &'a Progress,
}

impl Step<'_> {
    fn build(&self, outputs: &[Utf8PathBuf], built: &[Package]) -> Result<Package> {
        let Self { job, context, .. } = self;
        let mut found = files::find(job, outputs)?;
        let question = resolve::question(job, self.freshness(), context)?;
        let timestamp = context.environment.timestamp()?;
        let layers: Vec<&Package> = self.layers(built);

        let inputs = record::inputs(job, &question, &found.files, &layers, timestamp.to_u32());
        // `--locked` asks whether the lock holds, which is not a matter of memory.
        if !self.options.upgrade
            && !self.options.locked
            && let Some(package) = record::find(&job.output, &inputs, context)
        {
            return Ok(package);
        }

        let mut wheels = resolve::wheels(&question, context, self.progress)?;
        let mut notes = std::mem::take(&mut wheels.notes);
        notes.extend(question.stale_lock.clone());
        notes.extend(files::leave_to_wheels(job, &mut found, &wheels));
        notes.extend(files::note_on(job, &found));
        leave_to_layers(&mut wheels, &layers);
        let (plan, mut warnings) = planning::plan(job, &mut wheels.stored, &found.files)?;
        warnings.append(&mut wheels.warnings);
        warnings.extend(checks::missing_handler(job, &plan));
        warnings.extend(files::links_elsewhere(&found));
        if !self.options.force {
            checks::limits(&plan, &wheels, &layers)?;
        }

        let origins = OnDisk {
            wheels: &wheels.stored,
            files: &found.files,
        };
        let new = NewFile::create(&job.output)
            .with_context(|| format!("cannot write `{}`", job.output))?;
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let pack = PackOptions { timestamp, threads };
        let packed =
            pack::pack(&plan, &origins, new.file(), &pack, self.progress).map_err(explained)?;
        new.commit()
            .with_context(|| format!("cannot write `{}`", job.output))?;

        let package = describe::package(job, &packed, &plan, &wheels, warnings, notes);
        record::keep(&job.output, inputs, &wheels.directories, &package, context);
        Ok(package)
    }

    fn layers<'p>(&self, built: &'p [Package]) -> Vec<&'p Package> {
        let Kind::Function { layers, .. } = &self.job.kind else {
            return Vec::new();
        };
        built
            .iter()
            .filter(|package| layers.contains(&package.name))
            .collect()
    }

    fn freshness(&self) -> Freshness {
        match self.options {
            Options { locked: true, .. } => Freshness::Locked,
            Options { upgrade: true, .. } => Freshness::Upgrade,
            _ if self.context.offline => Freshness::Offline,
            _ => Freshness::Cached,
        }
    }
}

/// Distributions that a layer brings in the same version need not be in the function.
fn leave_to_layers(wheels: &mut Wheels, layers: &[&Package]) {
    let provided: HashMap<&str, &str> = layers
        .iter()
        .flat_map(|layer| &layer.distributions)
        .map(|distribution| (distribution.name.as_str(), distribution.version.as_str()))
        .collect();
    wheels.stored.retain(|stored| {
        let wheel = &stored.wheel;
        provided.get(wheel.name.name().as_str()) != Some(&wheel.version.as_str())
    });
}
