//! `barrow check`: say what Lambda would refuse, and what would break at the first import.

use barrow_check::{Kind, checks};
use camino::Utf8PathBuf;

use super::build::TargetArgs;
use crate::ops::check::{Destination, Request};
use crate::ops::{self, Context};
use crate::outcome::{Failure, Outcome, Result};
use crate::output::findings::Format;
use crate::settings::check::unknown;

const EXAMPLES: &str = "\
Examples:
  barrow check
      what `barrow build` would write, without writing it
  barrow check app.zip --runtime python3.12 --arch arm64 --handler app.handler --layer deps.zip
      any package, whoever made it
  barrow check app.zip --fix -o fixed.zip
      mend what has one right answer: modes, a wrapping folder, backslashes, duplicates …
  barrow check --explain foreign-machine
      what a check finds, why that matters, and how to mend it
  barrow check app.zip --format sarif > findings.sarif

Exit codes: 0 no errors, 1 errors were found, 2 we could not look, 130 interrupted";

/// Say before the upload what would fail after it
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A package, a layer, a folder or a virtual environment [default: what `barrow build` would
    /// write here]
    #[arg(value_name = "ZIP|DIR")]
    package: Option<Utf8PathBuf>,
    #[command(flatten)]
    target: TargetArgs,
    /// The function that Lambda calls
    #[arg(long, value_name = "MODULE.FUNCTION")]
    handler: Option<String>,
    /// A layer of the function; can be given more than once, in the order of the function's layers
    #[arg(long = "layer", value_name = "ZIP|DIR", requires = "package")]
    layers: Vec<Utf8PathBuf>,
    /// What the package is [default: a layer if its files are under python/, else a function]
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<KindArg>,
    /// It goes up through an S3 bucket, where the limit of a direct upload does not hold
    #[arg(long)]
    bucket: bool,
    /// Do not show findings of this check; can be given more than once
    #[arg(long, value_name = "CHECK")]
    allow: Vec<String>,
    /// Take findings of this check for errors; can be given more than once
    #[arg(long, value_name = "CHECK")]
    deny: Vec<String>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    format: Format,
    /// Write a package in which everything is mended that has one right answer
    #[arg(long, requires = "package")]
    fix: bool,
    /// Where `--fix` writes it
    #[arg(long, short, value_name = "FILE", requires = "fix")]
    output: Option<Utf8PathBuf>,
    /// Let `--fix` replace the package itself
    #[arg(long, requires = "fix", conflicts_with = "output")]
    in_place: bool,
    /// Print the documentation of a check, or the list of all checks
    #[arg(long, value_name = "CHECK", num_args = 0..=1, default_missing_value = "")]
    explain: Option<String>,
}

/// Where Lambda puts a package.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KindArg {
    /// Under /var/task
    Function,
    /// Under /opt
    Layer,
}

pub fn run(arguments: Args, context: &Context) -> Result<Outcome> {
    if let Some(name) = &arguments.explain {
        return explain(name, context);
    }
    let format = if context.output.json {
        Format::Json
    } else {
        arguments.format
    };
    let request = Request {
        package: arguments.package,
        kind: arguments.kind.map(|kind| match kind {
            KindArg::Function => Kind::Function,
            KindArg::Layer => Kind::Layer,
        }),
        runtime: arguments.target.runtime,
        arch: arguments.target.arch,
        handler: arguments.handler,
        layers: arguments.layers,
        by_bucket: arguments.bucket,
        allow: arguments.allow,
        deny: arguments.deny,
        fix: destination(arguments.fix, arguments.output, arguments.in_place)?,
    };
    let checked = ops::check::check(&request, context)?;
    for package in &checked {
        context
            .output
            .findings(format, &package.document, &package.findings);
    }
    let failed = checked.iter().any(|package| package.document.errors > 0);
    Ok(Outcome::of_findings(failed))
}

/// Where `--fix` writes: nothing is replaced unless that is said.
fn destination(
    fix: bool,
    output: Option<Utf8PathBuf>,
    in_place: bool,
) -> Result<Option<Destination>> {
    match (fix, output) {
        (false, _) => Ok(None),
        (true, Some(path)) => Ok(Some(Destination::File(path))),
        (true, None) if in_place => Ok(Some(Destination::InPlace)),
        (true, None) => Err(
            Failure::input("`--fix` needs a place for the mended package")
                .hint("name a file with `-o`, or say `--in-place`"),
        ),
    }
}

/// One check's page, or a line for each.
fn explain(name: &str, context: &Context) -> Result<Outcome> {
    if name.is_empty() {
        for check in checks::ALL {
            context
                .output
                .line(format_args!("{:<28} {}", check.name, check.summary()));
        }
        return Ok(Outcome::Done);
    }
    let check = checks::named(name).ok_or_else(|| unknown(name, "you asked for"))?;
    context.output.line(check.page().trim_end());
    Ok(Outcome::Done)
}
