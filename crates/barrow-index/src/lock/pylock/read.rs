//! Reads `pylock.toml`.

use std::collections::BTreeMap;
use std::io;

use barrow_model::{Explain, Fault, PackageName, Sha256};
use camino::{Utf8Path, Utf8PathBuf};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::{Pylock, Stamp};
use crate::lock::{Location, Lock, LockedFile, LockedPackage, LockedSource};

#[derive(Debug, thiserror::Error)]
pub enum ReadPylockError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{path}` is not a lock file as PEP 751 has it")]
    Syntax {
        path: Utf8PathBuf,
        source: Box<toml::de::Error>,
    },
    #[error("`{path}` has lock-version `{seen}`; expected `1.0`")]
    Version { path: Utf8PathBuf, seen: String },
    #[error("package `{package}` in `{path}` {reason}")]
    Package {
        path: Utf8PathBuf,
        package: String,
        reason: &'static str,
    },
}

impl Explain for ReadPylockError {
    fn fault(&self) -> Fault {
        Fault::Input
    }
}

/// Reads a lock file; paths in it are relative to its directory.
pub fn read(path: &Utf8Path) -> Result<Pylock, ReadPylockError> {
    let text = std::fs::read_to_string(path).map_err(|source| ReadPylockError::Read {
        path: path.to_owned(),
        source,
    })?;
    parse(&text, path)
}

/// Reads a lock's text as if it stood at `path`.
pub fn parse(text: &str, path: &Utf8Path) -> Result<Pylock, ReadPylockError> {
    let file: File = toml::from_str(text).map_err(|source| ReadPylockError::Syntax {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    // A newer minor version may add keys, not change what the known ones mean.
    if !(file.lock_version == "1" || file.lock_version.starts_with("1.")) {
        return Err(ReadPylockError::Version {
            path: path.to_owned(),
            seen: file.lock_version,
        });
    }
    let base = path.parent().unwrap_or(Utf8Path::new(""));
    let package = |package: Package| {
        let name = package.name.clone();
        package
            .locked(base)
            .map_err(|reason| ReadPylockError::Package {
                path: path.to_owned(),
                package: name,
                reason,
            })
    };
    let packages = file
        .packages
        .into_iter()
        .map(package)
        .collect::<Result<_, _>>()?;
    let stamp = file
        .tool
        .and_then(|tool| tool.barrow)
        .and_then(|barrow| Stamp::parse(&barrow.runtime, &barrow.architecture, &barrow.inputs));
    Ok(Pylock {
        lock: Lock {
            packages,
            requires_python: file.requires_python,
            environments: file.environments,
            default_groups: file.default_groups,
        },
        created_by: file.created_by,
        stamp,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    lock_version: String,
    #[serde(default)]
    created_by: String,
    requires_python: Option<String>,
    #[serde(default)]
    environments: Vec<String>,
    #[serde(default)]
    default_groups: Vec<String>,
    #[serde(default)]
    packages: Vec<Package>,
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    barrow: Option<BarrowTable>,
}

#[derive(Deserialize)]
struct BarrowTable {
    runtime: String,
    architecture: String,
    inputs: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    version: Option<String>,
    marker: Option<String>,
    index: Option<String>,
    #[serde(default)]
    wheels: Vec<FileTable>,
    sdist: Option<FileTable>,
    archive: Option<FileTable>,
    directory: Option<DirectoryTable>,
    vcs: Option<VcsTable>,
}

#[derive(Deserialize)]
struct FileTable {
    name: Option<String>,
    url: Option<String>,
    path: Option<String>,
    size: Option<u64>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
struct DirectoryTable {
    path: String,
    subdirectory: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct VcsTable {
    #[serde(rename = "type")]
    kind: String,
    url: Option<String>,
    path: Option<String>,
    commit_id: String,
    subdirectory: Option<String>,
}

impl Package {
    fn locked(self, base: &Utf8Path) -> Result<LockedPackage, &'static str> {
        let source = match (self.directory, self.vcs, self.archive) {
            (Some(directory), None, None) => LockedSource::Directory {
                path: base.join(directory.path),
                subdirectory: directory.subdirectory,
            },
            (None, Some(vcs), None) => vcs.locked(base)?,
            (None, None, Some(mut archive)) => {
                let subdirectory = archive.subdirectory.take();
                LockedSource::Archive {
                    file: archive.locked(base)?,
                    subdirectory,
                }
            }
            (None, None, None) => {
                let wheel = |wheel: FileTable| wheel.locked(base);
                let wheels = self
                    .wheels
                    .into_iter()
                    .map(wheel)
                    .collect::<Result<_, _>>()?;
                let sdist = self.sdist.map(|sdist| sdist.locked(base)).transpose()?;
                LockedSource::Index { wheels, sdist }
            }
            _ => return Err("has more than one of `vcs`, `directory` and `archive`"),
        };
        Ok(LockedPackage {
            name: PackageName::parse(&self.name).map_err(|_| "has no valid name")?,
            version: self.version,
            marker: self.marker,
            index: self.index,
            source,
        })
    }
}

impl VcsTable {
    fn locked(self, base: &Utf8Path) -> Result<LockedSource, &'static str> {
        if self.kind != "git" {
            return Err("comes from a version control system other than git");
        }
        let local = self.path.map(|path| base.join(path).into_string());
        Ok(LockedSource::Git {
            url: self
                .url
                .or(local)
                .ok_or("has a `vcs` without `url` or `path`")?,
            commit: self.commit_id,
            subdirectory: self.subdirectory,
        })
    }
}

impl FileTable {
    fn locked(self, base: &Utf8Path) -> Result<LockedFile, &'static str> {
        let sha256 = match self.hashes.get("sha256") {
            Some(digest) => {
                Some(Sha256::parse_hex(digest).map_err(|_| "has a `sha256` that is no digest")?)
            }
            None => None,
        };
        let file_name = self.name.or_else(|| match (&self.path, &self.url) {
            (Some(path), _) => Utf8Path::new(path).file_name().map(str::to_owned),
            (None, Some(url)) => url_file_name(url),
            (None, None) => None,
        });
        // A local copy spares the network, but only the URL is sure to be there elsewhere.
        let location = match (self.url, self.path) {
            (_, Some(path)) if base.join(&path).exists() => Location::Path(base.join(path)),
            (Some(url), _) => Location::Url(url),
            (None, Some(path)) => Location::Path(base.join(path)),
            (None, None) => return Err("has a file without `url` and `path`"),
        };
        let file_name = file_name
            .filter(|name| !name.is_empty() && !name.contains(['/', '\\']))
            .ok_or("has a file without a name")?;
        Ok(LockedFile {
            file_name,
            location,
            sha256,
            bytes: self.size,
        })
    }
}

/// The last part of a URL's path, without query and fragment.
fn url_file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let last = path.rsplit('/').next()?;
    Some(percent_decode_str(last).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each package as one line.
    fn check(text: &str, expected: &[&str]) {
        let text = format!("lock-version = \"1.0\"\ncreated-by = \"t\"\n{text}");
        let shown = match parse(&text, Utf8Path::new("/p/pylock.toml")) {
            Err(error) => vec![error.to_string()],
            Ok(pylock) => pylock.lock.packages.iter().map(show).collect(),
        };
        assert_eq!(shown, expected);
    }

    fn show(package: &LockedPackage) -> String {
        let version = package.version.as_deref().unwrap_or("?");
        let from = match &package.source {
            LockedSource::Index { wheels, sdist } => {
                let sdist = if sdist.is_some() { " + sdist" } else { "" };
                format!("{} wheels{sdist}", wheels.len())
            }
            LockedSource::Archive { file, subdirectory } => {
                format!("{} {:?} {subdirectory:?}", file.file_name, file.location)
            }
            LockedSource::Directory { path, .. } => format!("directory {path}"),
            LockedSource::Git { url, commit, .. } => format!("git {url} {commit}"),
        };
        format!("{} {version}: {from}", package.name)
    }

    #[test]
    fn every_kind_of_source_is_read() {
        check(
            r#"
            [[packages]]
            name = "Six"
            version = "1.17.0"
            sdist = { name = "six.tgz", url = "https://index.example/x", hashes = { md5 = "00" } }
            wheels = [{ url = "https://index.example/six-1.17.0-py3-none-any.whl", hashes = {} }]
            [[packages]]
            name = "lib"
            directory = { path = "../lib", editable = true }
            [[packages]]
            name = "tool"
            vcs = { type = "git", url = "https://git.example/tool", commit-id = "abc" }
            [[packages]]
            name = "zip"
            archive = { url = "https://index.example/a%2Bb-1.zip?x=/y", subdirectory = "py" }
            "#,
            &[
                "six 1.17.0: 1 wheels + sdist",
                "lib ?: directory /p/../lib",
                "tool ?: git https://git.example/tool abc",
                "zip ?: a+b-1.zip Url(\"https://index.example/a%2Bb-1.zip?x=/y\") Some(\"py\")",
            ],
        );
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let package = |rest: &str| format!("[[packages]]\nname = \"a\"\n{rest}");
        let refused = "package `a` in `/p/pylock.toml`";
        check(
            &package("vcs = { type = \"hg\", url = \"x\", commit-id = \"1\" }"),
            &[&format!(
                "{refused} comes from a version control system other than git"
            )],
        );
        check(
            &package("wheels = [{ hashes = {} }]"),
            &[&format!("{refused} has a file without `url` and `path`")],
        );
        check(
            &package(
                "wheels = [{ url = \"https://index.example/a.whl\", hashes = { sha256 = \"1\" } }]",
            ),
            &[&format!("{refused} has a `sha256` that is no digest")],
        );
        check(
            "packages = 3",
            &["`/p/pylock.toml` is not a lock file as PEP 751 has it"],
        );
    }

    #[test]
    fn another_major_version_is_refused() {
        let error = parse("lock-version = \"2.0\"", Utf8Path::new("pylock.toml")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`pylock.toml` has lock-version `2.0`; expected `1.0`"
        );
        assert!(parse("lock-version = \"1.1\"", Utf8Path::new("pylock.toml")).is_ok());
    }
}
