//! What the distributions of a scene require, on its target, and what satisfies that.

use std::collections::{BTreeMap, BTreeSet};

use barrow_core::wheel::requirement::is_parseable;
use barrow_model::{PackageName, Target};
use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{
    ExtraName, MarkerEnvironment, MarkerEnvironmentBuilder, Requirement, VerbatimUrl, VersionOrUrl,
};

use crate::distributions::{Distribution, Distributions};

/// The runtime's own: `boto3` and what it needs, and what Lambda's client needs. They change
/// with time and Region, so nothing is held against their versions.
pub const OF_RUNTIME: [&str; 10] = [
    "awslambdaric",
    "boto3",
    "botocore",
    "jmespath",
    "python-dateutil",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot-restore-py",
    "urllib3",
];

/// One line that counts on the target.
#[derive(Debug)]
pub struct Wanted<'s> {
    pub by: &'s Distribution<'s>,
    /// Normalised.
    pub name: String,
    /// `None` for any version, or for one that comes from a URL.
    pub versions: Option<VersionSpecifiers>,
}

/// Every requirement of every importable distribution. Requirements behind an extra count where
/// another distribution asks for the extra; what the user asked pip for is not written anywhere.
pub fn wanted<'s>(distributions: &'s Distributions<'s>, target: Target) -> Vec<Wanted<'s>> {
    let markers = environment(target);
    let importable: Vec<&Distribution<'_>> = distributions
        .all()
        .iter()
        .filter(|distribution| distribution.is_importable)
        .collect();
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, distribution) in importable.iter().enumerate() {
        by_name.entry(distribution.name()).or_default().push(number);
    }
    let mut extras: Vec<BTreeSet<ExtraName>> = vec![BTreeSet::new(); importable.len()];
    let mut wanted: BTreeMap<(usize, usize), Wanted<'_>> = BTreeMap::new();
    let mut waiting: Vec<usize> = (0..importable.len()).rev().collect();
    while let Some(number) = waiting.pop() {
        let own_extras: Vec<ExtraName> = extras[number].iter().cloned().collect();
        let lines = importable[number].metadata.requires.iter().enumerate();
        for (line_number, line) in lines {
            if wanted.contains_key(&(number, line_number)) {
                continue;
            }
            let Some(requirement) = applicable(line, &markers, &own_extras) else {
                continue;
            };
            let Ok(name) = PackageName::parse(requirement.name.as_ref()) else {
                continue;
            };
            for other in by_name.get(name.as_str()).into_iter().flatten() {
                let before = extras[*other].len();
                extras[*other].extend(requirement.extras.iter().cloned());
                if extras[*other].len() > before {
                    waiting.push(*other);
                }
            }
            let versions = match requirement.version_or_url {
                Some(VersionOrUrl::VersionSpecifier(versions)) => Some(versions),
                Some(VersionOrUrl::Url(_)) | None => None,
            };
            let want = Wanted {
                by: importable[number],
                name: name.as_str().to_owned(),
                versions,
            };
            wanted.insert((number, line_number), want);
        }
    }
    wanted.into_values().collect()
}

impl Wanted<'_> {
    /// Whether a version is one of those that are wanted, as far as both can be read.
    pub fn takes(&self, version: &str) -> bool {
        let (Some(versions), Ok(version)) = (&self.versions, version.parse::<Version>()) else {
            return true;
        };
        // pip takes what is installed already, and so does `importlib`: also previews and local builds.
        versions.contains(&version) || version.any_prerelease()
    }
}

/// The requirement, if its markers hold.
fn applicable(
    line: &str,
    markers: &MarkerEnvironment,
    extras: &[ExtraName],
) -> Option<Requirement<VerbatimUrl>> {
    let (_, marker) = line.split_once(';').unwrap_or((line, ""));
    // Most lines are behind an extra that nobody asked for; parsing them is most of the work.
    let is_behind_extra = marker.contains("extra ==") || marker.contains("extra==");
    if !is_parseable(line) || (is_behind_extra && extras.is_empty()) {
        return None;
    }
    let requirement: Requirement<VerbatimUrl> = line.parse().ok()?;
    requirement
        .evaluate_markers(markers, extras)
        .then_some(requirement)
}

fn environment(target: Target) -> MarkerEnvironment {
    let version = target.runtime.python_version();
    // A runtime moves to new patch releases without notice. Markers that tell patches apart ("has
    // this bug until 3.11.4") look at those that are long gone.
    let full_version = format!("{version}.99");
    let builder = MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: &full_version,
        os_name: "posix",
        platform_machine: target.arch.linux_name(),
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: &full_version,
        python_version: version,
        sys_platform: "linux",
    };
    builder
        .try_into()
        .expect("the versions of runtimes are versions")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, extras: &[&str], expected: bool) {
        let target = Target {
            runtime: "python3.12".parse().unwrap(),
            arch: "arm64".parse().unwrap(),
        };
        let extras: Vec<ExtraName> = extras.iter().map(|it| it.parse().unwrap()).collect();
        let seen = applicable(line, &environment(target), &extras);
        assert_eq!(seen.is_some(), expected, "{line}");
    }

    #[test]
    fn lines_count_where_their_markers_hold() {
        check("six", &[], true);
        check("six (>=1.5)", &[], true);
        check("tomli; python_version < '3.11'", &[], false);
        check("x; platform_machine == 'aarch64'", &[], true);
        check("pywin32; sys_platform == 'win32'", &[], false);
        check("async-timeout; python_full_version < '3.12.3'", &[], false);
        check("x; extra == 'fast'", &[], false);
        check("x; extra == 'fast'", &["fast"], true);
        check("x; extra == 'fast' and os_name == 'nt'", &["fast"], false);
    }

    #[test]
    fn what_cannot_be_read_is_not_wanted() {
        check("???", &[], false);
        check("a; python_version >= \"3\u{fffd} and", &[], false);
        for name in [
            "a-",
            "a- >=1",
            "a.(>=1)",
            "a[b-]",
            "a[b_,c]",
            "a-; os_name == 'posix'",
        ] {
            check(name, &[], false);
        }
        check("zope.interface[test-extra, b]>=1.0.dev0", &[], true);
        check(&format!("x; {}", "(".repeat(100_000)), &[], false);
    }
}
