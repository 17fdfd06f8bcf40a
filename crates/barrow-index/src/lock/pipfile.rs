//! Reads `Pipfile.lock`.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::Deserialize;

use super::pins::{At, Pin, PinSource, Pins, ReadLockError, absolute, read_text};
use crate::resolve::Environment;
use crate::select::Markers;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "_meta", default)]
    meta: Meta,
    /// `default`, `develop` and the user's own categories.
    #[serde(flatten)]
    categories: BTreeMap<String, BTreeMap<String, Package>>,
}

#[derive(Deserialize, Default)]
struct Meta {
    #[serde(default)]
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    name: String,
    url: String,
}

#[derive(Deserialize)]
struct Package {
    version: Option<String>,
    #[serde(default)]
    hashes: Vec<String>,
    markers: Option<String>,
    path: Option<String>,
    file: Option<String>,
    git: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    subdirectory: Option<String>,
}

pub(super) fn read(
    path: &Utf8Path,
    markers: &Markers,
    groups: &[String],
    environment: &Environment,
) -> Result<Pins, ReadLockError> {
    let file: File =
        serde_json::from_str(&read_text(path)?).map_err(|source| ReadLockError::Syntax {
            path: path.to_owned(),
            source: source.into(),
        })?;
    let base = path.parent().unwrap_or(Utf8Path::new(""));
    let mut pins: Vec<Pin> = Vec::new();
    let wanted = ["default"]
        .into_iter()
        .chain(groups.iter().map(|group| match &**group {
            // pipenv's word for what everyone else calls a group named dev.
            "dev" => "develop",
            group => group,
        }));
    for (name, package) in wanted
        .filter_map(|group| file.categories.get(group))
        .flatten()
    {
        let at = At {
            path,
            package: name,
        };
        let holds = match &package.markers {
            Some(marker) => at.holds(markers, marker)?,
            None => true,
        };
        let name = at.name()?;
        if !holds || pins.iter().any(|pin| pin.name == name) {
            continue;
        }
        pins.push(Pin {
            name,
            source: source(package, &at, base)?,
            hashes: package.hashes.clone(),
        });
    }
    pins.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Pins {
        pins,
        index_options: index_options(&file.meta.sources, environment),
    })
}

fn source(package: &Package, at: &At<'_>, base: &Utf8Path) -> Result<PinSource, ReadLockError> {
    if let Some(url) = &package.git {
        let revision = package.reference.clone();
        return Ok(PinSource::Git {
            url: url.strip_prefix("git+").unwrap_or(url).to_owned(),
            revision: revision.ok_or_else(|| at.error("comes from git without a `ref`"))?,
            subdirectory: package.subdirectory.clone(),
        });
    }
    Ok(
        match (&package.path, &package.file, package.version.as_deref()) {
            (Some(path), ..) => PinSource::Path(absolute(&base.join(path))),
            (None, Some(file), _) if file.contains("://") => PinSource::Url(file.clone()),
            (None, Some(file), _) => PinSource::Path(absolute(&base.join(file))),
            (None, None, None | Some("*")) => PinSource::Version(None),
            (None, None, Some(version)) => match version.strip_prefix("==") {
                Some(version) => PinSource::Version(Some(version.to_owned())),
                None => return Err(at.error("has a version that is not pinned with `==`")),
            },
        },
    )
}

/// pipenv writes its default index into every file; there, what the user has configured counts.
fn index_options(sources: &[Source], environment: &Environment) -> Vec<String> {
    let named = |source: &Source, option: &str| {
        let url = crate::requirement::expand_variables(&source.url, environment);
        format!("{option} {url}")
    };
    let others = sources
        .iter()
        .enumerate()
        .filter(|(_, source)| source.name != "pypi");
    others
        .map(|(position, source)| {
            named(
                source,
                if position == 0 {
                    "--index-url"
                } else {
                    "--extra-index-url"
                },
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::pins::tests_support::check;
    use super::*;

    fn read_with(groups: &[&str]) -> impl Fn(&Utf8Path, &Markers) -> Result<Pins, ReadLockError> {
        let groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
        let environment: Environment = [("TOKEN".to_owned(), "t0ken".to_owned())]
            .into_iter()
            .collect();
        move |path, markers| read(path, markers, &groups, &environment)
    }

    #[test]
    fn the_default_category_counts_and_develop_is_dev() {
        check(
            "Pipfile.lock",
            &[],
            read_with(&[]),
            &[
                "--extra-index-url https://ada:t0ken@index.example/simple",
                "idna==3.20 (2)",
                "lib @ file:///<locks>/lib",
                "open",
                "tool @ git+https://git.example/tool.git@0123456789abcdef0123456789abcdef01234567",
            ],
        );
        check(
            "Pipfile.lock",
            &[],
            read_with(&["dev"]),
            &[
                "--extra-index-url https://ada:t0ken@index.example/simple",
                "idna==3.20 (2)",
                "iniconfig==2.3.1 (1)",
                "lib @ file:///<locks>/lib",
                "open",
                "tool @ git+https://git.example/tool.git@0123456789abcdef0123456789abcdef01234567",
            ],
        );
    }
}
