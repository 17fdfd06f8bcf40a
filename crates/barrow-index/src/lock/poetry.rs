//! Reads `poetry.lock`, of poetry 1 and 2.

use camino::Utf8Path;
use serde::Deserialize;
use toml::{Table, Value};

use super::pins::{At, Pin, PinSource, Pins, ReadLockError, absolute, read_toml};
use super::project::{poetry_edges, roots};
use super::reach::{Edges, reach};
use crate::select::Markers;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    package: Vec<Package>,
    #[serde(default)]
    extras: Table,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    /// Where poetry before 1.3 kept the digests.
    #[serde(default)]
    files: std::collections::BTreeMap<String, Vec<FileRow>>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// Since poetry 2.0.
    groups: Option<Vec<String>>,
    /// Since poetry 2.0: one marker, or one for each group.
    markers: Option<Value>,
    #[serde(default)]
    files: Vec<FileRow>,
    #[serde(default)]
    dependencies: Table,
    #[serde(default)]
    extras: Table,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct FileRow {
    hash: String,
}

#[derive(Deserialize)]
struct Source {
    #[serde(rename = "type")]
    kind: String,
    url: String,
    resolved_reference: Option<String>,
    subdirectory: Option<String>,
}

pub(super) fn read(
    path: &Utf8Path,
    markers: &Markers,
    groups: &[String],
    extras: &[String],
) -> Result<Pins, ReadLockError> {
    let file: File = read_toml(path)?;
    let base = path.parent().unwrap_or(Utf8Path::new(""));
    let knows_groups = file.package.iter().any(|package| package.groups.is_some());
    let needed = if knows_groups {
        None
    } else {
        let mut roots = roots(&base.join("pyproject.toml"), groups, extras);
        // The lock repeats which packages an extra of the project brings.
        for extra in extras {
            let names = file
                .extras
                .get(extra)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let names = names.filter_map(Value::as_str);
            roots.extend(names.filter_map(super::reach::Edge::parse));
        }
        Some(reach(roots, &edges(&file), markers))
    };
    let mut pins = Pins::default();
    let mut on_other_index = false;
    for package in &file.package {
        let at = At {
            path,
            package: &package.name,
        };
        let name = at.name()?;
        let counts = match &needed {
            Some(needed) => needed.contains(&name),
            None => counts(package, &at, markers, groups)?,
        };
        if !counts {
            continue;
        }
        let source = source(package, &at, base)?;
        let legacy = package
            .source
            .as_ref()
            .filter(|source| source.kind == "legacy");
        match legacy {
            Some(legacy) => {
                let option = format!("--extra-index-url {}", legacy.url);
                if !pins.index_options.contains(&option) {
                    pins.index_options.push(option);
                }
            }
            None => on_other_index |= matches!(source, PinSource::Version(_)),
        }
        let rows = package
            .files
            .iter()
            .chain(file.metadata.files.get(&package.name).into_iter().flatten());
        let hashes = match source {
            PinSource::Version(_) | PinSource::Url(_) => rows.map(|row| row.hash.clone()).collect(),
            PinSource::Path(_) | PinSource::Git { .. } => Vec::new(),
        };
        pins.pins.push(Pin {
            name,
            source,
            hashes,
        });
    }
    // All from one named index: then that is the only one.
    if let [option] = &mut pins.index_options[..]
        && !on_other_index
    {
        *option = option.replace("--extra-index-url", "--index-url");
    }
    Ok(pins)
}

fn counts(
    package: &Package,
    at: &At<'_>,
    markers: &Markers,
    groups: &[String],
) -> Result<bool, ReadLockError> {
    let own = package.groups.as_deref().unwrap_or_default();
    for group in own.iter().filter(|group| groups.contains(group)) {
        let holds = match &package.markers {
            None => true,
            Some(Value::String(marker)) => at.holds(markers, marker)?,
            Some(by_group) => match by_group.get(group).and_then(Value::as_str) {
                Some(marker) => at.holds(markers, marker)?,
                None => true,
            },
        };
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

fn source(package: &Package, at: &At<'_>, base: &Utf8Path) -> Result<PinSource, ReadLockError> {
    let version = || PinSource::Version(Some(package.version.clone()));
    let Some(source) = &package.source else {
        return Ok(version());
    };
    match &*source.kind {
        "legacy" => Ok(version()),
        "url" => Ok(PinSource::Url(source.url.clone())),
        "file" | "directory" => Ok(PinSource::Path(absolute(&base.join(&source.url)))),
        "git" => Ok(PinSource::Git {
            url: source.url.clone(),
            revision: source
                .resolved_reference
                .clone()
                .ok_or_else(|| at.error("comes from git without a revision"))?,
            subdirectory: source.subdirectory.clone(),
        }),
        _ => Err(at.error("comes from a kind of source that is not known here")),
    }
}

fn edges(file: &File) -> Edges {
    let mut edges = Edges::new();
    for package in &file.package {
        let Ok(name) = barrow_model::PackageName::parse(&package.name) else {
            continue;
        };
        let mut own: Vec<_> = package
            .dependencies
            .iter()
            .flat_map(|(name, value)| poetry_edges(name, value))
            .collect();
        for edge in own.iter_mut().filter(|edge| !edge.behind.is_empty()) {
            let brings = |list: &Value| {
                let texts = list
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str);
                texts
                    .filter_map(super::reach::Edge::parse)
                    .any(|other| other.name == edge.name)
            };
            let extras = package.extras.iter().filter(|(_, list)| brings(list));
            let extras: Vec<String> = extras.map(|(extra, _)| extra.clone()).collect();
            if !extras.is_empty() {
                edge.behind = extras;
            }
        }
        edges.entry(name).or_default().extend(own);
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::super::pins::tests_support::check;
    use super::*;

    fn read_with(
        groups: &[&str],
        extras: &[&str],
    ) -> impl Fn(&Utf8Path, &Markers) -> Result<Pins, ReadLockError> {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|&name| name.to_owned())
                .collect::<Vec<_>>()
        };
        let (groups, extras) = (owned(groups), owned(extras));
        move |path, markers| read(path, markers, &groups, &extras)
    }

    #[test]
    fn poetry_2_says_which_group_and_marker_each_package_has() {
        check(
            "poetry-2.lock",
            &[],
            read_with(&["main"], &[]),
            &[
                "--extra-index-url https://index.example/simple",
                "idna==3.20 (2)",
                "lib @ file:///<locks>/lib",
                "requests==2.34.2 (2)",
                "tool @ git+https://git.example/tool.git@0123456789abcdef0123456789abcdef01234567",
            ],
        );
        check(
            "poetry-2.lock",
            &["fast"],
            read_with(&["main", "dev"], &["fast"]),
            &[
                "--extra-index-url https://index.example/simple",
                "colorama==0.4.6 (1)",
                "idna==3.20 (2)",
                "lib @ file:///<locks>/lib",
                "pytest==9.0.0 (1)",
                "requests==2.34.2 (2)",
                "six==1.17.0 (1)",
                "tool @ git+https://git.example/tool.git@0123456789abcdef0123456789abcdef01234567",
            ],
        );
    }

    #[test]
    fn poetry_1_is_walked_from_the_project() {
        check(
            "poetry-1/poetry.lock",
            &[],
            read_with(&["main"], &[]),
            &[
                "dnspython==2.9.2 (1)",
                "email-validator==2.4.0 (1)",
                "pydantic==2.14.3 (1)",
            ],
        );
        check(
            "poetry-1/poetry.lock",
            &[],
            read_with(&["main", "dev"], &["fast"]),
            &[
                "dnspython==2.9.2 (1)",
                "email-validator==2.4.0 (1)",
                "orjson==3.12.0 (1)",
                "pydantic==2.14.3 (1)",
                "pytest==9.0.0 (1)",
            ],
        );
    }

    #[test]
    fn paths_lose_their_dots() {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path())
            .unwrap()
            .canonicalize_utf8()
            .unwrap();
        std::fs::create_dir(root.join("lib")).unwrap();
        assert_eq!(absolute(&root.join("lib/../lib")), root.join("lib"));
        assert_eq!(absolute(Utf8Path::new("/gone/../x")), "/gone/../x");
    }
}
