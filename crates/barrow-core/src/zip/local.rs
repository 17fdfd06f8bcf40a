//! Whether the header in front of an entry's data agrees with the directory.

use std::ops::Range;

use super::check_error::{CheckZipError, Mismatch};
use super::entry::Entry;
use super::extra;
use super::record::{
    DESCRIPTOR_FOLLOWS, DESCRIPTOR_SIGNATURE, ENCRYPTED, LOCAL_BYTES, LocalHeader, MASKED_HEADER,
    STRONGLY_ENCRYPTED, UTF8_NAME,
};
use crate::ReadAt;

/// Where an entry lies, by its local header.
#[derive(Debug)]
pub(super) struct Local {
    pub data: Range<u64>,
    /// Behind the data descriptor, where there is one.
    pub end: u64,
    /// What the header says otherwise than the directory.
    pub faults: Vec<CheckZipError>,
}

/// The flags that change how an entry is read; the others are hints about the compressor.
const FLAGS_THAT_MATTER: u16 =
    ENCRYPTED | DESCRIPTOR_FOLLOWS | STRONGLY_ENCRYPTED | UTF8_NAME | MASKED_HEADER;

/// Extra areas that are read along with the fixed part and the name, without a second look.
const USUAL_EXTRA_BYTES: u64 = 64;

/// Fails where there is no local header. `limit` is where the directory starts; nothing of an
/// entry can lie behind it.
pub(super) fn find(source: &dyn ReadAt, entry: &Entry, limit: u64) -> Result<Local, CheckZipError> {
    let missing = || CheckZipError::NoLocalHeader {
        name: entry.label(),
        offset: entry.header_offset,
    };
    let start = entry.header_offset;
    let usual = (LOCAL_BYTES + entry.raw_name.len()) as u64 + USUAL_EXTRA_BYTES;
    let mut bytes = read(source, start, usual, limit)?;
    let header = LocalHeader::parse(&bytes).ok_or_else(missing)?;
    let length = LOCAL_BYTES + usize::from(header.name_bytes) + usize::from(header.extra_bytes);
    if bytes.len() < length {
        bytes = read(source, start, length as u64, limit)?;
    }
    let (name, extra) = bytes
        .get(LOCAL_BYTES..length)
        .and_then(|bytes| bytes.split_at_checked(usize::from(header.name_bytes)))
        .ok_or_else(missing)?;
    let mut faults: Vec<_> = mismatches(entry, &header, name, extra)
        .map(|mismatch| CheckZipError::LocalHeader {
            name: entry.label(),
            mismatch,
        })
        .collect();
    if let Some(other) = extra::second_name(extra, &entry.name) {
        faults.push(CheckZipError::SecondName {
            name: entry.label(),
            other,
        });
    }

    // In range: the caller has seen that a shorter form of this ends before the directory.
    let data = start.saturating_add(length as u64);
    let data = data..data.saturating_add(entry.compressed_bytes);
    let mut end = data.end;
    if header.flags & DESCRIPTOR_FOLLOWS != 0 {
        let bytes = read(source, data.end, 24, limit)?;
        match descriptor_bytes(entry, &bytes) {
            Some(length) => end += length,
            None => faults.push(CheckZipError::Descriptor {
                name: entry.label(),
            }),
        }
    }
    Ok(Local { data, end, faults })
}

fn mismatches(
    entry: &Entry,
    header: &LocalHeader,
    name: &[u8],
    extra: &[u8],
) -> impl Iterator<Item = Mismatch> {
    let wide = extra::widen(extra, header.uncompressed_bytes, header.compressed_bytes, 0);
    // Where a descriptor follows, a writer that could not seek left zeros, and one that could
    // put the true numbers in. Anything else is a lie.
    let open = header.flags & DESCRIPTOR_FOLLOWS != 0;
    let agrees = |local: u64, directory: u64| local == directory || (open && local == 0);
    let flags_agree = (header.flags ^ entry.flags) & FLAGS_THAT_MATTER == 0;
    [
        (name == entry.raw_name, Mismatch::Name),
        (flags_agree, Mismatch::Flags),
        (header.method == entry.method, Mismatch::Method),
        (
            agrees(header.crc32.into(), entry.crc32.into()),
            Mismatch::Crc32,
        ),
        (
            wide.is_none_or(|wide| agrees(wide.compressed_bytes, entry.compressed_bytes)),
            Mismatch::CompressedSize,
        ),
        (
            wide.is_some_and(|wide| agrees(wide.uncompressed_bytes, entry.uncompressed_bytes)),
            Mismatch::UncompressedSize,
        ),
    ]
    .into_iter()
    .filter_map(|(holds, mismatch)| (!holds).then_some(mismatch))
}

/// The length of the data descriptor at the start of `bytes`, which comes with or without a
/// signature and with narrow or wide sizes.
fn descriptor_bytes(entry: &Entry, bytes: &[u8]) -> Option<u64> {
    let crc32 = entry.crc32.to_le_bytes();
    let (compressed, uncompressed) = (entry.compressed_bytes, entry.uncompressed_bytes);
    let narrow = [
        (compressed as u32).to_le_bytes(),
        (uncompressed as u32).to_le_bytes(),
    ]
    .concat();
    let wide = [compressed.to_le_bytes(), uncompressed.to_le_bytes()].concat();
    let fits = u32::try_from(compressed.max(uncompressed)).is_ok();
    let signature = DESCRIPTOR_SIGNATURE.to_le_bytes();
    // Wide before narrow: the narrow form of an empty entry is the start of its wide form.
    let forms: [(&[u8], &[u8], bool); 4] = [
        (&signature, &wide, true),
        (&signature, &narrow, fits),
        (&[], &wide, true),
        (&[], &narrow, fits),
    ];
    forms.into_iter().find_map(|(signature, sizes, possible)| {
        let form = [signature, &crc32, sizes].concat();
        (possible && bytes.starts_with(&form)).then_some(form.len() as u64)
    })
}

/// Up to `count` bytes from `offset` on, fewer where `limit` comes first.
fn read(
    source: &dyn ReadAt,
    offset: u64,
    count: u64,
    limit: u64,
) -> Result<Vec<u8>, CheckZipError> {
    let count = count.min(limit.saturating_sub(offset));
    let mut bytes = vec![0; usize::try_from(count).expect("a header is under 200 KB")];
    source
        .read_exact_at(&mut bytes, offset)
        .map_err(|source| CheckZipError::Read { source })?;
    Ok(bytes)
}
