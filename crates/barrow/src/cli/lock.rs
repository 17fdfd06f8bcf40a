//! `barrow lock`: pin the project's dependencies for its target.

use camino::Utf8PathBuf;

use super::build::{DependencyArgs, TargetArgs};
use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};
use crate::output::json::LockDocument;
use crate::settings::{self, JobOptions};

const EXAMPLES: &str = "\
Examples:
  barrow lock
      writes pylock.toml, which `barrow build` finds first from then on
  barrow lock --upgrade && barrow build --locked";

/// Write pylock.toml (PEP 751): exact versions and digests for the target
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The project's folder
    #[arg(value_name = "DIR", default_value = ".")]
    path: Utf8PathBuf,
    #[command(flatten)]
    dependencies: DependencyArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// The lock file to write [default: pylock.toml in the project's folder]
    #[arg(long, short, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
}

pub fn run(arguments: Args, context: &Context) -> Result<Outcome> {
    let upgrade = arguments.dependencies.upgrade;
    let options = JobOptions {
        path: arguments.path,
        path_is_explicit: true,
        requirements: arguments.dependencies.requirements,
        runtime: arguments.target.runtime,
        arch: arguments.target.arch,
        groups: arguments.dependencies.groups,
        extras: arguments.dependencies.extras,
        ..JobOptions::default()
    };
    let jobs = settings::jobs(&options)?;
    let path = arguments.output.unwrap_or_else(|| {
        settings::job::within(
            &settings::job::project_directory(&options.path),
            "pylock.toml",
        )
    });
    let locked = ops::lock::lock(&jobs, &path, upgrade, context)?;
    let output = context.output;
    if output.json {
        output.document(&LockDocument {
            path: path.to_string(),
            packages: locked.packages,
        });
    } else {
        output.say(format_args!(
            "locked {} packages for {}",
            locked.packages, locked.target
        ));
        output.line(path);
    }
    Ok(Outcome::Done)
}
