//! `uv pip compile`: requirements in, pins out.

use std::collections::{BTreeMap, BTreeSet};

use barrow_model::PackageName;
use camino::Utf8PathBuf;

use super::call::{CallError, Caller};
use super::failure::FailureKind;
use super::platform::Platform;

/// What to resolve, as arguments of `uv pip compile`.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs {
    pub paths: Vec<Utf8PathBuf>,
    pub groups: Vec<String>,
    pub extras: Vec<String>,
    /// The inputs name every package already.
    pub no_deps: bool,
    /// Ask the index even for what uv has seen minutes ago.
    pub refresh: bool,
}

/// What has been learned about packages on the way to a solution.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    /// Versions without a wheel for the target.
    pub excluded: BTreeMap<PackageName, BTreeSet<String>>,
    /// Packages that exist only as source.
    pub from_source: BTreeSet<PackageName>,
    /// Packages that must come as wheels; `None` means all but those from source.
    pub only_binary: Option<BTreeSet<PackageName>>,
}

impl Limits {
    /// Excluded versions as a constraints file.
    fn constraints(&self) -> String {
        let line = |(name, versions): (&PackageName, &BTreeSet<String>)| {
            let parts: Vec<String> = versions
                .iter()
                .map(|version| format!("!={version}"))
                .collect();
            format!("{name}{}\n", parts.join(","))
        };
        self.excluded.iter().map(line).collect()
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        let mut add = |option: &str, value: &str| {
            arguments.extend([option.to_owned(), value.to_owned()]);
        };
        match &self.only_binary {
            None => add("--only-binary", ":all:"),
            Some(names) => names
                .iter()
                .for_each(|name| add("--only-binary", name.as_str())),
        }
        self.from_source
            .iter()
            .for_each(|name| add("--no-binary", name.as_str()));
        arguments
    }
}

/// How the answer is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Pylock,
    /// `name==version`, each followed by the index that it comes from.
    WithIndexes,
}

/// The directory in which files for uv are written; gone with the value.
pub(super) type Scratch = tempfile::TempDir;

pub(super) fn compile(
    caller: &Caller<'_>,
    scratch: &Scratch,
    inputs: &Inputs,
    limits: &Limits,
    python_version: &str,
    platform: &Platform,
    format: Format,
) -> Result<String, CallError> {
    let mut arguments = vec!["pip".to_owned(), "compile".to_owned()];
    arguments.extend(inputs.paths.iter().map(ToString::to_string));
    let mut add = |option: &str, value: &str| {
        arguments.extend([option.to_owned(), value.to_owned()]);
    };
    add("--python-version", python_version);
    add("--python-platform", &platform.name);
    inputs.extras.iter().for_each(|extra| add("--extra", extra));
    inputs.groups.iter().for_each(|group| add("--group", group));
    if !limits.excluded.is_empty() {
        let path = scratch.path().join("excluded.txt");
        std::fs::write(&path, limits.constraints()).map_err(CallError::Spawn)?;
        add("--constraints", &path.to_string_lossy());
    }
    arguments.extend(limits.arguments());
    let flags = match format {
        Format::Pylock => ["--format", "pylock.toml"].as_slice(),
        Format::WithIndexes => &["--emit-index-annotation", "--no-annotate"],
    };
    arguments.extend(flags.iter().map(|&flag| flag.to_owned()));
    arguments.push("--no-header".to_owned());
    if inputs.no_deps {
        arguments.push("--no-deps".to_owned());
    }
    if inputs.refresh {
        arguments.push("--refresh".to_owned());
    }
    // Metadata that is built should be built by the right Python, which uv then looks for. For
    // wheels any will do, and naming one saves the search: 0.03 s instead of 0.4 s with pyenv.
    let builds = !limits.from_source.is_empty() || limits.only_binary.is_some();
    run_with_interpreter(caller, &arguments, !builds)
}

/// Runs uv with the interpreter that we found, and where that does not work, without.
pub(super) fn run_with_interpreter(
    caller: &Caller<'_>,
    arguments: &[String],
    any_interpreter: bool,
) -> Result<String, CallError> {
    if let Some(interpreter) = caller.interpreter.as_ref().filter(|_| any_interpreter) {
        let mut with = arguments.to_vec();
        with.extend(["--python".to_owned(), interpreter.to_string()]);
        match caller.run(&with) {
            Err(CallError::Failed { failure }) if failure.kind() == FailureKind::Interpreter => {}
            outcome => return outcome,
        }
    }
    caller.run(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_becomes_arguments() {
        let name = |name: &str| PackageName::parse(name).unwrap();
        let mut limits = Limits::default();
        assert_eq!(limits.arguments(), ["--only-binary", ":all:"]);
        limits.from_source.insert(name("docopt"));
        assert_eq!(
            limits.arguments(),
            ["--only-binary", ":all:", "--no-binary", "docopt"]
        );
        limits.only_binary = Some([name("numpy")].into());
        assert_eq!(
            limits.arguments(),
            ["--only-binary", "numpy", "--no-binary", "docopt"]
        );
        limits
            .excluded
            .insert(name("numpy"), ["2.4.6", "2.4.5"].map(str::to_owned).into());
        assert_eq!(limits.constraints(), "numpy!=2.4.5,!=2.4.6\n");
    }
}
