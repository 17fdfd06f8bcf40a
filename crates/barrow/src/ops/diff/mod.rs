//! What is different between two packages, and why their digests differ.

use std::collections::BTreeMap;

use anyhow::Context as _;
use barrow_core::zip::Entry;
use camino::Utf8Path;

use super::listing::{Listing, Owners};
use super::packages;
use crate::outcome::Result;
use crate::output::json::diff::{DiffDocument, DistributionChange, FileChange, Side};

mod reasons;

pub fn diff(old: &Utf8Path, new: &Utf8Path) -> Result<DiffDocument> {
    let (old, new) = (Listing::read(old)?, Listing::read(new)?);
    let (old_side, new_side) = (side(&old)?, side(&new)?);
    let is_identical = old_side.sha256 == new_side.sha256;

    let pairs = pairs(&old, &new);
    let (distributions, files) = changes(pairs.values());
    let has_same_files = pairs.values().all(|pair| pair.change().is_none());
    let reasons = if is_identical {
        Vec::new()
    } else {
        let same = pairs.values().filter_map(Pair::same);
        reasons::find(&old, &new, &same.collect::<Vec<_>>(), has_same_files)
    };
    Ok(DiffDocument {
        old: old_side,
        new: new_side,
        is_identical,
        has_same_files,
        distributions,
        files,
        reasons,
    })
}

fn side(listing: &Listing) -> Result<Side> {
    let path = &listing.path;
    let sha256 =
        packages::sha256(&listing.source).with_context(|| format!("cannot read `{path}`"))?;
    Ok(Side {
        path: path.to_string(),
        zipped_bytes: listing.zipped_bytes,
        unzipped_bytes: listing.unzipped_bytes(),
        files: listing
            .entries()
            .iter()
            .filter(|entry| !entry.is_dir())
            .count(),
        sha256: sha256.to_hex(),
        code_sha256: sha256.to_code_sha256(),
    })
}

/// A file on one side.
#[derive(Debug, Clone)]
struct Member<'a> {
    /// Its place in the directory.
    number: usize,
    entry: &'a Entry,
    distribution: Option<Distribution<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Distribution<'a> {
    name: &'a str,
    version: &'a str,
}

/// A file on both sides, or on one of them.
#[derive(Debug, Default)]
struct Pair<'a> {
    old: Option<Member<'a>>,
    new: Option<Member<'a>>,
}

impl<'a> Pair<'a> {
    /// `None` where the bytes are the same, going by length and CRC-32.
    fn change(&self) -> Option<FileChange> {
        let entries = (self.old.as_ref(), self.new.as_ref());
        let entry = match entries {
            (Some(old), Some(new)) => {
                let content = |entry: &Entry| (entry.uncompressed_bytes, entry.crc32);
                (content(old.entry) != content(new.entry)).then_some(new.entry)
            }
            (old, new) => new.or(old).map(|member| member.entry),
        }?;
        let bytes = |member: &Member<'_>| member.entry.uncompressed_bytes;
        Some(FileChange {
            path: entry.name.clone(),
            old_bytes: self.old.as_ref().map(bytes),
            new_bytes: self.new.as_ref().map(bytes),
        })
    }

    /// The places of a file that has the same bytes on both sides.
    fn same(&self) -> Option<(usize, usize)> {
        let both = self.old.as_ref().zip(self.new.as_ref());
        both.filter(|_| self.change().is_none())
            .map(|(old, new)| (old.number, new.number))
    }

    /// Whose it is, or was.
    fn distribution(&self) -> Option<Distribution<'a>> {
        let of = |member: &Option<Member<'a>>| member.as_ref()?.distribution;
        of(&self.new).or_else(|| of(&self.old))
    }
}

/// All files of both sides by their path, in which a `.dist-info` goes without its version.
fn pairs<'a>(old: &'a Listing, new: &'a Listing) -> BTreeMap<String, Pair<'a>> {
    let mut pairs: BTreeMap<String, Pair<'a>> = BTreeMap::new();
    // Of two entries with one name, the later is what an unzipper leaves.
    for (key, member) in members(old, &old.owners()) {
        pairs.entry(key).or_default().old = Some(member);
    }
    for (key, member) in members(new, &new.owners()) {
        pairs.entry(key).or_default().new = Some(member);
    }
    pairs
}

fn members<'a>(listing: &'a Listing, owners: &Owners<'a>) -> Vec<(String, Member<'a>)> {
    let entries = listing.entries().iter().enumerate();
    let files = entries.filter(|(_, entry)| !entry.is_dir());
    let members = files.map(|(number, entry)| {
        let owner = owners.of(&entry.name);
        let distribution = owner.map(|owner| Distribution {
            name: owner.name(),
            version: owner.version(),
        });
        let inside = owner.and_then(|owner| {
            let rest = entry.name.strip_prefix(owner.info)?;
            Some(format!("{}/{}.dist-info{rest}", owner.root, owner.name()))
        });
        let member = Member {
            number,
            entry,
            distribution,
        };
        (inside.unwrap_or_else(|| entry.name.clone()), member)
    });
    members.collect()
}

/// Distributions that changed, and files of nobody that did.
fn changes<'p, 'a: 'p>(
    pairs: impl Iterator<Item = &'p Pair<'a>>,
) -> (Vec<DistributionChange>, Vec<FileChange>) {
    let mut groups: BTreeMap<&str, DistributionChange> = BTreeMap::new();
    let mut files = Vec::new();
    for pair in pairs {
        for (member, is_new) in [(&pair.old, false), (&pair.new, true)] {
            let Some(of) = member.as_ref().and_then(|member| member.distribution) else {
                continue;
            };
            let group = groups.entry(of.name).or_insert_with(|| DistributionChange {
                name: of.name.to_owned(),
                old_version: None,
                new_version: None,
                files: Vec::new(),
            });
            let version = if is_new {
                &mut group.new_version
            } else {
                &mut group.old_version
            };
            version.get_or_insert_with(|| of.version.to_owned());
        }
        let group = pair.distribution().and_then(|of| groups.get_mut(of.name));
        group
            .map_or(&mut files, |group| &mut group.files)
            .extend(pair.change());
    }
    let changed = groups.into_values();
    let changed =
        changed.filter(|group| group.old_version != group.new_version || !group.files.is_empty());
    (changed.collect(), files)
}
