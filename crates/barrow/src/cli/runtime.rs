//! `barrow runtime`: Lambda's runtimes on this machine.

use barrow_model::Runtime;
use camino::Utf8PathBuf;

use crate::ops::{Context, runtimes};
use crate::outcome::{Outcome, Result};
use crate::output::human;
use crate::output::json::RuntimeDocument;

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
        Command::Install { runtime, python } => {
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
