//! Pins out of the lock files of poetry, PDM and pipenv.
//!
//! Those name versions and digests, but not where the files are. They are turned into plain
//! requirements for the target, which the resolver only has to look up; the digests are enforced
//! afterwards.

use std::error::Error;
use std::io;

use barrow_model::{Explain, Fault, PackageName};
use camino::{Utf8Path, Utf8PathBuf};
use serde::de::DeserializeOwned;

use crate::requirement::{HashError, RequiredHashes};
use crate::select::{MarkerError, Markers};

/// What a lock pins for one target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pins {
    pub pins: Vec<Pin>,
    /// Lines of a requirements file that name the indexes.
    pub index_options: Vec<String>,
}

/// One package that counts on the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    pub name: PackageName,
    pub source: PinSource,
    /// `sha256:…` of the files that may be taken.
    pub hashes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinSource {
    /// A version on an index; absent where the lock leaves it open.
    Version(Option<String>),
    Url(String),
    Path(Utf8PathBuf),
    Git {
        url: String,
        revision: String,
        subdirectory: Option<String>,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum ReadLockError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("`{path}` cannot be parsed")]
    Syntax {
        path: Utf8PathBuf,
        source: Box<dyn Error + Send + Sync>,
    },
    #[error("package `{package}` in `{path}` {reason}")]
    Package {
        path: Utf8PathBuf,
        package: String,
        reason: &'static str,
    },
    #[error("cannot tell whether `{package}` in `{path}` is needed")]
    Marker {
        path: Utf8PathBuf,
        package: String,
        source: MarkerError,
    },
}

impl Explain for ReadLockError {
    fn fault(&self) -> Fault {
        Fault::Input
    }
}

impl Pins {
    /// A requirements file with one line for each pin.
    pub fn to_requirements(&self) -> String {
        let pins = self.pins.iter().map(Pin::to_requirement);
        let lines = self.index_options.iter().cloned().chain(pins);
        lines.map(|line| line + "\n").collect()
    }

    pub fn hashes(&self) -> Result<RequiredHashes, HashError> {
        let mut hashes = RequiredHashes::default();
        for pin in &self.pins {
            hashes.add(&pin.name, pin.hashes.iter().map(String::as_str))?;
        }
        Ok(hashes)
    }
}

impl Pin {
    fn to_requirement(&self) -> String {
        let name = &self.name;
        match &self.source {
            PinSource::Version(Some(version)) => format!("{name}=={version}"),
            PinSource::Version(None) => name.to_string(),
            PinSource::Url(url) => format!("{name} @ {url}"),
            PinSource::Path(path) => format!("{name} @ {}", file_url(path)),
            PinSource::Git {
                url,
                revision,
                subdirectory,
            } => {
                let place = subdirectory
                    .as_ref()
                    .map(|place| format!("#subdirectory={place}"));
                format!("{name} @ git+{url}@{revision}{}", place.unwrap_or_default())
            }
        }
    }
}

fn file_url(path: &Utf8Path) -> String {
    url::Url::from_file_path(path).map_or_else(|()| path.to_string(), String::from)
}

/// Without `..`, which a URL cannot have.
pub(super) fn absolute(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

pub(super) fn read_text(path: &Utf8Path) -> Result<String, ReadLockError> {
    std::fs::read_to_string(path).map_err(|source| ReadLockError::Read {
        path: path.to_owned(),
        source,
    })
}

pub(super) fn read_toml<T: DeserializeOwned>(path: &Utf8Path) -> Result<T, ReadLockError> {
    toml::from_str(&read_text(path)?).map_err(|source| ReadLockError::Syntax {
        path: path.to_owned(),
        source: source.into(),
    })
}

/// Where the packages of one lock file are being read from, for errors.
pub(super) struct At<'p> {
    pub path: &'p Utf8Path,
    pub package: &'p str,
}

impl At<'_> {
    pub(super) fn error(&self, reason: &'static str) -> ReadLockError {
        ReadLockError::Package {
            path: self.path.to_owned(),
            package: self.package.to_owned(),
            reason,
        }
    }

    pub(super) fn name(&self) -> Result<PackageName, ReadLockError> {
        PackageName::parse(self.package).map_err(|_| self.error("has no valid name"))
    }

    pub(super) fn holds(&self, markers: &Markers, marker: &str) -> Result<bool, ReadLockError> {
        markers
            .holds(marker)
            .map_err(|source| ReadLockError::Marker {
                path: self.path.to_owned(),
                package: self.package.to_owned(),
                source,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_become_lines_that_any_resolver_reads() {
        let pin = |name: &str, source| Pin {
            name: PackageName::parse(name).unwrap(),
            source,
            hashes: vec![format!("sha256:{}", "a".repeat(64))],
        };
        let pins = Pins {
            pins: vec![
                pin("six", PinSource::Version(Some("1.17.0".to_owned()))),
                pin("open", PinSource::Version(None)),
                pin("lib", PinSource::Path("/srv/my lib".into())),
                pin(
                    "web",
                    PinSource::Url("https://index.example/web-1.zip".to_owned()),
                ),
                pin(
                    "tool",
                    PinSource::Git {
                        url: "https://git.example/tool.git".to_owned(),
                        revision: "abc".to_owned(),
                        subdirectory: Some("py".to_owned()),
                    },
                ),
            ],
            index_options: vec!["--index-url https://index.example/simple".to_owned()],
        };
        assert_eq!(
            pins.to_requirements(),
            "--index-url https://index.example/simple\n\
             six==1.17.0\n\
             open\n\
             lib @ file:///srv/my%20lib\n\
             web @ https://index.example/web-1.zip\n\
             tool @ git+https://git.example/tool.git@abc#subdirectory=py\n"
        );
        assert!(pins.hashes().is_ok());
    }
}

/// How the readers of the three kinds of lock are tested.
#[cfg(test)]
pub(super) mod tests_support {
    use super::*;

    /// Reads a file of `fixtures/locks` for python3.12 on arm64 and shows a line for each pin,
    /// with the number of its digests.
    pub(in crate::lock) fn check(
        fixture: &str,
        extras: &[&str],
        read: impl Fn(&Utf8Path, &Markers) -> Result<Pins, ReadLockError>,
        expected: &[&str],
    ) {
        let locks = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/locks");
        let locks = locks.canonicalize_utf8().unwrap();
        let target = barrow_model::Target {
            runtime: "python3.12".parse().unwrap(),
            arch: barrow_model::Arch::Arm64,
        };
        let extras: Vec<String> = extras.iter().map(|&extra| extra.to_owned()).collect();
        let pins = read(&locks.join(fixture), &Markers::new(target, &extras, &[])).unwrap();
        assert!(pins.hashes().is_ok());
        let mut shown = pins.index_options.clone();
        shown.extend(pins.pins.iter().map(|pin| {
            let hashes = pin.hashes.len();
            let count = if hashes == 0 {
                String::new()
            } else {
                format!(" ({hashes})")
            };
            pin.to_requirement().replace(locks.as_str(), "/<locks>") + &count
        }));
        assert_eq!(shown, expected);
    }
}
