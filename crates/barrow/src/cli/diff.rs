//! `barrow diff`: what is different between two packages.

use camino::Utf8PathBuf;

use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};
use crate::output::diff as words;

const EXAMPLES: &str = "\
Examples:
  barrow diff old.zip new.zip
      distributions and files that were added, removed or changed, and why the digests differ
  barrow diff old.zip new.zip --exit-code -q || deploy
      only whether they are the same, byte for byte
  barrow diff old.zip new.zip --json | jq -r '.distributions[].name'";

/// Say what is different between two packages, and why their digests differ
///
/// Any zips will do, whoever made them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The package as it was
    #[arg(value_name = "OLD.zip")]
    old: Utf8PathBuf,
    /// The package as it is
    #[arg(value_name = "NEW.zip")]
    new: Utf8PathBuf,
    /// List every file that differs
    #[arg(long)]
    files: bool,
    /// Exit with 1 if the packages differ in any byte
    #[arg(long)]
    exit_code: bool,
}

pub fn run(arguments: &Args, context: &Context) -> Result<Outcome> {
    let document = ops::diff::diff(&arguments.old, &arguments.new)?;
    let output = context.output;
    if output.json {
        output.document(&document);
    } else if !(output.quiet && arguments.exit_code) {
        output.line(words::difference(&document, arguments.files).trim_end());
    }
    if arguments.exit_code && !document.is_identical {
        return Ok(Outcome::InputAtFault);
    }
    Ok(Outcome::Done)
}
