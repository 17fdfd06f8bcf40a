//! From a project to a package.
//!
//! ```text
//! project → requirements → lock → wheels → plan → checks → package
//! ```

use std::num::NonZero;
use std::panic::resume_unwind;
use std::time::Instant;

use anyhow::Context as _;
use barrow_check::{Finding, Level};
use barrow_core::pack::{self, PackOptions, Packed};
use barrow_index::resolve::Freshness;
use barrow_model::limits::UNZIPPED_LIMIT_BYTES;
use camino::{Utf8Path, Utf8PathBuf};

use super::findings::{self, Look};
use super::new_file::NewFile;
use super::origins::OnDisk;
use super::planned::{self, Planned};
use super::{Context, describe, files, packages, record, resolve};
use crate::outcome::{Result, explained};
use crate::output::Progress;
use crate::output::json::{Distribution, Package};
use crate::settings::{Job, Kind};

/// How to build, apart from what.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Fail where the lock file is stale, instead of resolving.
    pub locked: bool,
    /// Resolve anew.
    pub upgrade: bool,
    pub checks: Checks,
}

/// What the checks are there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// Nothing is written where they find an error.
    Decide,
    /// What they find is told, and the package is written.
    Tell,
    /// The package is not for Lambda.
    Skip,
}

/// Makes every package, in order; a function comes after the layers that it uses.
pub fn build(jobs: &[Job], options: Options, context: &Context) -> Result<Vec<Package>> {
    let outputs: Vec<Utf8PathBuf> = jobs.iter().map(|job| job.output.clone()).collect();
    let progress = context.output.progress();
    let mut built: Vec<Built> = Vec::new();
    for job in jobs {
        let started = Instant::now();
        let step = Step {
            job,
            options,
            context,
            progress: &progress,
        };
        let result = step.build(&outputs, &built);
        let mut new = result.map_err(|failure| {
            progress.clear();
            failure.context(format!("cannot build `{}`", job.name))
        })?;
        new.package.seconds = started.elapsed().as_secs_f64();
        built.push(new);
    }
    progress.clear();
    Ok(built.into_iter().map(|built| built.package).collect())
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

/// A package that is there, and what its checks saw of it, if they looked.
struct Built {
    package: Package,
    surveyed: Option<barrow_check::Package>,
}

/// What the checks saw of a plan, and what they found; nothing where they did not look.
#[derive(Default)]
struct Looked {
    surveyed: Option<barrow_check::Package>,
    findings: Vec<Finding>,
}

/// One job being built.
struct Step<'a> {
    job: &'a Job,
    options: Options,
    context: &'a Context,
    progress: &'a Progress,
}

impl Step<'_> {
    fn build(&self, outputs: &[Utf8PathBuf], built: &[Built]) -> Result<Built> {
        let Self { job, context, .. } = self;
        let found = files::find(job, outputs)?;
        let question = resolve::question(job, self.freshness(), context)?;
        let timestamp = context.environment.timestamp()?;
        let layers: Vec<&Built> = layers(job, built);
        let described: Vec<&Package> = layers.iter().map(|layer| &layer.package).collect();

        let inputs = record::inputs(job, &question, &found.files, &described, timestamp.to_u32());
        // `--locked` asks whether the lock holds, which is not a matter of memory.
        if !self.options.upgrade
            && !self.options.locked
            && let Some(package) = record::find(&job.output, &inputs, context)
            && self.may_stand(&package)
        {
            return Ok(Built {
                package,
                surveyed: None,
            });
        }

        let provided: Vec<&[Distribution]> = described
            .iter()
            .map(|layer| layer.distributions.as_slice())
            .collect();
        let planned = planned::plan(job, &question, found, &provided, context, self.progress)?;
        let (looked, packed) = self.look_and_pack(&planned, &layers)?;
        let Looked { surveyed, findings } = looked;
        let package = describe::package(job, &packed, &planned, &findings);
        let directories = &planned.wheels.directories;
        record::keep(&job.output, inputs, directories, &package, context);
        Ok(Built { package, surveyed })
    }

    /// Whether a package that was built earlier, perhaps by force, would be built now.
    fn may_stand(&self, package: &Package) -> bool {
        self.options.checks != Checks::Decide || !package.has_errors()
    }

    /// Packs while the checks look, since both take about as long. The package takes its place only
    /// if they let it.
    fn look_and_pack(&self, planned: &Planned, layers: &[&Built]) -> Result<(Looked, Packed)> {
        let (looked, packed) = if self.is_hopeless(planned) {
            let looked = self.look(planned, layers)?;
            self.decide(&looked.findings)?;
            (looked, self.pack(planned))
        } else {
            let (looked, packed) = std::thread::scope(|scope| {
                let looking = scope.spawn(|| self.look(planned, layers));
                let packed = self.pack(planned);
                let looked = looking.join();
                (looked.unwrap_or_else(|panic| resume_unwind(panic)), packed)
            });
            (looked?, packed)
        };
        self.decide(&looked.findings)?;
        let (packed, new) = packed?;
        let output = &self.job.output;
        new.commit()
            .with_context(|| format!("cannot write `{output}`"))?;
        Ok((looked, packed))
    }

    /// Gigabytes that are going to be refused are not packed first.
    fn is_hopeless(&self, planned: &Planned) -> bool {
        self.options.checks == Checks::Decide
            && planned.plan.unzipped_bytes().0 >= UNZIPPED_LIMIT_BYTES
    }

    fn look(&self, planned: &Planned, layers: &[&Built]) -> Result<Looked> {
        if self.options.checks == Checks::Skip {
            return Ok(Looked::default());
        }
        let seen = planned.see(self.job);
        let opened = open_layers(layers, self.job)?;
        let layers: Vec<&barrow_check::Package> = layers
            .iter()
            .zip(&opened)
            .filter_map(|(built, opened)| built.surveyed.as_ref().or(opened.as_ref()))
            .collect();
        let look = Look::of_job(self.job, &seen.package, layers);
        let findings = look.findings(&self.job.checks.rules()?);
        Ok(Looked {
            surveyed: Some(seen.keep()),
            findings,
        })
    }

    /// Errors stop a build, and are told before it stops.
    fn decide(&self, findings: &[Finding]) -> Result<()> {
        if self.options.checks != Checks::Decide
            || findings.iter().all(|finding| finding.level > Level::Error)
        {
            return Ok(());
        }
        self.progress.clear();
        self.context.output.found(findings);
        findings::refuse(findings)
    }

    /// The package, under a name that is not yet its own.
    fn pack(&self, planned: &Planned) -> Result<(Packed, NewFile)> {
        let Self { job, context, .. } = self;
        let origins = OnDisk {
            wheels: &planned.wheels.stored,
            files: &planned.files,
        };
        let new = NewFile::create(&job.output)
            .with_context(|| format!("cannot write `{}`", job.output))?;
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let timestamp = context.environment.timestamp()?;
        let pack = PackOptions { timestamp, threads };
        let packed = pack::pack(&planned.plan, &origins, new.file(), &pack, self.progress)
            .map_err(explained)?;
        Ok((packed, new))
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

/// Those of the packages built so far that a function uses as layers.
fn layers<'b>(job: &Job, built: &'b [Built]) -> Vec<&'b Built> {
    let Kind::Function { layers, .. } = &job.kind else {
        return Vec::new();
    };
    built
        .iter()
        .filter(|built| layers.contains(&built.package.name))
        .collect()
}

/// Layers that did not change were not looked at, and are read from their files.
fn open_layers(layers: &[&Built], job: &Job) -> Result<Vec<Option<barrow_check::Package>>> {
    let opened = layers.iter().map(|layer| {
        if layer.surveyed.is_some() {
            return Ok(None);
        }
        let path = Utf8Path::new(&layer.package.path);
        let opened = packages::open(path, barrow_check::Kind::Layer, job.target)?;
        Ok(Some(opened.package))
    });
    opened.collect()
}
