//! A function in a sandbox.

use super::circumstances::Circumstances;
use super::function::{Function, new_trace};
use super::process::Process;
use super::start::{StartError, Started, set, wrapper};
use crate::processes::End;
use crate::sandbox::spec::{Identity, Program, Spec, Step};
use crate::sandbox::{Base, Io, Network, Spare, Trees, layout};

/// What a sandbox of the function is made from.
#[derive(Debug, Clone)]
pub struct InSandbox {
    pub base: Base,
    pub trees: Trees,
    pub network: Network,
}

impl InSandbox {
    /// What is wrong with it is said when it is needed.
    pub(super) fn spare(&self) -> Option<Spare> {
        Spare::new(Io::Captured, self.base.image(), self.network).ok()
    }

    pub(super) fn can_use(&self, spare: &Spare) -> bool {
        spare.stands_on(self.base.image(), self.network)
    }

    pub(super) fn start(
        &self,
        function: &Function,
        mut variables: Vec<(String, String)>,
        spare: Option<Spare>,
    ) -> Result<Started, StartError> {
        let image = self.base.image();
        let spare = match spare.filter(|spare| self.can_use(spare)) {
            Some(spare) => spare,
            None => Spare::new(Io::Captured, image, self.network)?,
        };
        let descriptor = crate::sandbox::child::LOG_DESCRIPTOR.to_string();
        set(&mut variables, "_LAMBDA_TELEMETRY_LOG_FD", &descriptor);
        let steps = layout::layout(&self.base, &self.trees, function.storage.bytes());
        let arguments = match self.base {
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
        let spec = spec(steps, arguments, variables, false);
        let started = spare.start(spec, Some(bytes))?;
        Ok(Started {
            process: Process::Sandboxed(started.sandbox),
            listener: started.listener,
            log: started.log,
            user: (self.network == Network::Host).then_some(started.user),
        })
    }

    /// A shell of the user's in place of the function, until it ends.
    pub fn shell(&self, function: &Function) -> Result<End, StartError> {
        let mut variables = function.environment(&Circumstances::new(function), &new_trace());
        set(&mut variables, "PYTHONPATH", "/var/runtime");
        set(&mut variables, "PS1", &format!("{}:\\w$ ", function.name));
        set(&mut variables, "TERM", "xterm-256color");
        let steps = layout::layout(&self.base, &self.trees, function.storage.bytes());
        let arguments = ["/bin/bash", "--norc", "-i"].map(str::to_owned).to_vec();
        let spec = spec(steps, arguments, variables, true);
        let image = self.base.image();
        Ok(crate::sandbox::run(
            spec,
            Io::Inherited,
            image,
            self.network,
        )?)
    }
}

/// A program that starts where the package is.
fn spec(
    steps: Vec<Step>,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    terminal: bool,
) -> impl FnOnce(Identity) -> Spec {
    move |identity| Spec {
        steps,
        identity,
        program: Program {
            arguments,
            variables,
            directory: "/var/task".into(),
            terminal,
        },
    }
}
