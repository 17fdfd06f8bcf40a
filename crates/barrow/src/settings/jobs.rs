//! Every package that a project asks for.

use super::file::{self, Section};
use super::job::{Job, JobOptions, Kind, project_directory};
use super::resolver::JobResolver;
use crate::outcome::{Failure, Result, explained};

/// Reads `[tool.barrow]` and resolves every package that is asked for: layers first, because
/// functions refer to them.
pub fn jobs(options: &JobOptions) -> Result<Vec<Job>> {
    let directory = project_directory(&options.path);
    if !options.path.exists() {
        return Err(Failure::input(format_args!(
            "`{}` does not exist",
            options.path
        )));
    }
    let project = file::read(&directory).map_err(explained)?;
    let section = project.section.clone().unwrap_or_default();
    let resolver = JobResolver {
        options,
        directory: &directory,
        project: &project,
    };

    let declared = !section.functions.is_empty() || !section.layer_sections.is_empty();
    if !declared || options.layer || options.path.is_file() {
        if let [unknown, ..] = &options.only[..] {
            return Err(Failure::input(format_args!(
                "there is no function `{unknown}`; `[tool.barrow]` in `{}` declares none",
                directory.join("pyproject.toml")
            )));
        }
        let job = if options.layer {
            resolver.layer_of_options(&section)?
        } else {
            resolver.function(&section, &Section::default())?
        };
        return Ok(vec![job]);
    }

    let mut jobs = Vec::new();
    for layer in &section.layer_sections {
        jobs.push(resolver.layer(&section, layer)?);
    }
    if section.functions.is_empty() {
        jobs.push(resolver.function(&section, &Section::default())?);
    }
    for function in &section.functions {
        if !function.functions.is_empty() || !function.layer_sections.is_empty() {
            return Err(Failure::input(
                "a `[[tool.barrow.function]]` cannot hold functions or layers",
            ));
        }
        jobs.push(resolver.function(&section, function)?);
    }
    check_names(&jobs)?;
    select(jobs, options)
}

/// `--function` picks functions, and with them the layers they refer to.
fn select(jobs: Vec<Job>, options: &JobOptions) -> Result<Vec<Job>> {
    let mut wanted = options.only.clone();
    for name in &options.only {
        let Some(job) = jobs.iter().find(|job| job.name == *name) else {
            let names: Vec<_> = jobs.iter().map(|job| format!("`{}`", job.name)).collect();
            return Err(Failure::input(format_args!(
                "there is no function or layer `{name}`; the project has {}",
                names.join(", ")
            )));
        };
        if let Kind::Function { layers, .. } = &job.kind {
            wanted.extend(layers.iter().cloned());
        }
    }
    let jobs: Vec<Job> = jobs
        .into_iter()
        .filter(|job| options.only.is_empty() || wanted.contains(&job.name))
        .collect();
    if options.output.is_some() && jobs.len() > 1 {
        return Err(Failure::input(format_args!(
            "`--output` names one file, but {} packages are built",
            jobs.len()
        ))
        .hint("choose one with `--function NAME`"));
    }
    Ok(jobs)
}

fn check_names(jobs: &[Job]) -> Result<()> {
    for (position, job) in jobs.iter().enumerate() {
        if jobs[..position].iter().any(|other| other.name == job.name) {
            return Err(Failure::input(format_args!(
                "two packages of the project are named `{}`",
                job.name
            ))
            .hint("give each `[[tool.barrow.function]]` a `name` of its own"));
        }
        let Kind::Function { layers, .. } = &job.kind else {
            continue;
        };
        for layer in layers {
            let found = jobs.iter().find(|other| other.name == *layer);
            match found.map(|other| &other.kind) {
                Some(Kind::Layer) => {}
                _ => {
                    return Err(Failure::input(format_args!(
                        "function `{}` uses the layer `{layer}`, which the project does not have",
                        job.name
                    ))
                    .hint("declare it as a `[[tool.barrow.layer]]`"));
                }
            }
        }
    }
    Ok(())
}
