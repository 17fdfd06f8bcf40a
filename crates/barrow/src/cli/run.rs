//! `barrow run`: the function on this machine, as Lambda would run it.

use anyhow::Context as _;
use barrow_core::trace::Summary;
use barrow_local::environment::{Format, Invoked, Level, Logging};
use barrow_model::{EphemeralStorage, MemorySize, Timeout};
use camino::{Utf8Path, Utf8PathBuf};

use super::build::{DependencyArgs, TargetArgs};
use crate::ops::run::{Events, Isolation, Network, Options, Surroundings, Traced};
use crate::ops::{self, Context, new_file};
use crate::outcome::{Failure, Outcome, Result};
use crate::output::json::{InvocationDocument, RunDocument, TraceDocument};
use crate::output::{flame, human, trace};
use crate::settings::JobOptions;

const EXAMPLES: &str = "\
Examples:
  barrow run
      builds the project and invokes its function with {}
  barrow run -e event.json | jq .
      the result on stdout, the function's log on stderr
  barrow run -e events.jsonl
      an event a line, one after the other in one warm environment
  barrow run app.zip --runtime python3.12 --handler app.main --layer deps.zip
      any package
  barrow run --env-file .env --env STAGE=test --memory 256 --timeout 10";

/// Run the function on this machine, as Lambda would
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The project's folder, a single-file function, or a package
    #[arg(value_name = "DIR|FILE.py|FILE.zip")]
    path: Option<Utf8PathBuf>,
    /// The event: JSON, a file, or `-` for standard input; a file with one JSON document a line
    /// has an event a line [default: {}]
    #[arg(long, short, value_name = "JSON|FILE")]
    event: Option<String>,
    /// Which function of the project
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// The function's name [default: the package's]
    #[arg(long)]
    name: Option<String>,
    /// The function that Lambda calls
    #[arg(long, value_name = "MODULE.FUNCTION")]
    handler: Option<String>,
    /// A layer's package, laid over those before it; can be given more than once
    #[arg(long = "layer", value_name = "FILE.zip")]
    layers: Vec<Utf8PathBuf>,
    /// Build and invoke again whenever something changes
    #[arg(long, conflicts_with_all = ["json", "trace", "shell"])]
    watch: bool,
    /// Say what the start spends its time on
    #[arg(long, value_enum, value_name = "WHAT")]
    trace: Option<Trace>,
    /// Also write the trace as a page for the browser
    #[arg(long, value_name = "FILE", requires = "trace")]
    html: Option<Utf8PathBuf>,
    /// Open a shell where the function would be
    #[arg(long, conflicts_with_all = ["event", "trace", "json"])]
    shell: bool,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    dependencies: DependencyArgs,
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    log: LogArgs,
    /// What the caller's client context is, as JSON
    #[arg(long, value_name = "JSON", value_parser = json)]
    client_context: Option<String>,
    /// Who calls: the ids of a Cognito identity and of its pool
    #[arg(long, value_name = "ID,POOL", value_parser = cognito_identity)]
    cognito_identity: Option<String>,
    /// The X-Ray trace that the invoke belongs to
    #[arg(long, value_name = "TEXT", value_parser = header)]
    trace_id: Option<String>,
}

/// What the function runs in.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Environment")]
struct EnvironmentArgs {
    /// A variable for the function; without a value, this process's own
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    variables: Vec<String>,
    /// Variables for the function, a line each
    #[arg(long = "env-file", value_name = "FILE")]
    variable_files: Vec<Utf8PathBuf>,
    /// Memory, in MB [default: 128]
    #[arg(long, value_name = "MB")]
    memory: Option<MemorySize>,
    /// How long an invoke may take, in seconds [default: 3]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<Timeout>,
    /// Room under /tmp, in MB [default: 512]
    #[arg(long = "tmp", value_name = "MB")]
    storage: Option<EphemeralStorage>,
    /// The region that the function believes to be in
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// The interpreter [default: the runtime's version, from PATH, pyenv or uv]
    #[arg(
        long,
        value_name = "FILE",
        env = "BARROW_PYTHON",
        hide_env_values = true
    )]
    python: Option<Utf8PathBuf>,
    /// A container image to take interpreter and libraries from, such as
    /// `public.ecr.aws/lambda/python:3.13`; pulled once, without Docker
    #[arg(
        long,
        value_name = "REF",
        env = "BARROW_IMAGE",
        conflicts_with = "python"
    )]
    image: Option<String>,
    /// What the function can reach
    #[arg(long, value_enum, default_value = "host")]
    network: Network,
    /// What keeps the function from this machine
    #[arg(long, value_enum, default_value = "full", env = "BARROW_ISOLATION")]
    isolation: Isolation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Trace {
    /// The modules that are imported
    Imports,
}

/// How the function logs.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Log")]
struct LogArgs {
    /// The format of the log
    #[arg(long, value_enum, default_value = "text")]
    log_format: LogFormat,
    /// The least level of the function's own records; needs `--log-format json`
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<Level>,
    /// The least level of Lambda's own records; needs `--log-format json`
    #[arg(long, value_name = "LEVEL")]
    system_log_level: Option<Level>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// Lines
    Text,
    /// An object a line
    Json,
}

pub fn run(mut arguments: Args, context: &Context) -> Result<Outcome> {
    let event = arguments.event.take();
    let html = arguments.html.take();
    let Args {
        watch,
        trace,
        shell,
        ..
    } = arguments;
    let options = options(arguments)?;
    if shell {
        return ops::run::shell(&options, context).map(Outcome::of_program);
    }
    if watch {
        let done = &mut |invoked: &Invoked, _| context.output.bytes(&invoked.payload);
        ops::run::watch(&options, event.as_deref(), context, done)?;
        return Ok(Outcome::Done);
    }
    let events = Events::new(event.as_deref())?;
    if trace.is_some() {
        let traced = ops::run::trace(&options, events, context)?;
        return show_trace(&traced, html.as_deref(), context);
    }
    run_all(&options, events, context)
}

fn run_all(options: &Options, events: Events, context: &Context) -> Result<Outcome> {
    let output = context.output;
    let mut failed = false;
    let mut documents = Vec::new();
    ops::run::run(options, events, context, &mut |invoked, log| {
        failed |= invoked.failed;
        if output.json {
            documents.push(InvocationDocument::new(invoked, log));
        } else {
            output.bytes(&invoked.payload);
        }
    })?;
    if output.json {
        output.document(&RunDocument {
            isolation: match options.surroundings.isolation {
                Isolation::Full => "full",
                Isolation::None => "none",
            },
            invocations: documents,
        });
    }
    Ok(Outcome::of_invokes(failed))
}

fn show_trace(traced: &Traced, html: Option<&Utf8Path>, context: &Context) -> Result<Outcome> {
    let output = context.output;
    let origin_of = |module: &str| traced.origin_of(module);
    let summary = Summary::of(&traced.imports, origin_of);
    if output.json {
        output.document(&TraceDocument::new(&summary));
    } else {
        output.line(trace::summary(&summary).trim_end());
    }
    if let Some(path) = html {
        let page = flame::page(
            &traced.imports,
            &traced.name,
            origin_of,
            &[
                "Lambda loads the handler's own module in a way that Python does not measure; \
               what it imports is here, its own code is not.",
            ],
        );
        new_file::write(path, page.as_bytes()).with_context(|| format!("cannot write `{path}`"))?;
        output.say(human::note(format_args!("the page is `{path}`")));
    }
    let failed = traced
        .invoked
        .as_ref()
        .is_some_and(|invoked| invoked.failed);
    Ok(Outcome::of_invokes(failed))
}

fn options(arguments: Args) -> Result<Options> {
    let Args {
        environment, log, ..
    } = arguments;
    let format = match log.log_format {
        LogFormat::Text => Format::Text,
        LogFormat::Json => Format::Json,
    };
    if format == Format::Text && (log.log_level.is_some() || log.system_log_level.is_some()) {
        return Err(Failure::input("log levels are kept to in JSON logs only")
            .hint("add `--log-format json`"));
    }
    Ok(Options {
        job: JobOptions {
            path_is_explicit: arguments.path.is_some(),
            path: arguments.path.unwrap_or_else(|| Utf8PathBuf::from(".")),
            requirements: arguments.dependencies.requirements,
            groups: arguments.dependencies.groups,
            extras: arguments.dependencies.extras,
            runtime: arguments.target.runtime,
            arch: arguments.target.arch,
            handler: arguments
                .handler
                .as_ref()
                .and_then(|text| text.parse().ok()),
            only: arguments.function.into_iter().collect(),
            name: arguments.name,
            ..JobOptions::default()
        },
        handler: arguments.handler,
        layers: arguments.layers,
        variables: environment.variables,
        variable_files: environment.variable_files,
        memory: environment.memory.unwrap_or(MemorySize::DEFAULT),
        timeout: environment.timeout.unwrap_or(Timeout::DEFAULT),
        storage: environment.storage.unwrap_or(EphemeralStorage::DEFAULT),
        surroundings: Surroundings {
            python: environment.python,
            image: environment.image,
            network: environment.network,
            isolation: environment.isolation,
            home: None,
        },
        logging: Logging {
            format,
            application_level: log.log_level,
            system_level: log.system_log_level,
        },
        region: environment.region,
        client_context: arguments.client_context,
        cognito_identity: arguments.cognito_identity,
        trace: arguments.trace_id,
    })
}

/// On one line, because it travels in a header.
fn json(text: &str) -> std::result::Result<String, String> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    Ok(value.to_string())
}

fn cognito_identity(text: &str) -> std::result::Result<String, String> {
    let (identity, pool) = text
        .split_once(',')
        .ok_or("expected the identity's id, a comma, and its pool's id")?;
    let value = serde_json::json!({
        "cognitoIdentityId": identity.trim(),
        "cognitoIdentityPoolId": pool.trim(),
    });
    Ok(value.to_string())
}

fn header(text: &str) -> std::result::Result<String, String> {
    if text.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        Ok(text.to_owned())
    } else {
        Err("expected printable ASCII".to_owned())
    }
}
