//! Who takes the space in a package.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::listing::{Listing, Owners};
use crate::outcome::Result;
use crate::output::json::size::{Share, SizeDocument};

pub mod kind;
pub mod tree;

use kind::Kind;
use tree::Tree;

/// What files are called that no distribution claims.
pub const UNCLAIMED: &str = "of no distribution";

/// How the files of a package add up, and each of them in its place.
#[derive(Debug)]
pub struct Sizes {
    pub document: SizeDocument,
    pub tree: Tree,
}

/// Folders are told apart down to this depth below where Python looks for modules.
const FOLDER_DEPTH: usize = 2;

pub fn size(path: &Utf8Path) -> Result<Sizes> {
    let listing = Listing::read(path)?;
    let owners = listing.owners();
    let mut shares = Shares::default();
    let mut tree = Tree::default();
    let files = listing.entries().iter().filter(|entry| !entry.is_dir());
    for entry in files {
        let weight = Weight {
            files: 1,
            zipped_bytes: entry.compressed_bytes,
            unzipped_bytes: entry.uncompressed_bytes,
        };
        let kind = Kind::of(&entry.name);
        let owner = owner(&owners, &entry.name);
        tree.add(&owner.to_string(), &entry.name, kind, weight);
        shares.kinds.entry(kind).or_default().add(weight);
        shares
            .folders
            .entry(folder(&entry.name))
            .or_default()
            .add(weight);
        shares.distributions.entry(owner).or_default().add(weight);
    }
    Ok(Sizes {
        document: shares.document(&listing),
        tree: tree.finish(),
    })
}

/// What files weigh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    pub files: usize,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
}

/// Of sizes that a hostile directory may have made up.
pub fn total(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

impl Weight {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.zipped_bytes = self.zipped_bytes.saturating_add(other.zipped_bytes);
        self.unzipped_bytes = self.unzipped_bytes.saturating_add(other.unzipped_bytes);
    }
}

/// Who brought a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Distribution { name: String, version: String },
    Nobody,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Distribution { name, version } => write!(f, "{name} {version}"),
            Self::Nobody => f.write_str(UNCLAIMED),
        }
    }
}

fn owner(owners: &Owners<'_>, name: &str) -> Owner {
    owners.of(name).map_or(Owner::Nobody, |distribution| {
        let (name, version) = (distribution.name(), distribution.version());
        Owner::Distribution {
            name: name.to_owned(),
            version: version.to_owned(),
        }
    })
}

/// The folder that a file counts for: `numpy/_core` of `numpy/_core/include/a.h`.
fn folder(name: &str) -> String {
    let mut depth = FOLDER_DEPTH;
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    if parts.first() == Some(&"python") {
        depth += 1;
        // `python/lib/python3.12/site-packages`
        if parts.get(1) == Some(&"lib") && parts.get(3) == Some(&"site-packages") {
            depth += 3;
        }
    }
    parts.truncate(depth);
    if parts.is_empty() {
        return ".".to_owned();
    }
    parts.join("/")
}

#[derive(Debug, Default)]
struct Shares {
    distributions: BTreeMap<Owner, Weight>,
    folders: BTreeMap<String, Weight>,
    kinds: BTreeMap<Kind, Weight>,
}

impl Shares {
    fn document(self, listing: &Listing) -> SizeDocument {
        let mut whole = Weight::default();
        for weight in self.kinds.values() {
            whole.add(*weight);
        }
        let by_distribution = self.distributions.into_iter().map(|(owner, weight)| {
            let (name, version) = match owner {
                Owner::Distribution { name, version } => (Some(name), Some(version)),
                Owner::Nobody => (None, None),
            };
            Share::new(name, weight).version(version)
        });
        let by_folder = self.folders.into_iter();
        let by_kind = self.kinds.into_iter();
        SizeDocument {
            path: listing.path.to_string(),
            zipped_bytes: listing.zipped_bytes,
            unzipped_bytes: whole.unzipped_bytes,
            files: whole.files,
            overhead_bytes: listing.zipped_bytes.saturating_sub(whole.zipped_bytes),
            by_distribution: heaviest_first(by_distribution),
            by_folder: heaviest_first(
                by_folder.map(|(name, weight)| Share::new(Some(name), weight)),
            ),
            by_kind: heaviest_first(by_kind.map(|(kind, weight)| {
                Share::new(Some(kind.name().to_owned()), weight).about(kind.about())
            })),
        }
    }
}

fn heaviest_first(shares: impl Iterator<Item = Share>) -> Vec<Share> {
    let mut shares: Vec<Share> = shares.collect();
    // Stable, so that equals stay in the order of their names.
    shares.sort_by_key(|share| std::cmp::Reverse(share.unzipped_bytes));
    shares
}
