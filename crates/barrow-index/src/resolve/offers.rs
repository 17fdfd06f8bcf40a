//! What an index has of some packages, for every platform.

use barrow_model::PackageName;

use super::call::{CallError, Caller};
use super::compile::{Scratch, run_with_interpreter};
use super::failure::bare_name;
use crate::lock::{Lock, LockedPackage, pylock};

/// The newest release of each package with all its wheels. `lines` are requirements; packages
/// without any wheel for such a Python make the call fail.
pub(super) fn newest(
    caller: &Caller<'_>,
    scratch: &Scratch,
    lines: &[String],
    index_options: &[String],
    python_version: &str,
) -> Result<Lock, CallError> {
    let path = scratch.path().join("offers.in");
    let text: String = index_options
        .iter()
        .chain(lines)
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&path, text).map_err(CallError::Spawn)?;
    let path = path.to_string_lossy();
    let arguments = [
        "pip",
        "compile",
        &path,
        "--universal",
        "--no-deps",
        "--no-header",
        "--only-binary",
        ":all:",
        "--format",
        "pylock.toml",
        "--python-version",
        python_version,
    ];
    let arguments = arguments.map(str::to_owned).to_vec();
    let text = run_with_interpreter(caller, &arguments, true)?;
    let parsed = pylock::parse(&text, &caller.directory.join("pylock.toml"));
    Ok(parsed.map(|pylock| pylock.lock).unwrap_or_default())
}

/// The release that a requirement such as `name` or `name==1.2` leads to, with all its wheels.
pub(super) fn release(
    caller: &Caller<'_>,
    scratch: &Scratch,
    requirement: &str,
    index_options: &[String],
    python_version: &str,
) -> Option<LockedPackage> {
    let name = PackageName::parse(bare_name(requirement)).ok()?;
    let lines = [requirement.to_owned()];
    let lock = newest(caller, scratch, &lines, index_options, python_version).ok()?;
    lock.packages
        .into_iter()
        .find(|package| package.name == name)
}
