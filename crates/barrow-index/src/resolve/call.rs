//! One call of the uv program.

use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use super::failure::FailureKind;
use super::index_config::IndexConfig;
use super::{Failure, UvProgram};

/// What all calls for one request have in common.
#[derive(Debug)]
pub(super) struct Caller<'c> {
    pub program: &'c UvProgram,
    pub config: &'c IndexConfig,
    /// uv looks for its own configuration from here upwards.
    pub directory: &'c Utf8Path,
    pub offline: bool,
    /// An interpreter that spares uv the search for one.
    pub interpreter: Option<Utf8PathBuf>,
    /// `PATH` for a second try, where the first one met a launcher that leads nowhere.
    pub path_past_launchers: Option<String>,
}

#[derive(Debug)]
pub(super) enum CallError {
    Spawn(std::io::Error),
    Failed { failure: Failure },
}

impl Caller<'_> {
    /// A command with everything set but its arguments.
    pub(super) fn command(&self) -> Command {
        let mut command = command(self.program, self.config, self.directory);
        if self.offline {
            command.env("UV_OFFLINE", "1");
        }
        command
    }

    /// Runs uv and gives its standard output.
    pub(super) fn run(&self, arguments: &[String]) -> Result<String, CallError> {
        match (self.try_run(arguments, None), &self.path_past_launchers) {
            (Err(CallError::Failed { failure }), Some(path))
                if failure.kind() == FailureKind::Interpreter =>
            {
                self.try_run(arguments, Some(path))
            }
            (outcome, _) => outcome,
        }
    }

    fn try_run(&self, arguments: &[String], path: Option<&str>) -> Result<String, CallError> {
        let mut command = self.command();
        command
            .args(arguments)
            .args(&self.config.arguments)
            .args(["--color", "never"]);
        if let Some(path) = path {
            command.env("PATH", path);
        }
        let output = command.output().map_err(CallError::Spawn)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let failure = Failure::parse(&String::from_utf8_lossy(&output.stderr));
        Err(CallError::Failed { failure })
    }
}

/// uv with the user's index configuration, quiet, in a directory.
///
/// It never downloads an interpreter: resolving for a target needs none of the target's version.
pub(super) fn command(program: &UvProgram, config: &IndexConfig, directory: &Utf8Path) -> Command {
    let mut command = Command::new(&program.path);
    command
        .current_dir(directory)
        .stdin(Stdio::null())
        .env("UV_PYTHON_DOWNLOADS", "never")
        .env("UV_NO_PROGRESS", "1")
        .env("NO_COLOR", "1")
        // It would mix uv's log into what is parsed.
        .env_remove("RUST_LOG");
    for (name, value) in &config.variables {
        command.env(name, value);
    }
    command
}
