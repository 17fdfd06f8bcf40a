//! Resolves again and again until every pin can be had for the target.
//!
//! uv is asked for wheels only. Two things make it ask again: a package that exists only as
//! source, which is then allowed to be one, and, where uv has no platform with the target's C
//! library, a pin whose wheels need a newer one, whose version is then excluded. pip would come to
//! the same pins in one go; uv takes 0.1 to 0.4 s for each round.

use std::collections::{BTreeMap, BTreeSet};

use barrow_model::{PackageName, Target, TargetTags, WheelName};
use pep440_rs::Version;

use super::call::{CallError, Caller};
use super::compile::{Format, Inputs, Limits, Scratch, compile};
use super::failure::{FailureKind, bare_name};
use super::index_page::{self, ReadPage};
use super::platform::Platform;
use super::{Failure, ResolveError, offers};
use crate::lock::{Lock, LockedFile, LockedPackage, LockedSource, pylock};
use crate::select::NoWheel;

/// More rounds than that have never been seen; the most was 14, stepping through numpy.
const CALLS_LIMIT: usize = 200;

pub(super) struct Solver<'s> {
    pub caller: &'s Caller<'s>,
    pub scratch: &'s Scratch,
    pub inputs: &'s Inputs,
    pub index_options: &'s [String],
    pub target: Target,
    pub pages: &'s dyn ReadPage,
    /// Where a requirement stands, for messages.
    pub place_of: &'s dyn Fn(&PackageName) -> Option<String>,
}

/// What a failure asks for.
enum Next {
    Again,
    Fail(Box<ResolveError>),
}

impl Solver<'_> {
    pub(super) fn solve(&self) -> Result<Lock, ResolveError> {
        let platform = Platform::of(self.target);
        let tags = self.target.tags();
        let mut limits = Limits::default();
        let mut seen = Seen::default();
        for _ in 0..CALLS_LIMIT {
            let lock = match self.compile(&limits, &platform, Format::Pylock) {
                Ok(text) => self.parse(&text)?,
                Err(CallError::Spawn(source)) => {
                    let program = self.caller.program.path.clone();
                    return Err(ResolveError::Run { program, source });
                }
                Err(CallError::Failed { failure }) => {
                    match self.learn(failure, &mut limits, &mut seen) {
                        Next::Again => continue,
                        Next::Fail(error) => return Err(*error),
                    }
                }
            };
            let unfit: Vec<&LockedPackage> = lock
                .packages
                .iter()
                .filter(|package| !fits(package, &tags, &limits))
                .collect();
            if unfit.is_empty() {
                return Ok(lock);
            }
            for package in unfit {
                self.limit(package, &tags, &mut limits, &mut seen, &platform);
            }
        }
        Err(ResolveError::NoEnd { calls: CALLS_LIMIT })
    }

    fn compile(
        &self,
        limits: &Limits,
        platform: &Platform,
        format: Format,
    ) -> Result<String, CallError> {
        let python = self.target.runtime.python_version();
        compile(
            self.caller,
            self.scratch,
            self.inputs,
            limits,
            python,
            platform,
            format,
        )
    }

    fn parse(&self, text: &str) -> Result<Lock, ResolveError> {
        let parsed = pylock::parse(text, &self.caller.directory.join("pylock.toml"));
        let pylock = parsed.map_err(|source| ResolveError::BadAnswer {
            source: Box::new(source),
        })?;
        Ok(pylock.lock)
    }

    /// Loosens the limits where that can help.
    fn learn(&self, failure: Failure, limits: &mut Limits, seen: &mut Seen) -> Next {
        let fail = |failure| Next::Fail(Box::new(ResolveError::of(failure, self.target)));
        match failure.kind() {
            FailureKind::SourceOnly(requirements) => {
                let mut learned = false;
                for requirement in requirements {
                    let Ok(name) = PackageName::parse(bare_name(&requirement)) else {
                        continue;
                    };
                    if let Some(no_wheel) = self.compiled_elsewhere(&name, &requirement, seen) {
                        return Next::Fail(Box::new(ResolveError::NoWheel(Box::new(no_wheel))));
                    }
                    if let Some(names) = &mut limits.only_binary {
                        learned |= names.remove(&name);
                    }
                    limits.excluded.remove(&name);
                    learned |= limits.from_source.insert(name);
                }
                if learned { Next::Again } else { fail(failure) }
            }
            // The name of a local project is known once it is built, and building was forbidden
            // for all. From here on it is forbidden by name.
            FailureKind::UnnamedSource if limits.only_binary.is_none() => {
                limits.only_binary = Some(BTreeSet::new());
                Next::Again
            }
            FailureKind::OtherWheels(packages) => {
                for (name, version) in packages {
                    let requirement = match version {
                        Some(version) => format!("{name}=={version}"),
                        None => name.to_string(),
                    };
                    if let Some(no_wheel) = self.compiled_elsewhere(&name, &requirement, seen) {
                        return Next::Fail(Box::new(ResolveError::NoWheel(Box::new(no_wheel))));
                    }
                }
                fail(failure)
            }
            FailureKind::NoSolution => match self.excluded_and_needed(&failure, limits, seen) {
                Some(no_wheel) => Next::Fail(Box::new(ResolveError::NoWheel(Box::new(no_wheel)))),
                None => fail(failure),
            },
            _ => fail(failure),
        }
    }

    /// Whether a package has compiled wheels, if not for the target: then its source would be
    /// compiled too, for this machine.
    fn compiled_elsewhere(
        &self,
        name: &PackageName,
        requirement: &str,
        seen: &Seen,
    ) -> Option<NoWheel> {
        if let Some((version, offered)) = seen.unfit.get(name) {
            return Some(self.no_wheel(name, Some(version.clone()), offered.clone()));
        }
        let python = self.target.runtime.python_version();
        let release = offers::release(
            self.caller,
            self.scratch,
            requirement,
            self.index_options,
            python,
        )?;
        let offered: Vec<String> = release.files().map(|file| file.file_name.clone()).collect();
        let is_compiled = |file: &String| {
            file.parse::<WheelName>()
                .is_ok_and(|wheel| !wheel.is_for_any_platform())
        };
        offered
            .iter()
            .any(is_compiled)
            .then(|| self.no_wheel(name, release.version.clone(), offered))
    }

    /// A package that was excluded for its wheels and that uv now misses.
    fn excluded_and_needed(
        &self,
        failure: &Failure,
        limits: &Limits,
        seen: &Seen,
    ) -> Option<NoWheel> {
        let text = failure.lines().join(" ");
        let words: BTreeSet<&str> = text.split_whitespace().map(bare_name).collect();
        let missed = limits
            .excluded
            .keys()
            .find(|name| words.contains(name.as_str()))?;
        let (version, offered) = seen.unfit.get(missed)?;
        Some(self.no_wheel(missed, Some(version.clone()), offered.clone()))
    }

    fn no_wheel(
        &self,
        name: &PackageName,
        version: Option<String>,
        offered: Vec<String>,
    ) -> NoWheel {
        NoWheel {
            needed_by: (self.place_of)(name),
            name: name.clone(),
            version,
            target: self.target,
            offered,
        }
    }

    /// Rules out what made a package unfit: its version, or that it may come as source.
    fn limit(
        &self,
        package: &LockedPackage,
        tags: &TargetTags,
        limits: &mut Limits,
        seen: &mut Seen,
        platform: &Platform,
    ) {
        let LockedSource::Index { wheels, .. } = &package.source else {
            return;
        };
        let name = &package.name;
        if let Some(names) = &mut limits.only_binary
            && names.insert(name.clone())
        {
            return;
        }
        let Some(pinned) = &package.version else {
            return;
        };
        if seen.indexes.is_none() {
            let annotated = self
                .compile(limits, platform, Format::WithIndexes)
                .unwrap_or_default();
            seen.indexes = Some(index_page::indexes(&annotated).into_iter().collect());
        }
        let files = self.files_of(name, seen);
        let release: Vec<String> = match &files {
            Some(files) => of_version(files, pinned),
            None => wheels.iter().map(|wheel| wheel.file_name.clone()).collect(),
        };
        seen.unfit
            .entry(name.clone())
            .or_insert((pinned.clone(), release));
        let excluded = limits.excluded.entry(name.clone()).or_default();
        excluded.insert(pinned.clone());
        excluded.extend(
            files
                .map(|files| unfit_versions(&files, tags, pinned))
                .unwrap_or_default(),
        );
    }

    /// Every file of a package, if its index has a page that we can read.
    fn files_of(&self, name: &PackageName, seen: &Seen) -> Option<Vec<String>> {
        let index = seen.indexes.as_ref()?.get(name.as_str())?;
        let page = self
            .pages
            .read_page(&format!("{}/{name}/", index.trim_end_matches('/')))?;
        index_page::file_names(&page)
    }
}

/// What was found out on the way.
#[derive(Default)]
struct Seen {
    /// The index of each package; `None` before anybody asked.
    indexes: Option<BTreeMap<String, String>>,
    /// For each package that was excluded, the first version and its wheels.
    unfit: BTreeMap<PackageName, (String, Vec<String>)>,
}

fn fits(package: &LockedPackage, tags: &TargetTags, limits: &Limits) -> bool {
    match &package.source {
        LockedSource::Index { wheels, .. } => {
            let fits = |wheel: &LockedFile| {
                wheel
                    .file_name
                    .parse()
                    .is_ok_and(|wheel| tags.rank(&wheel).is_some())
            };
            limits.from_source.contains(&package.name) || wheels.iter().any(fits)
        }
        _ => true,
    }
}

/// The wheels of one version.
fn of_version(files: &[String], version: &str) -> Vec<String> {
    let Ok(version) = version.parse::<Version>() else {
        return Vec::new();
    };
    let is_of = |file: &&String| {
        let wheel: Result<WheelName, _> = file.parse();
        wheel.is_ok_and(|wheel| {
            wheel
                .version()
                .parse::<Version>()
                .is_ok_and(|v| v == version)
        })
    };
    files.iter().filter(is_of).cloned().collect()
}

/// Versions that have wheels, but none for the target.
///
/// Naming a pre-release in a constraint would make uv consider pre-releases, so they are left out
/// unless one is pinned, which means that they are wanted.
fn unfit_versions(files: &[String], tags: &TargetTags, pinned: &str) -> BTreeSet<String> {
    let wants_early = pinned
        .parse::<Version>()
        .is_ok_and(|version| version.any_prerelease());
    let mut versions: BTreeMap<Version, bool> = BTreeMap::new();
    for wheel in files
        .iter()
        .filter_map(|file| file.parse::<WheelName>().ok())
    {
        if let Ok(version) = wheel.version().parse::<Version>() {
            *versions.entry(version).or_default() |= tags.rank(&wheel).is_some();
        }
    }
    versions
        .into_iter()
        .filter(|(version, fits)| !fits && (wants_early || !version.any_prerelease()))
        .map(|(version, _)| version.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_unfit(files: &[&str], pinned: &str, expected: &[&str]) {
        let target = Target {
            runtime: "python3.11".parse().unwrap(),
            arch: barrow_model::Arch::X86_64,
        };
        let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
        let unfit = unfit_versions(&files, &target.tags(), pinned);
        assert_eq!(
            unfit,
            expected.iter().map(|&version| version.to_owned()).collect()
        );
    }

    #[test]
    fn versions_without_a_fitting_wheel_are_found_on_one_page() {
        let files = [
            "a-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
            "a-1.1-cp311-cp311-manylinux_2_28_x86_64.whl",
            "a-1.1.tar.gz",
            "a-1.2-cp311-cp311-manylinux_2_28_x86_64.whl",
            "a-1.2-py3-none-any.whl",
            "a-1.3-cp311-cp311-manylinux_2_28_x86_64.whl",
            "a-1.3-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
            "a-2.0rc1-cp311-cp311-manylinux_2_28_x86_64.whl",
            "a-0.9.tar.gz",
        ];
        check_unfit(&files, "1.1", &["1.1"]);
        check_unfit(&files, "2.0rc1", &["1.1", "2.0rc1"]);
    }

    #[test]
    fn the_wheels_of_a_version_are_found_under_any_spelling() {
        let files = [
            "a-1.0-py3-none-any.whl",
            "a-1.0.0-cp311-abi3-win32.whl",
            "a-1.1-py3-none-any.whl",
        ];
        let files = files.map(str::to_owned);
        assert_eq!(of_version(&files, "1"), files[..2]);
    }
}
