//! `uv export`: a project's `uv.lock` as a PEP 751 lock.

use camino::Utf8Path;

use super::call::{CallError, Caller};
use super::{Failure, ResolveError};
use crate::lock::{Lock, pylock};
use crate::requirement::Selection;
use barrow_model::Target;

/// Reads `uv.lock` through uv. The project itself is left out: its files are packed as they are.
pub(super) fn export(
    caller: &Caller<'_>,
    selection: &Selection,
    lock: &Utf8Path,
    must_be_in_step: bool,
    target: Target,
) -> Result<Lock, ResolveError> {
    if must_be_in_step {
        let arguments = ["lock", "--check"].map(str::to_owned);
        match caller.run(&arguments) {
            Err(CallError::Failed { failure }) if is_behind(&failure) => {
                let path = lock.to_owned();
                return Err(ResolveError::StaleForeign {
                    path,
                    update: "uv lock",
                });
            }
            outcome => _ = outcome.map_err(|error| explain(error, caller, target))?,
        }
    }
    let mut arguments: Vec<String> = [
        "export",
        "--frozen",
        "--format",
        "pylock.toml",
        "--no-dev",
        "--no-emit-project",
        "--no-header",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut add = |option: &str, values: &[String]| {
        for value in values {
            arguments.extend([option.to_owned(), value.clone()]);
        }
    };
    add("--group", &selection.groups);
    add("--extra", &selection.extras);
    let text = caller
        .run(&arguments)
        .map_err(|error| explain(error, caller, target))?;
    pylock::parse(&text, &caller.directory.join("pylock.toml"))
        .map(|pylock| pylock.lock)
        .map_err(|source| ResolveError::BadAnswer {
            source: Box::new(source),
        })
}

fn is_behind(failure: &Failure) -> bool {
    failure.message.contains("needs to be updated")
}

fn explain(error: CallError, caller: &Caller<'_>, target: Target) -> ResolveError {
    match error {
        CallError::Spawn(source) => ResolveError::Run {
            program: caller.program.path.clone(),
            source,
        },
        CallError::Failed { failure } => ResolveError::of(failure, target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_behind_is_recognised() {
        // uv 0.13.8, 2026-11-20.
        let said = "error: The lockfile at `uv.lock` needs to be updated, but `--check` was \
                    provided.\n\nhint: To update the lockfile, run `uv lock`.\n";
        assert!(is_behind(&Failure::parse(said)));
        assert!(!is_behind(&Failure::parse(
            "error: No interpreter found for Python >=3.13\n"
        )));
    }
}
