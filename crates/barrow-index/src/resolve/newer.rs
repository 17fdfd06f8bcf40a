//! Which pins would be newer if only the target had a wheel.

use barrow_model::{PackageName, Target};
use pep440_rs::Version;

use super::Newer;
use crate::lock::{Lock, LockedPackage, LockedSource};
use crate::select::Markers;

/// Packages that come as wheels from an index: those may be behind for want of one.
pub(super) fn candidates(lock: &Lock) -> Vec<&PackageName> {
    let is_candidate = |package: &&LockedPackage| matches!(&package.source, LockedSource::Index { wheels, .. } if !wheels.is_empty());
    lock.packages
        .iter()
        .filter(is_candidate)
        .map(|package| &package.name)
        .collect()
}

/// Compares pins with the newest releases; both are locks, `newest` with wheels for all platforms.
pub(super) fn compare(pinned: &Lock, newest: &Lock, target: Target) -> Vec<Newer> {
    let markers = Markers::new(target, &[], &[]);
    let tags = target.tags();
    let mut newer = Vec::new();
    for package in &pinned.packages {
        let Some(pin) = version(package) else {
            continue;
        };
        // A release for later Pythons only is not for this target; its marker says so.
        let counts = |release: &&LockedPackage| {
            let marker = release.marker.as_deref();
            release.name == package.name
                && marker.is_none_or(|marker| markers.holds(marker).unwrap_or(false))
        };
        let releases = newest.packages.iter().filter(counts);
        let Some((latest, release)) = releases
            .filter_map(|release| Some((version(release)?, release)))
            .max_by(|(a, _), (b, _)| a.cmp(b))
        else {
            continue;
        };
        let fits = release
            .files()
            .filter_map(|file| file.file_name.parse().ok())
            .any(|wheel| tags.rank(&wheel).is_some());
        if latest > pin && !fits {
            newer.push(Newer {
                name: package.name.clone(),
                version: latest.to_string(),
                pinned: pin.to_string(),
            });
        }
    }
    newer
}

fn version(package: &LockedPackage) -> Option<Version> {
    package.version.as_ref()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{Location, LockedFile};

    fn lock(packages: &[(&str, &str, Option<&str>, &[&str])]) -> Lock {
        let file = |name: &&str| LockedFile {
            file_name: (*name).to_owned(),
            location: Location::Url(format!("https://index.example/{name}")),
            sha256: None,
            bytes: None,
        };
        let package = |&(name, version, marker, files): &(&str, &str, Option<&str>, &[&str])| {
            let wheels = files.iter().map(file).collect();
            LockedPackage {
                name: PackageName::parse(name).unwrap(),
                version: Some(version.to_owned()),
                marker: marker.map(str::to_owned),
                index: None,
                source: LockedSource::Index {
                    wheels,
                    sdist: None,
                },
            }
        };
        Lock {
            packages: packages.iter().map(package).collect(),
            ..Lock::default()
        }
    }

    #[test]
    fn only_newer_releases_without_a_fitting_wheel_are_told() {
        let pinned = lock(&[
            (
                "numpy",
                "2.2.6",
                None,
                &["numpy-2.2.6-cp311-cp311-manylinux_2_17_x86_64.whl"],
            ),
            ("six", "1.16.0", None, &["six-1.16.0-py3-none-any.whl"]),
            ("idna", "3", None, &["idna-3-py3-none-any.whl"]),
            (
                "scipy",
                "1.9",
                None,
                &["scipy-1.9-cp311-cp311-manylinux_2_17_x86_64.whl"],
            ),
            ("docopt", "0.6.2", None, &[]),
        ]);
        let newest = lock(&[
            (
                "numpy",
                "2.4.6",
                None,
                &["numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl"],
            ),
            ("numpy", "2.5.1", Some("python_full_version >= '3.12'"), &[]),
            ("six", "1.17.0", None, &["six-1.17.0-py3-none-any.whl"]),
            ("idna", "3.0", None, &["idna-3-cp311-cp311-win32.whl"]),
            ("scipy", "1.8", None, &["scipy-1.8-cp311-cp311-win32.whl"]),
        ]);
        let target = Target {
            runtime: "python3.11".parse().unwrap(),
            arch: barrow_model::Arch::X86_64,
        };
        let expected = Newer {
            name: PackageName::parse("numpy").unwrap(),
            version: "2.4.6".to_owned(),
            pinned: "2.2.6".to_owned(),
        };
        assert_eq!(compare(&pinned, &newest, target), [expected]);
        assert_eq!(candidates(&pinned).len(), 4);
    }
}
