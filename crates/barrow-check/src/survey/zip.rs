//! Surveys a zip, from whoever.
//!
//! Nothing is refused: what a reader could still make of the archive becomes files, and what is
//! wrong with it becomes flaws.

use barrow_core::ReadAt;
use barrow_core::zip::{Directory, Entry, Inflater, Span};
use barrow_model::limits::ENTRIES_WITHOUT_ZIP64;
use barrow_model::{EntryPath, Target};
use rayon::prelude::*;

use super::flaw::{Excess, Flaw, Start};
use super::name::Named;
use super::{FILES_AT_ONCE, content, links, oddity};
use crate::facts::Known;
use crate::package::{File, Folder, Form, Kind, Package};

/// Three times what a zip can list without ZIP64; as many files take some 50 MB of memory.
pub(super) const ENTRIES_LIMIT: usize = 200_000;
/// Sixteen times what Lambda unpacks; reading as much takes some seconds.
const UNZIPPED_LIMIT_BYTES: u64 = 4 << 30;
/// Deflate reaches 1032:1 on zeros; real packages stay under 10:1. What is this dense and more
/// than Lambda unpacks is there to be expensive.
const RATIO_LIMIT: u64 = 100;
/// `PATH_MAX`: no longer path can be opened.
const LINK_LIMIT_BYTES: u64 = 4096;

/// Reads all of a zip, on every core that rayon's pool has.
pub fn survey_zip(name: String, kind: Kind, source: &dyn ReadAt, target: Target) -> Package {
    let bytes = source.len().unwrap_or(0);
    let form = Form::Zip { bytes };
    let nothing = |flaw| Package::new(name.clone(), kind, form, vec![], vec![], vec![flaw]);
    let directory = match Directory::read(source) {
        Ok(directory) => directory,
        Err(error) => {
            return nothing(Flaw::Unreadable {
                source: error,
                start: start(source, bytes),
            });
        }
    };
    let entries = directory.entries();
    if entries.len() > ENTRIES_LIMIT {
        return nothing(Flaw::Excessive(Excess::Entries {
            count: entries.len(),
            limit: ENTRIES_LIMIT,
        }));
    }
    let (spans, mut flaws) = if let Some(excess) = excess(entries, bytes) {
        (vec![None; entries.len()], vec![Flaw::Excessive(excess)])
    } else {
        let examination = directory.examine(source);
        let flaws = examination.faults.into_iter().map(Flaw::Unsound).collect();
        (examination.spans, flaws)
    };

    let end = directory.end();
    let numbers = end.stated_directory_offset.max(end.directory_bytes);
    let needs_zip64 = entries.len() > ENTRIES_WITHOUT_ZIP64 || numbers >= u64::from(u32::MAX);
    if end.is_zip64 && !needs_zip64 {
        flaws.push(Flaw::NeedlessZip64End);
    }

    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for (entry, span) in entries.iter().zip(spans) {
        let name = Named::of(entry);
        flaws.extend(name.flaw);
        // Whatever is odd about an entry for a folder, its files make the folder.
        if !name.is_folder {
            flaws.extend(oddity::of(entry).map(|oddity| Flaw::Odd {
                name: name.label.clone(),
                oddity,
            }));
        }
        match name.path {
            Some(path) if name.is_folder => folders.push(Folder {
                path,
                mode: permissions(entry),
            }),
            Some(path) => files.push((entry, span, path)),
            None => {}
        }
    }

    let read = files
        .into_par_iter()
        .with_max_len(FILES_AT_ONCE)
        .map_init(Inflater::new, |inflater, (entry, span, path)| {
            read(source, inflater, entry, span, path, target)
        });
    let (mut files, mut targets) = (Vec::new(), Vec::new());
    for read in read.collect::<Vec<_>>() {
        flaws.extend(read.flaw);
        targets.extend(read.link.map(|target| (read.file.path.clone(), target)));
        files.push(read.file);
    }
    let package = Package::new(name, kind, form, files, folders, flaws);
    links::follow(package, targets)
}

fn start(source: &dyn ReadAt, length: u64) -> Start {
    let mut bytes = vec![0; length.min(Start::BYTES as u64) as usize];
    match source.read_exact_at(&mut bytes, 0) {
        Ok(()) => Start::of(&bytes),
        Err(_) => Start::Unknown,
    }
}

/// Whether reading all of it would take too long.
fn excess(entries: &[Entry], zipped: u64) -> Option<Excess> {
    let sizes = entries.iter().map(|entry| entry.uncompressed_bytes);
    let unzipped = sizes.fold(0, u64::saturating_add);
    let is_dense = unzipped >= barrow_model::limits::UNZIPPED_LIMIT_BYTES
        && unzipped / RATIO_LIMIT >= zipped.max(1);
    (is_dense || unzipped > UNZIPPED_LIMIT_BYTES).then_some(Excess::Bytes { unzipped, zipped })
}

/// A file, and what reading it brought up.
struct Read {
    file: File,
    flaw: Option<Flaw>,
    /// Where it leads, of a symbolic link.
    link: Option<String>,
}

fn read(
    source: &dyn ReadAt,
    inflater: &mut Inflater,
    entry: &Entry,
    span: Option<Span>,
    path: EntryPath,
    target: Target,
) -> Read {
    let (mut known, mut damage, mut link) = (Known::default(), None, None);
    if let Some(span) = span {
        if entry.is_symlink() && span.uncompressed_bytes <= LINK_LIMIT_BYTES {
            let mut text = Vec::new();
            let copied = inflater.copy_verified(source, &span, &mut |bytes| {
                text.extend_from_slice(bytes);
            });
            damage = copied.err();
            link = Some(String::from_utf8_lossy(&text).into_owned());
        } else {
            let know = |content: &[u8]| Known::read(&path, content, target);
            let content = content::read(source, inflater, &span, know);
            damage = content.damage;
            // Half a file would only be blamed for what the other half has.
            if damage.is_none() {
                known = content.known;
            }
        }
    }
    let file = File {
        path,
        unzipped_bytes: entry.uncompressed_bytes,
        zipped_bytes: entry.compressed_bytes,
        mode: permissions(entry),
        modified: entry
            .modified
            .to_unix_seconds()
            .and_then(|seconds| i64::try_from(seconds).ok()),
        facts: known.facts,
        secrets: known.secrets,
    };
    let flaw = damage.map(|source| Flaw::Damaged {
        name: entry.label(),
        source,
    });
    Read { file, flaw, link }
}

/// Without the bits that say what kind of file it is.
fn permissions(entry: &Entry) -> Option<u32> {
    entry.unix_mode().map(|mode| mode & 0o7777)
}
