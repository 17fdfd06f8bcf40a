//! `barrow build`: from a project to a package.

use std::time::Instant;

use barrow_model::{Arch, Handler, Runtime};
use camino::Utf8PathBuf;

use crate::ops::build::Checks;
use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};
use crate::output::human;
use crate::output::json::BuildDocument;
use crate::settings::file::LayerPath;
use crate::settings::{self, JobOptions};

const EXAMPLES: &str = "\
Examples:
  barrow build
      the project in this folder, to dist/NAME.zip
  barrow build api -r api/requirements.txt --runtime python3.12 --arch arm64 -o api.zip
      other folder, other requirements, other target
  barrow build --layer -r requirements.txt -o deps.zip
      a layer: everything under python/
  barrow build --from .venv
      the dependencies that lie in a virtual environment or a `pip install --target` folder
  barrow build --json | jq -r '.packages[].code_sha256'";

/// Make a deployment package or a layer
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The project's folder, or a single-file function
    #[arg(value_name = "DIR|FILE.py")]
    path: Option<Utf8PathBuf>,
    #[command(flatten)]
    dependencies: DependencyArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// The package to write [default: dist/NAME.zip]
    #[arg(long, short, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
    /// Make a layer of the dependencies, without the project's own files
    #[arg(long)]
    layer: bool,
    /// Where a layer's modules go
    #[arg(long, value_enum, value_name = "HOW", requires = "layer")]
    layer_path: Option<LayerPath>,
    /// Take the dependencies from a `pip install --target` folder or a virtual environment
    #[arg(long, value_name = "DIR", conflicts_with_all = ["requirements", "locked"])]
    from: Option<Utf8PathBuf>,
    /// Put dependencies into this folder of the package instead of its root
    #[arg(long = "deps-dir", value_name = "NAME", conflicts_with = "layer")]
    dependencies_directory: Option<String>,
    /// Build only this function or layer of the project; can be given more than once
    #[arg(long = "function", value_name = "NAME")]
    functions: Vec<String>,
    /// The package's name
    #[arg(long)]
    name: Option<String>,
    /// The function that Lambda calls
    #[arg(long, value_name = "MODULE.FUNCTION")]
    handler: Option<Handler>,
    /// Fail if the lock file does not fit the project any more
    #[arg(long, conflicts_with = "upgrade")]
    locked: bool,
    /// Write the package even if the checks find errors
    #[arg(long)]
    force: bool,
}

/// What to resolve. Shared with `barrow lock`.
#[derive(Debug, clap::Args)]
pub struct DependencyArgs {
    /// Requirements or lock file; can be given more than once [default: what the project has]
    #[arg(long = "requirements", short, value_name = "FILE")]
    pub requirements: Vec<Utf8PathBuf>,
    /// Also take this dependency group of pyproject.toml; can be given more than once
    #[arg(long = "group", value_name = "NAME")]
    pub groups: Vec<String>,
    /// Also take this extra of the project; can be given more than once
    #[arg(long = "extra", value_name = "NAME")]
    pub extras: Vec<String>,
    /// Resolve anew, allowing newer versions
    #[arg(long)]
    pub upgrade: bool,
}

/// What to build for. Shared with `barrow lock`.
#[derive(Debug, clap::Args)]
pub struct TargetArgs {
    /// Lambda's runtime, `python3.8` to `python3.14` [default: python3.13]
    #[arg(long, env = "BARROW_RUNTIME")]
    pub runtime: Option<Runtime>,
    #[arg(
        long,
        env = "BARROW_ARCH",
        help = "Lambda's architecture, `x86_64` or `arm64` [default: x86_64]"
    )]
    pub arch: Option<Arch>,
}

pub fn run(arguments: Args, context: &Context) -> Result<Outcome> {
    let started = Instant::now();
    let build = ops::build::Options {
        locked: arguments.locked,
        upgrade: arguments.dependencies.upgrade,
        checks: if arguments.force {
            Checks::Tell
        } else {
            Checks::Decide
        },
    };
    let jobs = settings::jobs(&JobOptions {
        path_is_explicit: arguments.path.is_some(),
        path: arguments.path.unwrap_or_else(|| Utf8PathBuf::from(".")),
        requirements: arguments.dependencies.requirements,
        runtime: arguments.target.runtime,
        arch: arguments.target.arch,
        output: arguments.output,
        layer: arguments.layer,
        layer_path: arguments.layer_path,
        from: arguments.from,
        dependencies_directory: arguments.dependencies_directory,
        only: arguments.functions,
        name: arguments.name,
        handler: arguments.handler,
        groups: arguments.dependencies.groups,
        extras: arguments.dependencies.extras,
    })?;
    let packages = ops::build::build(&jobs, build, context)?;

    let seconds = started.elapsed().as_secs_f64();
    let output = context.output;
    for package in &packages {
        for warning in &package.warnings {
            output.warn(warning);
        }
        output.found(&package.findings());
        for note in &package.notes {
            output.say(human::note(note));
        }
        output.say(human::summary(package));
        if !output.json {
            output.line(&package.path);
        }
    }
    if output.json {
        output.document(&BuildDocument {
            packages: &packages,
            seconds,
        });
    }
    Ok(Outcome::Done)
}
