//! `barrow path`: where a function looks for modules.

use camino::Utf8PathBuf;

use super::build::TargetArgs;
use crate::ops::path::Request;
use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};
use crate::output::path as words;

const EXAMPLES: &str = "\
Examples:
  barrow path app.zip
      for the runtime that its binaries are for, else for the default
  barrow path app.zip --layer base.zip --layer deps.zip --runtime python3.12
      which copy of a module the function gets, where several have it
  barrow path app.zip --all
  barrow path app.zip --json | jq -r '.entries[].path'";

/// Say where a function looks for modules, in order, and which copy of each it gets
///
/// Nothing is executed: what Lambda does is known, and the rest is in the packages.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The function's package or a layer, a folder or a virtual environment
    #[arg(value_name = "ZIP|DIR")]
    package: Utf8PathBuf,
    /// A layer of the function; can be given more than once, in the order of the function's layers
    #[arg(long = "layer", value_name = "ZIP|DIR")]
    layers: Vec<Utf8PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// Also list modules of which there is only one copy
    #[arg(long)]
    all: bool,
}

pub fn run(arguments: Args, context: &Context) -> Result<Outcome> {
    let request = Request {
        package: arguments.package,
        layers: arguments.layers,
        runtime: arguments.target.runtime,
        arch: arguments.target.arch,
    };
    let document = ops::path::path(&request)?;
    let output = context.output;
    if output.json {
        output.document(&document);
    } else {
        output.line(words::search_path(&document, arguments.all).trim_end());
    }
    Ok(Outcome::Done)
}
