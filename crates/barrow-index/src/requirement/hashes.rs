//! The digests that a hashed `requirements.txt` demands.
//!
//! uv sets `--hash` aside while it resolves, so they are enforced here, by pip's rule: as soon as
//! one requirement has a digest, every package must have one.

use std::collections::{BTreeMap, BTreeSet};

use barrow_model::{Explain, Fault, PackageName, Sha256};

use super::file::RequirementFiles;
use crate::lock::{Lock, LockedFile, LockedPackage, LockedSource};

/// Which files may be taken, by package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequiredHashes {
    by_name: BTreeMap<PackageName, BTreeSet<Sha256>>,
    /// Whether a package without digests is an error.
    every_package: bool,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HashError {
    #[error("`{name}` has no `--hash`; other requirements have, so each must have one")]
    Missing { name: PackageName },
    #[error("no file of `{name} {version}` has a digest that the requirements allow")]
    NoneAllowed {
        name: PackageName,
        version: String,
        allowed: Vec<Sha256>,
        seen: Vec<Sha256>,
    },
    #[error("`{seen}` is not a digest that can be checked; expected `sha256:` and 64 digits")]
    Unusable { name: PackageName, seen: String },
    #[error("`{name}` comes from a directory or repository, which has no digest to check")]
    NotAFile { name: PackageName },
}

impl Explain for HashError {
    fn fault(&self) -> Fault {
        Fault::Input
    }

    fn details(&self) -> Vec<String> {
        let list = |digests: &[Sha256]| {
            let shown: Vec<String> = digests.iter().take(3).map(ToString::to_string).collect();
            let rest = digests.len().saturating_sub(shown.len());
            let rest = if rest == 0 {
                String::new()
            } else {
                format!(" and {rest} more")
            };
            format!("{}{rest}", shown.join(", "))
        };
        match self {
            Self::NoneAllowed { allowed, seen, .. } => vec![
                format!("the index offers {}", list(seen)),
                format!("the requirements allow {}", list(allowed)),
            ],
            Self::Unusable { name, .. } => vec![format!("required for `{name}`")],
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Missing { .. } | Self::NoneAllowed { .. } => {
                vec!["write the file anew with `uv pip compile --generate-hashes`".to_owned()]
            }
            Self::NotAFile { .. } => vec!["leave the digests out of this project".to_owned()],
            Self::Unusable { .. } => Vec::new(),
        }
    }
}

impl RequiredHashes {
    /// Collects what the files demand.
    pub fn of(files: &RequirementFiles) -> Result<Self, HashError> {
        let mut required = Self {
            by_name: BTreeMap::new(),
            every_package: files.require_hashes,
        };
        for line in &files.requirements {
            let Some(name) = &line.name else { continue };
            if !line.hashes.is_empty() {
                required.every_package = true;
                required.add(name, line.hashes.iter().map(String::as_str))?;
            }
        }
        Ok(required)
    }

    /// Allows files of `name`; each digest is `sha256:…`. Digests of other kinds may stand
    /// beside those, since one match is enough, but not alone.
    pub fn add<'h>(
        &mut self,
        name: &PackageName,
        hashes: impl IntoIterator<Item = &'h str>,
    ) -> Result<(), HashError> {
        let mut other = None;
        let mut digests = BTreeSet::new();
        for hash in hashes {
            match hash.strip_prefix("sha256:").map(Sha256::parse_hex) {
                Some(Ok(digest)) => _ = digests.insert(digest),
                _ => other = Some(hash),
            }
        }
        if let Some(hash) = other.filter(|_| digests.is_empty()) {
            return Err(HashError::Unusable {
                name: name.clone(),
                seen: hash.to_owned(),
            });
        }
        if !digests.is_empty() {
            self.by_name
                .entry(name.clone())
                .or_default()
                .extend(digests);
        }
        Ok(())
    }

    /// Keeps the files that are allowed, and fails where none is left.
    pub fn enforce(&self, mut lock: Lock) -> Result<Lock, HashError> {
        for package in &mut lock.packages {
            match self.by_name.get(&package.name) {
                Some(allowed) => keep_allowed(package, allowed)?,
                None if self.every_package => {
                    return Err(HashError::Missing {
                        name: package.name.clone(),
                    });
                }
                None => {}
            }
        }
        Ok(lock)
    }
}

fn keep_allowed(package: &mut LockedPackage, allowed: &BTreeSet<Sha256>) -> Result<(), HashError> {
    let seen: Vec<Sha256> = package.files().filter_map(|file| file.sha256).collect();
    let only = allowed.first().filter(|_| allowed.len() == 1);
    // An index without digests: where one digest is allowed, the file must have that one.
    let fits = |file: &mut LockedFile| {
        file.sha256 = file.sha256.or(only.copied());
        file.sha256.is_some_and(|digest| allowed.contains(&digest))
    };
    let any_left = match &mut package.source {
        LockedSource::Index { wheels, sdist } => {
            wheels.retain_mut(fits);
            if sdist.as_mut().is_some_and(|file| !fits(file)) {
                *sdist = None;
            }
            !wheels.is_empty() || sdist.is_some()
        }
        LockedSource::Archive { file, .. } => fits(file),
        LockedSource::Directory { .. } | LockedSource::Git { .. } => {
            return Err(HashError::NotAFile {
                name: package.name.clone(),
            });
        }
    };
    if any_left {
        return Ok(());
    }
    Err(HashError::NoneAllowed {
        name: package.name.clone(),
        version: package.version.clone().unwrap_or_default(),
        allowed: allowed.iter().copied().collect(),
        seen,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::Location;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn file(digest: Option<&str>) -> LockedFile {
        LockedFile {
            file_name: "six-1-py3-none-any.whl".to_owned(),
            location: Location::Url("https://index.example/six-1-py3-none-any.whl".to_owned()),
            sha256: digest.map(|digest| Sha256::parse_hex(digest).unwrap()),
            bytes: None,
        }
    }

    /// The digests that are left of two wheels with A and B, or the error.
    fn check(wheels: &[Option<&str>], hashes: &[&str], expected: Result<&[&str], &str>) {
        let name = PackageName::parse("six").unwrap();
        let mut required = RequiredHashes {
            every_package: true,
            ..RequiredHashes::default()
        };
        let outcome = required.add(&name, hashes.iter().copied()).and_then(|()| {
            let wheels = wheels.iter().map(|digest| file(*digest)).collect();
            required.enforce(Lock {
                packages: vec![LockedPackage {
                    name,
                    version: Some("1".to_owned()),
                    marker: None,
                    index: None,
                    source: LockedSource::Index {
                        wheels,
                        sdist: Some(file(Some(B))),
                    },
                }],
                ..Lock::default()
            })
        });
        let left = outcome.map(|lock| {
            lock.packages[0]
                .files()
                .map(|file| file.sha256.unwrap().to_hex())
                .collect::<Vec<_>>()
        });
        match (left, expected) {
            (Ok(left), Ok(expected)) => assert_eq!(left, expected),
            (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected),
            (left, expected) => panic!("{left:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn files_with_other_digests_are_left_out() {
        let (a, b) = (format!("sha256:{A}"), format!("sha256:{B}"));
        check(&[Some(A), Some(B)], &[&a], Ok(&[A]));
        check(&[Some(A)], &[&b], Ok(&[B]));
        check(&[Some(A)], &[&a, &b, "sha512:cc"], Ok(&[A, B]));
        check(&[None], &[&a], Ok(&[A]));
        check(&[None], &[&a, &b], Ok(&[B]));
    }

    #[test]
    fn a_package_that_cannot_be_checked_is_refused() {
        let other = format!("sha256:{}", "c".repeat(64));
        check(
            &[Some(A)],
            &[&other],
            Err("no file of `six 1` has a digest that the requirements allow"),
        );
        check(
            &[Some(A)],
            &[],
            Err("`six` has no `--hash`; other requirements have, so each must have one"),
        );
        check(
            &[Some(A)],
            &["md5:d41d8cd9"],
            Err(
                "`md5:d41d8cd9` is not a digest that can be checked; expected `sha256:` and 64 digits",
            ),
        );
    }
}
