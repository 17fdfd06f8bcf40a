//! Where a function runs: in a sandbox, or as a plain process of this host.

use std::io;

use barrow_model::{Explain, Fault};
use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::bare::Bare;
use super::function::{Function, new_trace};
use super::process::Process;
use crate::processes::End;
use crate::python::Interpreter;
#[cfg(target_os = "linux")]
pub use crate::sandbox::Spare;
#[cfg(target_os = "linux")]
use crate::sandbox::{
    Base, Io, Network, SandboxError, Trees, layout,
    spec::{Program, Spec},
};

/// Where there are no sandboxes, there are no spare ones either.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub enum Spare {}

#[derive(Debug, Clone)]
pub enum Place {
    #[cfg(target_os = "linux")]
    Sandbox {
        base: Base,
        trees: Trees,
        network: Network,
    },
    /// All that the user may see and do, the function may.
    Bare {
        interpreter: Interpreter,
        task: Utf8PathBuf,
        opt: Option<Utf8PathBuf>,
        runtime: Utf8PathBuf,
        site_packages: Option<Utf8PathBuf>,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("cannot start `{program}`")]
    Bare { program: String, source: io::Error },
    #[error("cannot serve the runtime API on loopback")]
    Serve { source: io::Error },
}

impl Explain for StartError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn details(&self) -> Vec<String> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(error) => error.details(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}

/// A started process, and what it is spoken to through.
pub(super) struct Started {
    pub(super) process: Process,
    pub(super) listener: std::net::TcpListener,
    pub(super) log: std::os::fd::OwnedFd,
    /// Whose connections are the function's, where others could connect too.
    pub(super) user: Option<u32>,
}

impl Place {
    /// From a spare, if there is one; else from nothing.
    pub(super) fn start(
        &self,
        function: &Function,
        spare: Option<Spare>,
    ) -> Result<Started, StartError> {
        let now = Timestamp::now();
        let variables = function.environment(now, &new_trace());
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox {
                base,
                trees,
                network,
            } => {
                let ground = layout::ground(base.image(), *network);
                let spare = match spare.filter(|spare| *spare.ground() == ground) {
                    Some(spare) => spare,
                    None => Spare::new(Io::Captured, ground)?,
                };
                start_sandbox(function, variables, base, trees, spare)
            }
            Self::Bare { .. } => self.start_bare(function, variables),
        }
    }

    /// A shell of the user's in place of the function, until it ends.
    #[cfg(target_os = "linux")]
    pub fn shell(&self, function: &Function) -> Result<End, StartError> {
        let Self::Sandbox {
            base,
            trees,
            network,
            ..
        } = self
        else {
            unreachable!("a bare place has no shell of its own");
        };
        let mut variables = function.environment(Timestamp::now(), &new_trace());
        set(&mut variables, "PYTHONPATH", "/var/runtime");
        set(&mut variables, "PS1", &format!("{}:\\w$ ", function.name));
        set(&mut variables, "TERM", "xterm-256color");
        let steps = layout::layout(base, trees, function.storage.bytes());
        let arguments = ["/bin/bash", "--norc", "-i"].map(str::to_owned).to_vec();
        let spec = |identity| Spec {
            steps,
            identity,
            program: Program {
                arguments,
                variables,
                directory: "/var/task".into(),
                terminal: true,
            },
        };
        let ground = layout::ground(base.image(), *network);
        Ok(crate::sandbox::run(spec, Io::Inherited, ground)?)
    }

    fn start_bare(
        &self,
        function: &Function,
        variables: Vec<(String, String)>,
    ) -> Result<Started, StartError> {
        #[cfg_attr(
            not(target_os = "linux"),
            expect(irrefutable_let_patterns, reason = "elsewhere there is one place")
        )]
        let Self::Bare {
            interpreter,
            task,
            opt,
            runtime,
            site_packages,
        } = self
        else {
            unreachable!("called for a bare place");
        };
        let program = interpreter.executable.to_string();
        let mut arguments = wrapper(function).into_iter().collect::<Vec<_>>();
        arguments.extend([program.clone(), runtime.join("bootstrap.py").to_string()]);
        let mut variables = variables;
        // The same names, for where things are here.
        set(&mut variables, "LAMBDA_TASK_ROOT", task.as_str());
        set(&mut variables, "LAMBDA_RUNTIME_DIR", runtime.as_str());
        set(&mut variables, "PWD", task.as_str());
        set(
            &mut variables,
            "BARROW_OPT",
            opt.as_ref().map_or("", |path| path.as_str()),
        );
        let sdk = site_packages.as_ref().map_or("", |path| path.as_str());
        set(&mut variables, "BARROW_SITE_PACKAGES", sdk);
        let path = "/usr/local/bin:/usr/bin:/bin";
        set(&mut variables, "PATH", path);
        variables.retain(|(name, _)| name != "LD_LIBRARY_PATH");
        let started = Bare::start(&arguments, &variables, task)
            .map_err(|source| StartError::Bare { program, source })?;
        Ok(Started {
            process: Process::Bare(started.bare),
            listener: started.listener,
            log: started.log,
            user: None,
        })
    }
}

#[cfg(target_os = "linux")]
fn start_sandbox(
    function: &Function,
    mut variables: Vec<(String, String)>,
    base: &Base,
    trees: &Trees,
    spare: Spare,
) -> Result<Started, StartError> {
    let network = spare.ground().network;
    let descriptor = crate::sandbox::child::LOG_DESCRIPTOR.to_string();
    set(&mut variables, "_LAMBDA_TELEMETRY_LOG_FD", &descriptor);
    let steps = layout::layout(base, trees, function.storage.bytes());
    let arguments = match base {
        Base::Host { .. } => {
            let mut arguments = wrapper(function).into_iter().collect::<Vec<_>>();
            let interpreter = function.runtime.interpreter();
            arguments.extend([interpreter, "/var/runtime/bootstrap.py".to_owned()]);
            arguments
        }
        // Its own script starts wrappers too.
        Base::Image(_) => vec![crate::sandbox::BOOTSTRAP.to_owned()],
    };
    // What lies under `/tmp` is memory here and is not on Lambda, so it must not count as such.
    let bytes = function.memory.bytes() + function.storage.bytes();
    let started = spare.start(
        |identity| Spec {
            steps,
            identity,
            program: Program {
                arguments,
                variables,
                directory: "/var/task".into(),
                terminal: false,
            },
        },
        Some(bytes),
    )?;
    Ok(Started {
        process: Process::Sandboxed(started.sandbox),
        listener: started.listener,
        log: started.log,
        user: (network == Network::Host).then_some(started.user),
    })
}

/// A script of the user's that the runtime is started through.
fn wrapper(function: &Function) -> Option<String> {
    let named = function
        .variables
        .iter()
        .find(|(name, value)| name == crate::WRAPPER_VARIABLE && !value.is_empty());
    named.map(|(_, value)| value.clone())
}

fn set(variables: &mut Vec<(String, String)>, name: &str, value: &str) {
    match variables.iter_mut().find(|(present, _)| present == name) {
        Some((_, present)) => value.clone_into(present),
        None => variables.push((name.to_owned(), value.to_owned())),
    }
}
