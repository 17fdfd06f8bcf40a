//! Chooses one file for each package that counts on the target.

use barrow_model::{PackageName, Target, TargetTags, WheelName};
use camino::Utf8PathBuf;
use pep440_rs::VersionSpecifiers;

use super::error::{NoWheel, SelectError};
use super::{MarkerError, Markers};
use crate::lock::{Lock, LockedFile, LockedPackage, LockedSource};

/// A package that goes in, and the one thing to get it from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    pub name: PackageName,
    /// Absent where only the built wheel will tell.
    pub version: Option<String>,
    pub source: PickSource,
}

/// What a picked package is got from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickSource {
    Wheel(LockedFile),
    /// A source distribution, to be built.
    Sdist {
        file: LockedFile,
        subdirectory: Option<String>,
    },
    /// A project on this machine, to be built.
    Directory {
        path: Utf8PathBuf,
        subdirectory: Option<String>,
    },
    /// A revision of a repository, to be built.
    Git {
        url: String,
        commit: String,
        subdirectory: Option<String>,
    },
}

/// Picks for the target, by name.
pub fn select(lock: &Lock, target: Target, markers: &Markers) -> Result<Vec<Pick>, SelectError> {
    check_scope(lock, target, markers)?;
    let tags = target.tags();
    let mut picks: Vec<Pick> = Vec::new();
    for package in &lock.packages {
        if !counts(package, markers)? {
            continue;
        }
        let source = pick_source(package, target, &tags)?;
        let pick = Pick {
            name: package.name.clone(),
            version: package.version.clone(),
            source,
        };
        match picks.iter().find(|earlier| earlier.name == pick.name) {
            None => picks.push(pick),
            // Forks of one lock may name the same release twice.
            Some(earlier) if *earlier == pick => {}
            Some(earlier) => {
                return Err(SelectError::Twice {
                    name: pick.name,
                    versions: [earlier.version.clone(), pick.version]
                        .map(Option::unwrap_or_default),
                });
            }
        }
    }
    picks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(picks)
}

/// Whether the lock was made for such a target at all.
fn check_scope(lock: &Lock, target: Target, markers: &Markers) -> Result<(), SelectError> {
    if let Some(text) = &lock.requires_python {
        let specifiers: VersionSpecifiers =
            text.parse().map_err(|source| SelectError::RequiresPython {
                seen: text.clone(),
                source: Box::new(source),
            })?;
        if !specifiers.contains(markers.python()) {
            return Err(SelectError::OtherPython {
                required: text.clone(),
                target,
            });
        }
    }
    let holds = |marker: &String| {
        markers
            .holds(marker)
            .map_err(|source| SelectError::Environment { source })
    };
    let answers = lock
        .environments
        .iter()
        .map(holds)
        .collect::<Result<Vec<_>, _>>()?;
    if answers.is_empty() || answers.contains(&true) {
        Ok(())
    } else {
        Err(SelectError::OtherEnvironment {
            environments: lock.environments.clone(),
            target,
        })
    }
}

fn counts(package: &LockedPackage, markers: &Markers) -> Result<bool, SelectError> {
    let Some(marker) = &package.marker else {
        return Ok(true);
    };
    let error = |source: MarkerError| SelectError::Marker {
        name: package.name.clone(),
        source,
    };
    markers.holds(marker).map_err(error)
}

fn pick_source(
    package: &LockedPackage,
    target: Target,
    tags: &TargetTags,
) -> Result<PickSource, SelectError> {
    let no_wheel = |wheels: &[LockedFile]| {
        SelectError::NoWheel(Box::new(NoWheel {
            name: package.name.clone(),
            version: package.version.clone(),
            target,
            offered: wheels.iter().map(|wheel| wheel.file_name.clone()).collect(),
            needed_by: None,
        }))
    };
    match &package.source {
        LockedSource::Index { wheels, sdist } => {
            if let Some(wheel) = best_wheel(wheels, tags) {
                return Ok(PickSource::Wheel(wheel.clone()));
            }
            // Wheels for other platforms mean that the source compiles code, which would end up
            // as code for this machine.
            match sdist {
                Some(file) if !wheels.iter().any(is_compiled) => Ok(PickSource::Sdist {
                    file: file.clone(),
                    subdirectory: None,
                }),
                _ => Err(no_wheel(wheels)),
            }
        }
        LockedSource::Archive { file, subdirectory } if !file.file_name.ends_with(".whl") => {
            let (file, subdirectory) = (file.clone(), subdirectory.clone());
            Ok(PickSource::Sdist { file, subdirectory })
        }
        LockedSource::Archive { file, .. } => match best_wheel(std::slice::from_ref(file), tags) {
            Some(wheel) => Ok(PickSource::Wheel(wheel.clone())),
            None => Err(no_wheel(std::slice::from_ref(file))),
        },
        LockedSource::Directory { path, subdirectory } => {
            let (path, subdirectory) = (path.clone(), subdirectory.clone());
            Ok(PickSource::Directory { path, subdirectory })
        }
        LockedSource::Git {
            url,
            commit,
            subdirectory,
        } => Ok(PickSource::Git {
            url: url.clone(),
            commit: commit.clone(),
            subdirectory: subdirectory.clone(),
        }),
    }
}

/// Files whose names are no wheel names are passed over, as pip does.
fn best_wheel<'w>(wheels: &'w [LockedFile], tags: &TargetTags) -> Option<&'w LockedFile> {
    let names: Vec<WheelName> = wheels
        .iter()
        .filter_map(|wheel| wheel.file_name.parse().ok())
        .collect();
    let best = tags.best(&names)?;
    wheels.iter().find(|wheel| wheel.file_name == best.as_str())
}

fn is_compiled(wheel: &LockedFile) -> bool {
    let name: Result<WheelName, _> = wheel.file_name.parse();
    name.is_ok_and(|name| !name.is_for_any_platform())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::pylock;

    /// `packages` is the body of a `pylock.toml`; the outcome is shown one pick a line.
    fn check(runtime: &str, arch: &str, packages: &str, expected: &[&str]) {
        let target = Target {
            runtime: runtime.parse().unwrap(),
            arch: arch.parse().unwrap(),
        };
        let text = format!("lock-version = \"1.0\"\ncreated-by = \"t\"\n{packages}");
        let lock = pylock::parse(&text, "/p/pylock.toml".into()).unwrap().lock;
        let markers = Markers::new(target, &[], &lock.default_groups);
        let shown = match select(&lock, target, &markers) {
            Ok(picks) => picks.iter().map(show).collect(),
            Err(error) => {
                use barrow_model::Explain as _;
                let mut lines = vec![error.to_string()];
                lines.extend(error.details());
                lines.extend(error.hints().iter().map(|hint| format!("hint: {hint}")));
                lines
            }
        };
        assert_eq!(shown, expected);
    }

    fn show(pick: &Pick) -> String {
        match &pick.source {
            PickSource::Wheel(file) => file.file_name.clone(),
            PickSource::Sdist { file, .. } => format!("build {}", file.file_name),
            PickSource::Directory { path, .. } => format!("build {path}"),
            PickSource::Git { url, commit, .. } => format!("build {url} at {commit}"),
        }
    }

    /// A package of a lock with files on an index.
    fn package(name: &str, version: &str, marker: &str, files: &[&str]) -> String {
        let table =
            |file: &&str| format!("{{ url = \"https://index.example/{file}\", hashes = {{}} }}");
        let (wheels, sdists): (Vec<&str>, Vec<&str>) =
            files.iter().partition(|file| file.ends_with(".whl"));
        let wheels: Vec<String> = wheels.iter().map(table).collect();
        let sdist = sdists
            .first()
            .map(|sdist| format!("sdist = {}\n", table(sdist)));
        let marker = if marker.is_empty() {
            String::new()
        } else {
            format!("marker = \"{marker}\"\n")
        };
        format!(
            "[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\n{marker}{}wheels = [{}]\n",
            sdist.unwrap_or_default(),
            wheels.join(", ")
        )
    }

    #[test]
    fn the_best_wheel_of_each_package_that_counts_is_taken() {
        let lock = [
            package(
                "b",
                "1",
                "",
                &[
                    "b-1-py3-none-any.whl",
                    "b-1-cp312-abi3-manylinux_2_17_aarch64.whl",
                ],
            ),
            package(
                "a",
                "2",
                "sys_platform == 'linux'",
                &["a-2-py3-none-any.whl", "a-2.tar.gz"],
            ),
            package(
                "w",
                "1",
                "sys_platform == 'win32'",
                &["w-1-py3-none-any.whl"],
            ),
        ];
        check(
            "python3.12",
            "arm64",
            &lock.concat(),
            &[
                "a-2-py3-none-any.whl",
                "b-1-cp312-abi3-manylinux_2_17_aarch64.whl",
            ],
        );
        check(
            "python3.12",
            "x86_64",
            &lock.concat(),
            &["a-2-py3-none-any.whl", "b-1-py3-none-any.whl"],
        );
    }

    #[test]
    fn a_source_is_built_only_where_nothing_says_that_it_compiles() {
        check(
            "python3.12",
            "arm64",
            &package("docopt", "0.6.2", "", &["docopt-0.6.2.tar.gz"]),
            &["build docopt-0.6.2.tar.gz"],
        );
        check(
            "python3.12",
            "arm64",
            &package("old", "1", "", &["old-1-py2-none-any.whl", "old-1.zip"]),
            &["build old-1.zip"],
        );
        check(
            "python3.12",
            "x86_64",
            &package(
                "psycopg2",
                "2.9.13",
                "",
                &[
                    "psycopg2-2.9.13-cp312-cp312-win_amd64.whl",
                    "psycopg2-2.9.13.tar.gz",
                ],
            ),
            &[
                "no wheel of `psycopg2 2.9.13` fits python3.12 on x86_64",
                "1 wheel on offer: 1 for Windows",
                "hint: `psycopg2-binary` brings the same module as a wheel",
            ],
        );
    }

    #[test]
    fn no_fitting_wheel_says_what_was_on_offer() {
        check(
            "python3.11",
            "arm64",
            &package(
                "fastgeo",
                "2.4.1",
                "",
                &[
                    "fastgeo-2.4.1-cp311-cp311-manylinux_2_17_x86_64.whl",
                    "fastgeo-2.4.1-cp312-cp312-manylinux_2_17_x86_64.whl",
                    "fastgeo-2.4.1-cp311-cp311-manylinux_2_28_aarch64.whl",
                    "fastgeo-2.4.1-cp312-cp312-manylinux_2_17_aarch64.whl",
                    "fastgeo-2.4.1-cp311-cp311-macosx_11_0_arm64.whl",
                    "fastgeo-2.4.1-cp311-cp311-musllinux_1_2_aarch64.whl",
                ],
            ),
            &[
                "no wheel of `fastgeo 2.4.1` fits python3.11 on arm64",
                "6 wheels on offer: 2 for x86_64, 1 for macOS, 1 for musl Linux, \
                 1 for glibc 2.28 (python3.11 has 2.26), 1 for Python 3.12",
                "hint: `--runtime python3.12` has glibc 2.34",
            ],
        );
    }

    #[test]
    fn a_lock_for_another_python_or_platform_is_refused() {
        check(
            "python3.12",
            "arm64",
            "requires-python = \">=3.13\"",
            &[
                "the lock is for Python >=3.13; expected one for python3.12 on arm64",
                "hint: lock again with `barrow lock --runtime python3.12 --arch arm64`",
            ],
        );
        check(
            "python3.12",
            "arm64",
            "environments = [\"sys_platform == 'win32'\"]",
            &[
                "the lock is for other environments; expected one for python3.12 on arm64",
                "it is for `sys_platform == 'win32'`",
                "hint: lock again with `barrow lock --runtime python3.12 --arch arm64`",
            ],
        );
    }

    #[test]
    fn two_versions_of_one_package_are_refused() {
        let lock = [
            package("a", "1", "", &["a-1-py3-none-any.whl"]),
            package("a", "2", "python_version > '3'", &["a-2-py3-none-any.whl"]),
        ];
        check(
            "python3.12",
            "arm64",
            &lock.concat(),
            &["the lock has both `a 1` and `a 2` for the target"],
        );
        let same = package("a", "1", "", &["a-1-py3-none-any.whl"]).repeat(2);
        check("python3.12", "arm64", &same, &["a-1-py3-none-any.whl"]);
    }

    #[test]
    fn wheels_by_path_must_fit_and_other_archives_are_built() {
        let archive = |file: &str| {
            format!(
                "[[packages]]\nname = \"a\"\narchive = {{ path = \"{file}\", hashes = {{}} }}\n"
            )
        };
        check(
            "python3.12",
            "arm64",
            &archive("a-1-py3-none-any.whl"),
            &["a-1-py3-none-any.whl"],
        );
        check(
            "python3.12",
            "arm64",
            &archive("a-1.zip"),
            &["build a-1.zip"],
        );
        check(
            "python3.12",
            "arm64",
            &archive("a-1-cp312-cp312-win_arm64.whl"),
            &[
                "no wheel of `a` fits python3.12 on arm64",
                "1 wheel on offer: 1 for Windows",
            ],
        );
    }
}
