//! `barrow runtime`: Lambda's runtimes on this machine.

use barrow_model::{Arch, Runtime};
use camino::Utf8PathBuf;

#[cfg(target_os = "linux")]
use crate::ops::images;
use crate::ops::{Context, runtimes};
use crate::outcome::{Outcome, Result};
use crate::output::human;
use crate::output::json::{ImageDocument, RuntimeDocument};

const EXAMPLES: &str = "\
Examples:
  barrow runtime list
  barrow runtime install python3.13
      an interpreter of that version if there is none, and what the runtime brings along";

/// Show and install the runtimes that `barrow run` uses
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every runtime: its interpreter on this machine, and what it brings along
    List,
    /// Make a runtime ready, so that the first run need not
    Install {
        /// `python3.8` to `python3.14`
        runtime: Runtime,
        /// The interpreter [default: the runtime's version, from PATH, pyenv or uv]
        #[arg(
            long,
            value_name = "FILE",
            env = "BARROW_PYTHON",
            hide_env_values = true
        )]
        python: Option<Utf8PathBuf>,
        /// Instead pull a container image, such as `public.ecr.aws/lambda/python:3.13`, for
        /// `barrow run --image`
        #[cfg(target_os = "linux")]
        #[arg(long, value_name = "REF", conflicts_with = "python")]
        image: Option<String>,
        /// The image's architecture [default: this machine's]
        #[cfg(target_os = "linux")]
        #[arg(long, requires = "image")]
        arch: Option<Arch>,
    },
}

pub fn run(arguments: &Args, context: &Context) -> Result<Outcome> {
    let output = context.output;
    match &arguments.command {
        Command::List => {
            let all: Vec<RuntimeDocument> = Runtime::all()
                .map(|runtime| runtimes::describe(runtime, None, context))
                .collect();
            if output.json {
                output.document(&all);
            } else {
                for runtime in &all {
                    output.line(human::runtime(runtime));
                }
            }
        }
        #[cfg(target_os = "linux")]
        Command::Install {
            runtime,
            image: Some(image),
            arch,
            ..
        } => {
            let arch = match arch {
                Some(arch) => *arch,
                None => Arch::of_this_machine().ok_or_else(runtimes::unknown_machine)?,
            };
            let newest = images::Freshness::Newest;
            let root_fs = images::root_fs(image, *runtime, arch, newest, context)?;
            if output.json {
                output.document(&ImageDocument {
                    runtime: runtime.to_string(),
                    image: image.clone(),
                    root: root_fs.path().to_string(),
                });
            } else {
                output.line(root_fs.path());
            }
        }
        Command::Install {
            runtime, python, ..
        } => {
            let interpreter = runtimes::obtain(*runtime, python.as_deref(), context)?;
            runtimes::install(*runtime, &interpreter, context)?;
            let described = runtimes::describe(*runtime, Some(interpreter), context);
            if output.json {
                output.document(&described);
            } else {
                output.line(human::runtime(&described));
            }
        }
    }
    Ok(Outcome::Done)
}
