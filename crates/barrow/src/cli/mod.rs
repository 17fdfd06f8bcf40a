//! The command line: one file per subcommand, flags in, one call to `ops`, an outcome out.

use std::ffi::OsString;
use std::process::ExitCode;

#[cfg(target_os = "linux")]
use barrow_local::sandbox;
use camino::Utf8PathBuf;
use clap::{Parser, Subcommand};

use crate::ops::{Context, interrupt};
use crate::outcome::{Outcome, Result};
use crate::output::Output;
use crate::settings::Environment;

pub mod build;
pub mod cache;
pub mod check;
pub mod diff;
pub mod doctor;
pub mod generate;
pub mod init;
pub mod inspect;
pub mod lock;
pub mod path;
pub mod run;
pub mod runtime;
pub mod serve;
pub mod size;

const EXAMPLES: &str = "\
Examples:
  barrow init hello && cd hello && barrow run && barrow build
  barrow build -r requirements.txt --runtime python3.12 --arch arm64 -o app.zip
  barrow build --layer -r requirements.txt -o deps.zip

Exit codes: 0 done, 1 the input is at fault or the function fails, 2 we could not do it, 130 interrupted";

/// Carries Python wheels to AWS Lambda
#[derive(Debug, Parser)]
#[command(name = "barrow", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[expect(
    clippy::struct_excessive_bools,
    reason = "a flag on the command line is a bool"
)]
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Where wheels and resolutions are kept [default: the user's cache folder]
    #[arg(
        long,
        global = true,
        env = "BARROW_CACHE_DIR",
        value_name = "DIR",
        hide_env_values = true
    )]
    pub cache_dir: Option<Utf8PathBuf>,
    /// The `uv` program to resolve with [default: from PATH, else a pinned one is installed]
    #[arg(
        long,
        global = true,
        env = "BARROW_UV",
        value_name = "FILE",
        hide_env_values = true
    )]
    pub uv: Option<Utf8PathBuf>,
    /// Use what the cache has; never the network
    #[arg(long, global = true, env = "BARROW_OFFLINE")]
    pub offline: bool,
    /// Print the result only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Print one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Show no progress bars
    #[arg(long, global = true)]
    pub no_progress: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Build(build::Args),
    Init(init::Args),
    Lock(lock::Args),
    Check(Box<check::Args>),
    Run(Box<run::Args>),
    Serve(serve::Args),
    Runtime(runtime::Args),
    Inspect(inspect::Args),
    Size(size::Args),
    Diff(diff::Args),
    Path(path::Args),
    Doctor(doctor::Args),
    Cache(cache::Args),
    #[command(hide = true)]
    Generate(generate::Args),
}

/// Reads the arguments, runs the command, and says how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter().peekable();
    #[cfg(target_os = "linux")]
    if arguments
        .peek()
        .is_some_and(|name| name == sandbox::CHILD_NAME)
    {
        return sandbox::child::main();
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come here too, and belong on stdout.
            let outcome = if error.use_stderr() {
                Outcome::CouldNot
            } else {
                Outcome::Done
            };
            let _ = error.print();
            return outcome.into();
        }
    };
    interrupt::watch();
    let output = Output {
        json: cli.global.json,
        quiet: cli.global.quiet,
        progress: !cli.global.no_progress,
    };
    match run(cli, output) {
        Ok(outcome) => outcome.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.outcome.into()
        }
    }
}

fn run(cli: Cli, output: Output) -> Result<Outcome> {
    let context = context(cli.global, output)?;
    match cli.command {
        Command::Build(arguments) => build::run(arguments, &context),
        Command::Init(arguments) => init::run(&arguments, &context),
        Command::Lock(arguments) => lock::run(arguments, &context),
        Command::Check(arguments) => check::run(*arguments, &context),
        Command::Run(arguments) => run::run(*arguments, &context),
        Command::Serve(arguments) => serve::run(arguments, &context),
        Command::Runtime(arguments) => runtime::run(&arguments, &context),
        Command::Inspect(arguments) => inspect::run(&arguments, &context),
        Command::Size(arguments) => size::run(&arguments, &context),
        Command::Path(arguments) => path::run(arguments, &context),
        Command::Diff(arguments) => diff::run(&arguments, &context),
        Command::Doctor(arguments) => Ok(doctor::run(&arguments, &context)),
        Command::Cache(arguments) => cache::run(&arguments, &context),
        Command::Generate(arguments) => generate::run(&arguments, &context),
    }
}

fn context(global: Global, output: Output) -> Result<Context> {
    let environment = Environment::read();
    let cache = match global.cache_dir {
        Some(directory) => directory,
        None => environment.default_cache()?,
    };
    Ok(Context {
        environment,
        output,
        cache,
        uv: global.uv,
        offline: global.offline,
    })
}
