//! `barrow init`: a small project to start from.

use barrow_model::Runtime;
use camino::Utf8PathBuf;

use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};

const EXAMPLES: &str = "\
Examples:
  barrow init hello && cd hello && barrow build";

/// Make a small project: a function, its settings, its requirements, a test event
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder to make or to fill; files that are there stay as they are
    #[arg(value_name = "DIR", default_value = ".")]
    path: Utf8PathBuf,
    /// The function's name [default: the folder's]
    #[arg(long)]
    name: Option<String>,
    /// Lambda's runtime [default: python3.13]
    #[arg(long, env = "BARROW_RUNTIME")]
    runtime: Option<Runtime>,
}

pub fn run(arguments: &Args, context: &Context) -> Result<Outcome> {
    let runtime = arguments.runtime.unwrap_or_else(Runtime::recommended);
    let written = ops::init::init(&arguments.path, arguments.name.as_deref(), runtime)?;
    if context.output.json {
        context.output.document(&written);
    } else {
        for path in written {
            context.output.line(path);
        }
    }
    Ok(Outcome::Done)
}
