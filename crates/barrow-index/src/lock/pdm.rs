//! Reads `pdm.lock`.

use camino::Utf8Path;
use serde::Deserialize;

use super::pins::{At, Pin, PinSource, Pins, ReadLockError, absolute, read_toml};
use super::project::roots;
use super::reach::{Edge, Edges, reach};
use crate::select::Markers;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    #[serde(default)]
    extras: Vec<String>,
    /// Absent where the lock was made by PDM's uv resolver or before 2.12.
    groups: Option<Vec<String>>,
    marker: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    files: Vec<FileRow>,
    url: Option<String>,
    path: Option<String>,
    git: Option<String>,
    revision: Option<String>,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct FileRow {
    hash: String,
}

pub(super) fn read(
    path: &Utf8Path,
    markers: &Markers,
    groups: &[String],
) -> Result<Pins, ReadLockError> {
    let file: File = read_toml(path)?;
    let base = path.parent().unwrap_or(Utf8Path::new(""));
    let knows_groups = file.package.iter().any(|package| package.groups.is_some());
    // PDM calls extras groups as well.
    let needed = (!knows_groups).then(|| {
        reach(
            roots(&base.join("pyproject.toml"), groups, groups),
            &edges(&file),
            markers,
        )
    });
    let mut pins: Vec<Pin> = Vec::new();
    for package in &file.package {
        let at = At {
            path,
            package: &package.name,
        };
        let name = at.name()?;
        let in_group = match (&needed, &package.groups) {
            (Some(needed), _) => needed.contains(&name),
            (None, Some(own)) => own.iter().any(|group| groups.contains(group)),
            (None, None) => true,
        };
        let holds = match &package.marker {
            Some(marker) => at.holds(markers, marker)?,
            None => true,
        };
        // A package with extras stands a second time beside the one without.
        if !in_group || !holds || pins.iter().any(|pin| pin.name == name) {
            continue;
        }
        let source = source(package, &at, base)?;
        let hashes = match source {
            PinSource::Version(_) | PinSource::Url(_) => {
                package.files.iter().map(|row| row.hash.clone()).collect()
            }
            PinSource::Path(_) | PinSource::Git { .. } => Vec::new(),
        };
        pins.push(Pin {
            name,
            source,
            hashes,
        });
    }
    Ok(Pins {
        pins,
        index_options: Vec::new(),
    })
}

fn source(package: &Package, at: &At<'_>, base: &Utf8Path) -> Result<PinSource, ReadLockError> {
    if let Some(url) = &package.git {
        let revision = package.revision.clone();
        return Ok(PinSource::Git {
            url: url.clone(),
            revision: revision.ok_or_else(|| at.error("comes from git without a revision"))?,
            subdirectory: package.subdirectory.clone(),
        });
    }
    Ok(match (&package.path, &package.url) {
        (Some(path), _) => PinSource::Path(absolute(&base.join(path))),
        (None, Some(url)) => PinSource::Url(url.clone()),
        (None, None) => {
            let version = package.version.clone();
            PinSource::Version(Some(version.ok_or_else(|| at.error("has no version"))?))
        }
    })
}

fn edges(file: &File) -> Edges {
    let mut edges = Edges::new();
    for package in &file.package {
        let Ok(name) = barrow_model::PackageName::parse(&package.name) else {
            continue;
        };
        let own = package
            .dependencies
            .iter()
            .filter_map(|text| Edge::parse(text));
        let behind = |edge| Edge {
            behind: package.extras.clone(),
            ..edge
        };
        edges.entry(name).or_default().extend(own.map(behind));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::super::pins::tests_support::check;
    use super::*;

    fn read_with(groups: &[&str]) -> impl Fn(&Utf8Path, &Markers) -> Result<Pins, ReadLockError> {
        let groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
        move |path, markers| read(path, markers, &groups)
    }

    #[test]
    fn groups_and_markers_decide() {
        check(
            "pdm.lock",
            &[],
            read_with(&["default"]),
            &[
                "idna==3.20 (2)",
                "lib @ file:///<locks>/lib",
                "requests==2.34.2 (1)",
            ],
        );
        check(
            "pdm.lock",
            &[],
            read_with(&["default", "dev"]),
            &[
                "idna==3.20 (2)",
                "iniconfig==2.3.1 (1)",
                "lib @ file:///<locks>/lib",
                "requests==2.34.2 (1)",
            ],
        );
    }

    #[test]
    fn a_lock_without_groups_is_walked_from_the_project() {
        check(
            "pdm-uv/pdm.lock",
            &[],
            read_with(&["default"]),
            &["email-validator==2.4.0 (1)", "pydantic==2.14.3 (1)"],
        );
    }
}
