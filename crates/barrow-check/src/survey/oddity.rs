//! What an entry's record says without need.

use barrow_core::zip::name::NameEncoding;
use barrow_core::zip::record::DESCRIPTOR_FOLLOWS;
use barrow_core::zip::{Entry, Method, extra};

use super::flaw::Oddity;

/// Version 2.0 has folders and deflate (APPNOTE 4.4.3).
const VERSION_OF_DEFLATE: u16 = 20;
/// Version 4.5 has ZIP64.
const VERSION_OF_ZIP64: u16 = 45;

const KIND_MASK: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const SYMLINK: u32 = 0o120_000;

pub(super) fn of(entry: &Entry) -> impl Iterator<Item = Oddity> {
    let has_zip64 = extra::blocks(&entry.extra).any(|(tag, _)| tag == extra::ZIP64);
    let largest = entry
        .uncompressed_bytes
        .max(entry.compressed_bytes)
        .max(entry.header_offset);
    let needs_zip64 = largest >= u64::from(u32::MAX);
    let is_usual = Method::from_number(entry.method).is_some() && !entry.is_encrypted();
    let overstates = is_usual
        && !has_zip64
        && (entry.made_by & 0xff == VERSION_OF_ZIP64 || entry.version_needed > VERSION_OF_DEFLATE);
    let is_stored = entry.method == Method::Stored.number();
    let is_streamed = entry.flags & DESCRIPTOR_FOLLOWS != 0;
    let is_unmarked = entry.name_encoding == NameEncoding::Cp437;
    let is_utf8 = std::str::from_utf8(&entry.raw_name).is_ok();
    let kind = entry.unix_mode().unwrap_or_default() & KIND_MASK;
    [
        (overstates, Oddity::OverstatedVersion),
        (is_stored && is_streamed, Oddity::StoredStream),
        (has_zip64 && !needs_zip64, Oddity::NeedlessZip64),
        (is_unmarked && is_utf8, Oddity::UnmarkedName),
        (is_unmarked && !is_utf8, Oddity::UnknownName),
        (
            !matches!(kind, 0 | FOLDER | FILE | SYMLINK),
            Oddity::SpecialFile,
        ),
    ]
    .into_iter()
    .filter_map(|(holds, oddity)| holds.then_some(oddity))
}
