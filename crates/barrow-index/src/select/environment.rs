//! Markers, answered for the target instead of for the machine at hand.

use std::collections::BTreeSet;

use barrow_core::wheel::requirement::is_parseable;
use barrow_model::Target;
use pep440_rs::Version;
use pep508_rs::{
    ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder, MarkerTree, Requirement, VerbatimUrl,
};

use super::group_marker::{self, MarkerError};

/// The newest patch release of each minor version that `CPython` had on 2026-11-20. A runtime moves
/// to a new patch without notice, and markers that tell patches apart ("this bug is fixed since
/// 3.11.4") look at the lower ones.
const NEWEST_PATCH: [(u8, u8); 7] = [
    (8, 20),
    (9, 25),
    (10, 22),
    (11, 18),
    (12, 16),
    (13, 18),
    (14, 10),
];

/// The target as markers see it, with the extras and groups that are wanted.
#[derive(Debug, Clone)]
pub struct Markers {
    environment: MarkerEnvironment,
    extras: Vec<String>,
    groups: Vec<String>,
}

impl Markers {
    /// Extras and groups matter to markers of lock files that cover several of them.
    pub fn new(target: Target, extras: &[String], groups: &[String]) -> Self {
        let full = python_full_version(target);
        let builder = MarkerEnvironmentBuilder {
            implementation_name: "cpython",
            implementation_version: &full,
            os_name: "posix",
            platform_machine: target.arch.linux_name(),
            platform_python_implementation: "CPython",
            // What the kernel calls itself changes from one host of the service to the next.
            platform_release: "",
            platform_system: "Linux",
            platform_version: "",
            python_full_version: &full,
            python_version: target.runtime.python_version(),
            sys_platform: "linux",
        };
        Self {
            environment: builder.try_into().expect("the table holds versions"),
            extras: extras.to_vec(),
            groups: groups.to_vec(),
        }
    }

    /// The interpreter's version, for `requires-python`.
    pub fn python(&self) -> &Version {
        &self.environment.python_full_version().version
    }

    /// Whether a marker holds.
    pub fn holds(&self, marker: &str) -> Result<bool, MarkerError> {
        self.answer(marker, &self.extra_names())
    }

    /// The same with other extras: those asked of the package that has the marker.
    pub(crate) fn holds_with(
        &self,
        marker: &str,
        extras: &BTreeSet<String>,
    ) -> Result<bool, MarkerError> {
        let extras: Vec<ExtraName> = extras
            .iter()
            .filter_map(|extra| extra.parse().ok())
            .collect();
        self.answer(marker, &extras)
    }

    fn answer(&self, marker: &str, extras: &[ExtraName]) -> Result<bool, MarkerError> {
        let wanted = |set: group_marker::Set, name: &str| {
            let names = match set {
                group_marker::Set::Extras => &self.extras,
                group_marker::Set::DependencyGroups => &self.groups,
            };
            names.iter().any(|wanted| normal(wanted) == normal(name))
        };
        let plain = |marker: &str| Ok(tree(marker)?.evaluate(&self.environment, extras));
        if group_marker::mentions_a_set(marker) {
            group_marker::evaluate(marker, &wanted, &plain)
        } else {
            plain(marker)
        }
    }

    /// Whether a marker holds while an extra is asked for; an empty one stands for none.
    pub fn holds_with_extra(&self, marker: &str, extra: &str) -> Result<bool, MarkerError> {
        let extra: Option<ExtraName> = extra.parse().ok();
        Ok(tree(marker)?.evaluate(&self.environment, extra.as_slice()))
    }

    fn extra_names(&self) -> Vec<ExtraName> {
        self.extras
            .iter()
            .filter_map(|extra| extra.parse().ok())
            .collect()
    }

    /// The name that a `Requires-Dist` line asks for on the target without extras, if it does.
    pub fn requires(&self, line: &str) -> Option<barrow_model::PackageName> {
        let requirement = parse(line)?;
        let holds = requirement.evaluate_markers(&self.environment, &[]);
        let name = barrow_model::PackageName::parse(requirement.name.as_ref());
        name.ok().filter(|_| holds)
    }

    /// Whether a `Requires-Dist` line counts on the target. Lines behind an extra count as well:
    /// whether the extra was asked for is not written in the wheel.
    pub fn counts(&self, line: &str) -> bool {
        let Some(requirement) = parse(line) else {
            return false;
        };
        let (_, marker) = line.split_once(';').unwrap_or((line, ""));
        requirement.evaluate_markers(&self.environment, &extras_in(marker))
    }
}

fn parse(line: &str) -> Option<Requirement<VerbatimUrl>> {
    is_parseable(line).then(|| line.parse().ok()).flatten()
}

/// The extras that a marker names: the quoted texts beside `extra`.
fn extras_in(marker: &str) -> Vec<ExtraName> {
    if !marker.contains("extra") {
        return Vec::new();
    }
    let quoted = marker.split(['\'', '"']).skip(1).step_by(2);
    quoted.filter_map(|text| text.parse().ok()).collect()
}

fn tree(marker: &str) -> Result<MarkerTree, MarkerError> {
    // The parser panics within a character of several bytes.
    if !marker.is_ascii() {
        return Err(MarkerError {
            seen: marker.to_owned(),
            reason: "it has characters beyond ASCII".to_owned(),
        });
    }
    marker
        .parse()
        .map_err(|error: pep508_rs::Pep508Error| MarkerError {
            seen: marker.to_owned(),
            reason: error.message.to_string(),
        })
}

/// `python3.12` → `3.12.16`.
fn python_full_version(target: Target) -> String {
    let minor = target.runtime.minor();
    let patch = NEWEST_PATCH
        .iter()
        .find(|(known, _)| *known == minor)
        .map_or(0, |row| row.1);
    format!("{}.{patch}", target.runtime.python_version())
}

fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markers(runtime: &str, arch: &str) -> Markers {
        let target = Target {
            runtime: runtime.parse().unwrap(),
            arch: arch.parse().unwrap(),
        };
        Markers::new(target, &["Fast_io".to_owned()], &["default".to_owned()])
    }

    fn check(marker: &str, expected: bool) {
        assert_eq!(
            markers("python3.12", "arm64").holds(marker),
            Ok(expected),
            "{marker}"
        );
    }

    #[test]
    fn markers_are_answered_for_the_target() {
        check("sys_platform == 'win32'", false);
        check(
            "sys_platform == 'linux' and platform_machine == 'aarch64'",
            true,
        );
        check("platform_machine == 'x86_64' or os_name == 'nt'", false);
        check("python_version < '3.10'", false);
        check("python_full_version >= '3.12.4'", true);
        check("platform_python_implementation != 'PyPy'", true);
        check(
            "implementation_name == 'cpython' and platform_system != 'Windows'",
            true,
        );
        check("extra == 'test'", false);
        check("extra == 'fast-io' and os_name == 'posix'", true);
    }

    #[test]
    fn groups_and_extras_are_those_asked_for() {
        check("'default' in dependency_groups", true);
        check("'dev' in dependency_groups or \"fast.io\" in extras", true);
        check(
            "'dev' not in dependency_groups and (os_name == 'nt' or 'fast-io' in extras)",
            true,
        );
        check("'dev' in dependency_groups and os_name == 'posix'", false);
    }

    #[test]
    fn every_runtime_has_a_version_that_parses() {
        for runtime in barrow_model::Runtime::all() {
            let markers = markers(runtime.id(), "x86_64");
            assert!(
                markers
                    .python()
                    .to_string()
                    .starts_with(runtime.python_version())
            );
            assert_ne!(
                markers.python().to_string(),
                format!("{}.0", runtime.python_version())
            );
        }
    }

    #[test]
    fn what_is_no_marker_is_refused() {
        let markers = markers("python3.12", "x86_64");
        for text in [
            "nonsense",
            "'a' in extras and",
            "('a' in extras",
            "'a' in extras or or",
        ] {
            let error = markers.holds(text).unwrap_err();
            assert!(
                error.to_string().contains("is not an environment marker"),
                "{error}"
            );
        }
    }

    #[test]
    fn requirement_lines_of_wheels_count_or_not() {
        let markers = markers("python3.12", "x86_64");
        let counts = |line: &str| markers.counts(line);
        assert!(counts("numpy>=1.26; python_version >= '3.12'"));
        assert!(counts("hypothesis (>=6); extra == 'test'"));
        assert!(!counts(
            "hypothesis; extra == 'test' and sys_platform == 'win32'"
        ));
        assert!(!counts("pywin32; sys_platform == 'win32'"));
        assert!(!counts("???"));
        assert_eq!(markers.requires("Six>1").unwrap().as_str(), "six");
        assert_eq!(markers.requires("six; extra == 'test'"), None);
    }
}
