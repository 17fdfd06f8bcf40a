//! Files put together by what brought them, so that one wrong wheel is one finding.

use std::collections::HashMap;
use std::fmt;

use barrow_model::Bytes;

use crate::distributions::Distribution;
use crate::environments;
use crate::finding::Place;
use crate::package::{File, Package};
use crate::scene::Scene;

/// Files of one distribution, or of none: the user's own.
#[derive(Debug)]
pub struct Owned<'s> {
    pub package: &'s Package,
    pub owner: Option<&'s Distribution<'s>>,
    /// Never empty.
    pub files: Vec<&'s File>,
}

/// The files of all packages that `is_wanted`, by owner, in the order of the first file of each.
/// Those of virtual environments are left out.
pub fn group<'s>(
    scene: &'s Scene<'_>,
    is_wanted: impl Fn(&'s Package, &'s File) -> bool,
) -> Vec<Owned<'s>> {
    let mut groups: Vec<Owned<'s>> = Vec::new();
    for package in scene.packages() {
        let mut known: HashMap<Option<*const Distribution<'_>>, usize> = HashMap::new();
        let files = environments::files_outside(package);
        for file in files.filter(|file| is_wanted(package, file)) {
            let owner = scene.distributions().owner(package, file.path.as_str());
            let at = *known
                .entry(owner.map(std::ptr::from_ref))
                .or_insert_with(|| {
                    groups.push(Owned {
                        package,
                        owner,
                        files: Vec::new(),
                    });
                    groups.len() - 1
                });
            groups[at].files.push(file);
        }
    }
    groups
}

impl Owned<'_> {
    /// Whether both are of one distribution, where it is installed.
    pub fn has_owner_of(&self, other: &Owned<'_>) -> bool {
        match (self.owner, other.owner) {
            (Some(owner), Some(of_other)) => std::ptr::eq(owner, of_other),
            _ => false,
        }
    }

    pub fn places(&self) -> impl Iterator<Item = Place> {
        let files = self.files.iter();
        files.map(|file| Place::new(self.package, file.path.as_str()))
    }

    pub fn unzipped(&self) -> Bytes {
        Bytes(self.files.iter().map(|file| file.unzipped_bytes).sum())
    }

    /// `is` where the subject is one thing, else `are`: and so with other verbs.
    pub fn verb<'v>(&self, singular: &'v str, plural: &'v str) -> &'v str {
        if self.owner.is_some() || self.files.len() == 1 {
            singular
        } else {
            plural
        }
    }
}

/// The subject of a message: the distribution, the file, or how many files.
impl fmt::Display for Owned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.owner, self.files.as_slice()) {
            (Some(owner), _) => write!(f, "`{owner}`"),
            (None, [file]) => write!(f, "`{}`", file.path),
            (None, files) => write!(f, "{} files", files.len()),
        }
    }
}
