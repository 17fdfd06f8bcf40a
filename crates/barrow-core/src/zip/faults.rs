//! The rules of a sound archive. Each function gives all that breaks its rule, in order.
//!
//! Who copies bytes refuses at the first ([`spans`](super::spans)); who judges an archive wants
//! to hear of every one ([`examine`](super::examine)).

use std::collections::HashSet;
use std::ops::Range;

use super::check_error::CheckZipError;
use super::directory::Directory;
use super::entry::Entry;
use super::name::NameEncoding;
use super::record::{END_SIGNATURE, LOCAL_BYTES};
use super::{Method, extra};

/// What the records at the end leave open.
pub(super) fn of_end(directory: &Directory) -> impl Iterator<Item = CheckZipError> {
    let end = directory.end();
    let signature = END_SIGNATURE.to_le_bytes();
    let (prepended, trailing) = (directory.prepended_bytes(), end.trailing_bytes);
    let has_second_end = end
        .comment
        .windows(signature.len())
        .any(|bytes| bytes == signature);
    let (promised, actual) = (end.entries, directory.entries().len() as u64);
    [
        (prepended > 0).then_some(CheckZipError::Prepended { bytes: prepended }),
        (trailing > 0).then_some(CheckZipError::Trailing { bytes: trailing }),
        has_second_end.then_some(CheckZipError::SecondEnd),
        end.is_ambiguous.then_some(CheckZipError::EndsDisagree),
        (promised != actual).then_some(CheckZipError::EntryCount { promised, actual }),
    ]
    .into_iter()
    .flatten()
}

/// What the directory alone tells about its entries.
pub(super) fn of_entries(entries: &[Entry]) -> impl Iterator<Item = CheckZipError> {
    let mut names = HashSet::with_capacity(entries.len());
    entries.iter().flat_map(move |entry| {
        let is_repeated = !names.insert(entry.name.as_str());
        let duplicate = is_repeated.then(|| CheckZipError::Duplicate {
            name: entry.label(),
        });
        of_entry(entry).chain(duplicate)
    })
}

fn of_entry(entry: &Entry) -> impl Iterator<Item = CheckZipError> {
    let name = || entry.label();
    let (compressed, uncompressed) = (entry.compressed_bytes, entry.uncompressed_bytes);
    let is_stored = entry.method == Method::Stored.number();
    [
        (entry.name_encoding == NameEncoding::Broken)
            .then(|| CheckZipError::NameEncoding { name: name() }),
        (!extra::is_well_formed(&entry.extra)).then(|| CheckZipError::Extra { name: name() }),
        extra::second_name(&entry.extra, &entry.name).map(|other| CheckZipError::SecondName {
            name: name(),
            other,
        }),
        entry
            .is_encrypted()
            .then(|| CheckZipError::Encrypted { name: name() }),
        // The data of an encrypted entry is longer than what it hides.
        (is_stored && compressed != uncompressed && !entry.is_encrypted()).then(|| {
            CheckZipError::StoredSizes {
                name: name(),
                compressed,
                uncompressed,
            }
        }),
    ]
    .into_iter()
    .flatten()
}

/// Where an entry lies at least, going by the directory alone.
pub(super) fn least_range(entry: &Entry) -> Range<u64> {
    let header = LOCAL_BYTES as u64 + entry.raw_name.len() as u64;
    let bytes = entry.compressed_bytes.saturating_add(header);
    entry.header_offset..entry.header_offset.saturating_add(bytes)
}

/// An entry whose bytes are not its own.
pub(super) struct RangeFault {
    /// Its position in the directory.
    pub entry: usize,
    pub error: CheckZipError,
}

/// Entries whose bytes reach into the directory, then those that begin inside another. There is
/// one range for each entry.
pub(super) fn of_ranges(
    directory: &Directory,
    ranges: &[Range<u64>],
) -> impl Iterator<Item = RangeFault> {
    let entries = directory.entries();
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|&number| (ranges[number].start, ranges[number].end));

    let limit = directory.offset();
    let too_long = order
        .iter()
        .filter(|&&number| ranges[number].end > limit)
        .map(|&entry| RangeFault {
            entry,
            error: CheckZipError::OverlapsDirectory {
                name: entries[entry].label(),
                end: ranges[entry].end,
                directory: limit,
            },
        });
    let too_long: Vec<_> = too_long.collect();

    // The entry so far that reaches furthest.
    let mut reach: Option<usize> = None;
    let overlaps = order.into_iter().filter_map(move |entry| {
        let range = &ranges[entry];
        let before = reach.filter(|&before| range.start < ranges[before].end);
        if reach.is_none_or(|furthest| range.end >= ranges[furthest].end) {
            reach = Some(entry);
        }
        before.map(|before| RangeFault {
            entry,
            error: CheckZipError::Overlap {
                first: entries[before].label(),
                second: entries[entry].label(),
                at: range.start,
            },
        })
    });
    too_long.into_iter().chain(overlaps)
}
