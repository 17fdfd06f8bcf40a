//! A function as a plain process of this host, with the names that things have here.

use camino::Utf8PathBuf;

use super::bare::Bare;
use super::function::Function;
use super::process::Process;
use super::start::{StartError, Started, set, wrapper};
use crate::python::Interpreter;

/// What the function is started with, and where it lies.
#[derive(Debug, Clone)]
pub struct OnHost {
    pub interpreter: Interpreter,
    pub task: Utf8PathBuf,
    pub opt: Option<Utf8PathBuf>,
    pub runtime: Utf8PathBuf,
    pub site_packages: Option<Utf8PathBuf>,
}

impl OnHost {
    pub(super) fn start(
        &self,
        function: &Function,
        mut variables: Vec<(String, String)>,
    ) -> Result<Started, StartError> {
        let Self {
            interpreter,
            task,
            opt,
            runtime,
            site_packages,
        } = self;
        let program = interpreter.executable.to_string();
        let mut arguments = wrapper(function).into_iter().collect::<Vec<_>>();
        arguments.extend([program.clone(), runtime.join("bootstrap.py").to_string()]);
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
            .map_err(|source| StartError::Host { program, source })?;
        Ok(Started {
            process: Process::Bare(started.bare),
            listener: started.listener,
            log: started.log,
            user: None,
        })
    }
}
