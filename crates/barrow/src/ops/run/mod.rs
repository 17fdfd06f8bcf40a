//! A function on this machine, as Lambda would run it.
//!
//! ```text
//! project → package → tree ─┐
//! runtime, interpreter ─────┴→ environment → events → results
//! ```

mod event;
mod package;
mod shell;
mod trace;
mod variables;
mod watch;

use barrow_local::Environment;
use barrow_local::environment::{
    self, Circumstances, Invocation, Invoked, Logging, Place, Spare, new_request_id, new_trace,
};
use barrow_model::{Arch, EphemeralStorage, MemorySize, Target, Timeout};
use camino::Utf8PathBuf;

use super::Context;
use super::place::{self, Wish};
use crate::outcome::{Failure, Result, explained};
use crate::settings::JobOptions;

pub use super::place::{Isolation, Network, Surroundings};
pub use event::Events;
pub use shell::shell;
pub use trace::{Traced, trace};
pub use watch::watch;

/// What to run and how.
#[derive(Debug)]
pub struct Options {
    /// The project, or a zip as its path.
    pub job: JobOptions,
    /// As it was given: whatever it is, the runtime says what is wrong with it.
    pub handler: Option<String>,
    pub layers: Vec<Utf8PathBuf>,
    /// `NAME=VALUE`, or `NAME` for one of our own.
    pub variables: Vec<String>,
    pub variable_files: Vec<Utf8PathBuf>,
    pub memory: MemorySize,
    pub timeout: Timeout,
    pub storage: EphemeralStorage,
    pub surroundings: Surroundings,
    pub logging: Logging,
    pub region: String,
    pub client_context: Option<String>,
    pub cognito_identity: Option<String>,
    pub trace: Option<String>,
}

/// The account that examples in Lambda's documentation use.
const ACCOUNT: &str = "123456789012";

/// A function whose package, surroundings and variables are ready.
pub(super) struct Prepared {
    function: environment::Function,
    place: Place,
}

/// Gets every result, with the log lines that belong to it.
pub type Done<'a> = &'a mut dyn FnMut(&Invoked, Vec<String>);

/// Runs the function with each event in turn, in one environment.
pub fn run(options: &Options, events: Events, context: &Context, done: Done<'_>) -> Result<()> {
    let spare = options.surroundings.spare();
    let prepared = prepare(options, context)?;
    let (sink, lines) = log(context);
    invoke_all(options, prepared, spare, events, sink, |invoked| {
        done(invoked, lines.try_iter().collect());
    })
}

fn prepare(options: &Options, context: &Context) -> Result<Prepared> {
    let variables = variables::read(&options.variable_files, &options.variables, context)?;
    let mut package = package::find(options, context)?;
    check_arch(package.target, options)?;
    package.layers.extend(place::layers(&options.layers)?);
    let place = place::place(
        Wish {
            target: package.target,
            package: &package.package,
            layers: &package.layers,
            surroundings: &options.surroundings,
        },
        context,
    )?;
    let name = package.name;
    Ok(Prepared {
        place,
        function: environment::Function {
            version: "$LATEST".to_owned(),
            arn: format!(
                "arn:aws:lambda:{}:{ACCOUNT}:function:{name}",
                options.region
            ),
            region: options.region.clone(),
            handler: package.handler,
            runtime: package.target.runtime,
            memory: options.memory,
            timeout: options.timeout,
            storage: options.storage,
            variables,
            logging: options.logging,
            log_group: environment::Function::usual_log_group(&name),
            name,
        },
    })
}

fn invoke_all(
    options: &Options,
    prepared: Prepared,
    spare: Option<Spare>,
    mut events: Events,
    sink: environment::Sink,
    mut done: impl FnMut(&Invoked),
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::from(anyhow::Error::from(error)))?;
    runtime.block_on(async {
        let Prepared { function, place } = prepared;
        let arn = function.arn.clone();
        let circumstances = Circumstances::new(&function);
        let environment = Environment::new(function, place, circumstances, sink);
        let mut environment = environment.from_spare(spare);
        while let Some(event) = events.take_next()? {
            let invocation = invocation(options, arn.clone(), event);
            let invoked = environment.invoke(invocation).await;
            environment.freeze();
            done(&invoked.map_err(explained)?);
        }
        Ok(())
    })
}

fn invocation(options: &Options, function_arn: String, event: Vec<u8>) -> Invocation {
    let trace = options.trace.clone();
    Invocation {
        request: new_request_id(),
        event: event.into(),
        function_arn,
        trace: trace.unwrap_or_else(new_trace),
        client_context: options.client_context.clone(),
        cognito_identity: options.cognito_identity.clone(),
    }
}

/// The log goes to the screen as it comes, and is kept for whoever wants a result's own.
fn log(context: &Context) -> (environment::Sink, std::sync::mpsc::Receiver<String>) {
    let (sender, lines) = std::sync::mpsc::channel();
    let output = context.output;
    let sink = Box::new(move |line: &[u8]| {
        output.log(line);
        // Nobody may be interested.
        let _ = sender.send(String::from_utf8_lossy(line).into_owned());
    });
    (sink, lines)
}

/// Compiled code of one processor does not run on the other, unless something translates it; and
/// then the interpreter must be of the other too.
fn check_arch(target: Target, options: &Options) -> Result<()> {
    let machine = Arch::of_this_machine().ok_or_else(super::runtimes::unknown_machine)?;
    if target.arch == machine
        || (options.surroundings.image.is_some() && is_translated(target.arch))
    {
        return Ok(());
    }
    let failure = Failure::input(format_args!(
        "the function is for {}, and this machine is {machine}",
        target.arch
    ))
    .hint(format!(
        "`--arch {machine}` builds and runs it for this machine"
    ));
    Err(if is_translated(target.arch) {
        failure.hint(format!(
            "qemu translates {} here: `--image REF` with an image of Lambda's {} runs it, slowly",
            target.arch, target.runtime
        ))
    } else {
        failure
    })
}

/// Whether the kernel hands programs of this processor to qemu, also inside a sandbox (`F`).
fn is_translated(arch: Arch) -> bool {
    let entry = format!("/proc/sys/fs/binfmt_misc/qemu-{}", arch.linux_name());
    let entry = std::fs::read_to_string(entry).unwrap_or_default();
    let flags = entry.lines().find_map(|line| line.strip_prefix("flags: "));
    entry.starts_with("enabled") && flags.is_some_and(|flags| flags.contains('F'))
}
