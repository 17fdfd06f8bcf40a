//! `barrow inspect`: what a package is.

use camino::Utf8PathBuf;

use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};
use crate::output::inspect as words;

const EXAMPLES: &str = "\
Examples:
  barrow inspect app.zip
      sizes against Lambda's limits, digest, distributions, what its binaries were compiled for
  barrow inspect app.zip --files
      every entry on a line, as `zipinfo` lists them
  barrow inspect app.zip --json | jq -r '.code_sha256'";

/// Say what a package is: sizes, digest, distributions, platform, modes, time stamps
///
/// Any zip will do, whoever made it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The package
    #[arg(value_name = "ZIP")]
    path: Utf8PathBuf,
    /// List the entries instead: mode, sizes, method, time stamp, name
    #[arg(long)]
    files: bool,
}

pub fn run(arguments: &Args, context: &Context) -> Result<Outcome> {
    let document = ops::inspect::inspect(&arguments.path)?;
    let output = context.output;
    if output.json {
        output.document(&document);
    } else if arguments.files {
        output.line(words::entries(&document.entries).trim_end());
    } else {
        output.line(words::summary(&document).trim_end());
    }
    Ok(Outcome::Done)
}
