//! What a package is: everything that its directory says, summed up.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;

use anyhow::Context as _;
use barrow_check::survey::{Flaw, survey_zip};
use barrow_check::{Kind, Package};
use barrow_core::zip::{Entry, extra, method};
use barrow_model::limits::{DIRECT_UPLOAD_LIMIT_BYTES, UNZIPPED_LIMIT_BYTES};
use barrow_model::{Arch, Runtime, Target};
use camino::Utf8Path;

use super::listing::{Listing, Owners};
use super::packages;
use super::platform::Platform;
use crate::outcome::Result;
use crate::output::json::inspect::{
    Count, DistributionDocument, EntryDocument, InspectDocument, LinkDocument, ModeDocument,
    TimeStamps,
};

/// How many files are named for an odd mode.
const FILES_NAMED: usize = 5;

/// Modes that everything that Lambda runs can have; others are named.
pub const USUAL_MODES: [&str; 2] = ["0644", "0755"];

pub fn inspect(path: &Utf8Path) -> Result<InspectDocument> {
    let listing = Listing::read(path)?;
    let sha256 =
        packages::sha256(&listing.source).with_context(|| format!("cannot read `{path}`"))?;
    // Binaries are the same facts for every target.
    let target = Target {
        runtime: Runtime::recommended(),
        arch: Arch::X86_64,
    };
    let surveyed = survey_zip(path.to_string(), listing.kind(), &listing.source, target);
    let files = || {
        listing
            .entries()
            .iter()
            .filter(|entry| kind(entry) == "file")
    };
    let folders = listing.entries().iter().filter(|entry| entry.is_dir());
    Ok(InspectDocument {
        path: path.to_string(),
        kind: match listing.kind() {
            Kind::Function => "function",
            Kind::Layer => "layer",
        },
        zipped_bytes: listing.zipped_bytes,
        unzipped_bytes: listing.unzipped_bytes(),
        direct_upload_limit_bytes: DIRECT_UPLOAD_LIMIT_BYTES,
        unzipped_limit_bytes: UNZIPPED_LIMIT_BYTES,
        sha256: sha256.to_hex(),
        code_sha256: sha256.to_code_sha256(),
        files: files().count(),
        folders: folders.count(),
        links: links(&surveyed),
        platform: Platform::of([&surveyed]).document(),
        modes: modes(files()),
        time_stamps: time_stamps(listing.entries()),
        methods: counts(files().map(|entry| method::name(entry.method).to_owned())),
        made_by: counts(listing.entries().iter().map(made_by)),
        extra_fields: counts(listing.entries().iter().flat_map(extra_fields)),
        comment: String::from_utf8_lossy(&listing.directory.end().comment).into_owned(),
        distributions: distributions(&listing),
        entries: entries(&listing),
        flaws: flaws(&surveyed),
    })
}

fn kind(entry: &Entry) -> &'static str {
    if entry.is_dir() {
        "folder"
    } else if entry.is_symlink() {
        "link"
    } else {
        "file"
    }
}

fn mode(entry: &Entry) -> Option<String> {
    entry
        .unix_mode()
        .map(|mode| format!("{:04o}", mode & 0o7777))
}

fn made_by(entry: &Entry) -> String {
    let version = entry.made_by & 0xff;
    format!("{} {}.{}", entry.made_on(), version / 10, version % 10)
}

fn extra_fields(entry: &Entry) -> impl Iterator<Item = String> {
    extra::blocks(&entry.extra).map(|(tag, _)| match extra::name(tag) {
        "unknown" => format!("{tag:#06x}"),
        name => name.to_owned(),
    })
}

/// Each once, in the order in which they were found.
fn flaws(package: &Package) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = package.flaws.iter().filter_map(flaw);
    all.filter(|flaw| seen.insert(flaw.clone())).collect()
}

/// `None` for what is only odd.
fn flaw(flaw: &Flaw) -> Option<String> {
    match flaw {
        Flaw::Unreadable { source, .. } => Some(source.to_string()),
        Flaw::Excessive(_) => Some("too much to be looked into".to_owned()),
        Flaw::Unsound(error) => Some(error.to_string()),
        Flaw::Damaged { name, source } => Some(format!("`{name}`: {source}")),
        Flaw::Closed { name, source } => Some(format!("`{name}`: {source}")),
        Flaw::Name { name, source, .. } => Some(format!("the name `{name}`: {source}")),
        Flaw::NeedlessZip64End | Flaw::Odd { .. } => None,
    }
}

fn links(package: &Package) -> Vec<LinkDocument> {
    let links = package.links.iter().map(|link| LinkDocument {
        path: link.path.to_string(),
        target: link.target.clone(),
    });
    links.collect()
}

fn modes<'a>(files: impl Iterator<Item = &'a Entry>) -> Vec<ModeDocument> {
    let mut by_mode: BTreeMap<Option<String>, Vec<&Entry>> = BTreeMap::new();
    for entry in files {
        by_mode.entry(mode(entry)).or_default().push(entry);
    }
    let modes = by_mode.into_iter().map(|(mode, entries)| {
        let is_usual = mode
            .as_ref()
            .is_some_and(|mode| USUAL_MODES.contains(&mode.as_str()));
        let named = if is_usual { 0 } else { FILES_NAMED };
        let such_as = entries.iter().take(named).map(|entry| entry.name.clone());
        ModeDocument {
            mode,
            files: entries.len(),
            such_as: such_as.collect(),
        }
    });
    let mut modes: Vec<ModeDocument> = modes.collect();
    modes.sort_by_key(|mode| std::cmp::Reverse(mode.files));
    modes
}

fn time_stamps(entries: &[Entry]) -> TimeStamps {
    let times = || entries.iter().map(|entry| entry.modified);
    let (earliest, latest) = (times().min(), times().max());
    TimeStamps {
        earliest: earliest.map(|time| iso(&time.to_string())),
        latest: latest.map(|time| iso(&time.to_string())),
        are_equal: earliest == latest,
    }
}

fn iso(time: &str) -> String {
    time.replace(' ', "T")
}

/// The most frequent first; of equals, in the order of their names.
fn counts<T: Ord + Hash + ToString>(values: impl Iterator<Item = T>) -> Vec<Count> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let counts = counts.into_iter().map(|(value, entries)| Count {
        name: value.to_string(),
        entries,
    });
    let mut counts: Vec<Count> = counts.collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.entries));
    counts
}

fn distributions(listing: &Listing) -> Vec<DistributionDocument> {
    let owners = listing.owners();
    let mut all: BTreeMap<(&str, &str), DistributionDocument> = BTreeMap::new();
    for entry in listing.entries().iter().filter(|entry| !entry.is_dir()) {
        let Some(owner) = owners.of(&entry.name) else {
            continue;
        };
        let key = (owner.name(), owner.version());
        let sum = all.entry(key).or_insert_with(|| DistributionDocument {
            name: owner.name().to_owned(),
            version: owner.version().to_owned(),
            files: 0,
            zipped_bytes: 0,
            unzipped_bytes: 0,
        });
        sum.files += 1;
        sum.zipped_bytes = sum.zipped_bytes.saturating_add(entry.compressed_bytes);
        sum.unzipped_bytes = sum.unzipped_bytes.saturating_add(entry.uncompressed_bytes);
    }
    all.into_values().collect()
}

fn entries(listing: &Listing) -> Vec<EntryDocument> {
    let owners = listing.owners();
    let owner = |owners: &Owners<'_>, entry: &Entry| {
        owners.of(&entry.name).map(|owner| owner.name().to_owned())
    };
    let entries = listing.entries().iter().map(|entry| EntryDocument {
        name: entry.name.clone(),
        kind: kind(entry),
        zipped_bytes: entry.compressed_bytes,
        unzipped_bytes: entry.uncompressed_bytes,
        mode: mode(entry),
        method: method::name(entry.method),
        crc32: format!("{:08x}", entry.crc32),
        modified: iso(&entry.modified.to_string()),
        distribution: owner(&owners, entry),
    });
    entries.collect()
}
