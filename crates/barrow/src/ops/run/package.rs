//! What is run: a package of the project, built now, or any zip.

use barrow_local::tree::Package;
use barrow_model::{Arch, Handler, Runtime, Sha256, Target};
use camino::{Utf8Path, Utf8PathBuf};

use super::Options;
use crate::ops::Context;
use crate::ops::build::{self, Checks};
use crate::outcome::{Failure, Result, explained};
use crate::output::human;
use crate::settings::{self, Job, JobOptions, Kind};

/// A function, ready to be unpacked.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) handler: String,
    pub(super) target: Target,
    pub(super) package: Package,
    /// In the order in which Lambda lays them over one another.
    pub(super) layers: Vec<Package>,
}

/// The function that was asked for.
pub(super) fn find(options: &Options, context: &Context) -> Result<Function> {
    let handler = options.handler.as_deref();
    if is_zip(&options.job.path) {
        of_zip(&options.job.path, &options.job, handler)
    } else {
        of_project(&options.job, handler, context)
    }
}

/// Whether a path names a package rather than a project.
pub(super) fn is_zip(path: &Utf8Path) -> bool {
    path.extension() == Some("zip")
}

/// Any zip: what it does not say itself, flags do, or Lambda's defaults.
fn of_zip(path: &Utf8Path, options: &JobOptions, handler: Option<&str>) -> Result<Function> {
    if !path.is_file() {
        return Err(Failure::input(format_args!("`{path}` is not a file")));
    }
    let machine = Arch::of_this_machine().ok_or_else(crate::ops::runtimes::unknown_machine)?;
    let name = options.name.clone();
    Ok(Function {
        name: name.unwrap_or_else(|| path.file_stem().unwrap_or("function").to_owned()),
        handler: handler.unwrap_or(Handler::DEFAULT).to_owned(),
        target: Target {
            runtime: options.runtime.unwrap_or_else(Runtime::recommended),
            arch: options.arch.unwrap_or(machine),
        },
        package: Package::read(path.to_owned()).map_err(explained)?,
        layers: Vec::new(),
    })
}

/// Builds what the project needs of itself: one function, and the layers it uses.
fn of_project(options: &JobOptions, handler: Option<&str>, context: &Context) -> Result<Function> {
    let jobs = settings::jobs(options)?;
    let job = the_function(&jobs)?;
    let how = build::Options {
        locked: false,
        upgrade: false,
        checks: Checks::Tell,
    };
    let packages = build::build(&jobs, how, context)?;
    for package in &packages {
        for warning in &package.warnings {
            context.output.warn(warning);
        }
        context.output.found(&package.findings());
        if !package.unchanged {
            context.output.say(human::built(package));
        }
    }
    let package = |name: &str| -> Option<Package> {
        let package = packages.iter().find(|package| package.name == name)?;
        Some(Package {
            path: Utf8PathBuf::from(&package.path),
            sha256: Sha256::parse_hex(&package.sha256).ok()?,
        })
    };
    let Kind::Function {
        handler: own,
        layers,
        ..
    } = &job.kind
    else {
        unreachable!("`the_function` finds functions only");
    };
    let missing = || Failure::from(anyhow::anyhow!("the build left out `{}`", job.name));
    Ok(Function {
        name: job.name.clone(),
        handler: handler.map_or_else(|| own.to_string(), str::to_owned),
        target: job.target,
        package: package(&job.name).ok_or_else(missing)?,
        layers: layers.iter().filter_map(|name| package(name)).collect(),
    })
}

fn the_function(jobs: &[Job]) -> Result<&Job> {
    let functions: Vec<&Job> = jobs
        .iter()
        .filter(|job| matches!(job.kind, Kind::Function { .. }))
        .collect();
    match functions[..] {
        [function] => Ok(function),
        [] => Err(Failure::input("this is a layer; only functions can be run")),
        _ => {
            let names: Vec<_> = functions
                .iter()
                .map(|job| format!("`{}`", job.name))
                .collect();
            Err(Failure::input(format_args!(
                "the project has {} functions: {}",
                names.len(),
                names.join(", ")
            ))
            .hint("choose one with `--function NAME`"))
        }
    }
}
