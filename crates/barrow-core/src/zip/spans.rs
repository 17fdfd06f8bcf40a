//! What a zip must satisfy before its bytes are copied without looking at them again.
//!
//! The aim is that all readers see one and the same archive: those that trust the directory,
//! those that trust the local headers, and those that stream from the front. Whatever they could
//! disagree about is refused. Gaps between entries are let pass, since nothing of them is copied.

use std::collections::HashSet;
use std::ops::Range;

use super::check_error::CheckZipError;
use super::directory::Directory;
use super::entry::Entry;
use super::local;
use super::name::NameEncoding;
use super::record::{END_SIGNATURE, LOCAL_BYTES};
use super::{Method, Span, extra};
use crate::ReadAt;

impl Directory {
    /// The data of each entry, in the order of [`Directory::entries`], once the whole archive is
    /// found to be sound. The data itself is not looked at; see [`inflate`](super::inflate).
    pub fn spans(&self, source: &dyn ReadAt) -> Result<Vec<Span>, CheckZipError> {
        let layouts = self.layouts(source)?;
        let spans = self.entries().iter().zip(layouts).map(|(entry, layout)| {
            let method =
                Method::from_number(entry.method).ok_or_else(|| CheckZipError::Method {
                    name: entry.label(),
                    method: entry.method,
                })?;
            Ok(Span {
                offset: layout.start,
                compressed_bytes: entry.compressed_bytes,
                uncompressed_bytes: entry.uncompressed_bytes,
                crc32: entry.crc32,
                method,
            })
        });
        spans.collect()
    }

    /// Where each entry's data lies, whatever its method.
    pub(super) fn layouts(&self, source: &dyn ReadAt) -> Result<Vec<Range<u64>>, CheckZipError> {
        self.check_end()?;
        self.check_entries()?;
        // Once by the directory alone, so that overlaps show as such and cost no reading; once
        // more with the true lengths of the local headers and descriptors.
        let least = self.entries().iter().map(|entry| {
            let header = LOCAL_BYTES as u64 + entry.raw_name.len() as u64;
            let bytes = entry.compressed_bytes.saturating_add(header);
            entry.header_offset..entry.header_offset.saturating_add(bytes)
        });
        self.check_ranges(least.collect())?;

        let (mut layouts, mut ranges) = (Vec::new(), Vec::new());
        for entry in self.entries() {
            let local = local::check(source, entry, self.offset())?;
            ranges.push(entry.header_offset..local.end);
            layouts.push(local.data);
        }
        self.check_ranges(ranges)?;
        Ok(layouts)
    }

    fn check_end(&self) -> Result<(), CheckZipError> {
        let end = self.end();
        let signature = END_SIGNATURE.to_le_bytes();
        if self.prepended_bytes() > 0 {
            return Err(CheckZipError::Prepended {
                bytes: self.prepended_bytes(),
            });
        }
        if end.trailing_bytes > 0 {
            return Err(CheckZipError::Trailing {
                bytes: end.trailing_bytes,
            });
        }
        if end
            .comment
            .windows(signature.len())
            .any(|bytes| bytes == signature)
        {
            return Err(CheckZipError::SecondEnd);
        }
        if end.is_ambiguous {
            return Err(CheckZipError::EndsDisagree);
        }
        let actual = self.entries().len() as u64;
        if end.entries != actual {
            return Err(CheckZipError::EntryCount {
                promised: end.entries,
                actual,
            });
        }
        Ok(())
    }

    fn check_entries(&self) -> Result<(), CheckZipError> {
        let mut names = HashSet::with_capacity(self.entries().len());
        for entry in self.entries() {
            check_entry(entry)?;
            if !names.insert(entry.name.as_str()) {
                return Err(CheckZipError::Duplicate {
                    name: entry.label(),
                });
            }
        }
        Ok(())
    }

    /// That the entries' bytes neither overlap nor reach into the directory.
    fn check_ranges(&self, ranges: Vec<Range<u64>>) -> Result<(), CheckZipError> {
        let mut ranges: Vec<_> = ranges.into_iter().zip(self.entries()).collect();
        ranges.sort_by_key(|(range, _)| (range.start, range.end));
        for (range, entry) in &ranges {
            if range.end > self.offset() {
                let (name, end) = (entry.label(), range.end);
                let directory = self.offset();
                return Err(CheckZipError::OverlapsDirectory {
                    name,
                    end,
                    directory,
                });
            }
        }
        for pair in ranges.windows(2) {
            let [(range, first), (next, second)] = pair else {
                continue;
            };
            if next.start < range.end {
                return Err(CheckZipError::Overlap {
                    first: first.label(),
                    second: second.label(),
                    at: next.start,
                });
            }
        }
        Ok(())
    }
}

/// What the directory alone tells about an entry.
fn check_entry(entry: &Entry) -> Result<(), CheckZipError> {
    let name = || entry.label();
    if entry.name_encoding == NameEncoding::Broken {
        return Err(CheckZipError::NameEncoding { name: name() });
    }
    if !extra::is_well_formed(&entry.extra) {
        return Err(CheckZipError::Extra { name: name() });
    }
    if let Some(other) = extra::second_name(&entry.extra, &entry.name) {
        return Err(CheckZipError::SecondName {
            name: name(),
            other,
        });
    }
    if entry.is_encrypted() {
        return Err(CheckZipError::Encrypted { name: name() });
    }
    let (compressed, uncompressed) = (entry.compressed_bytes, entry.uncompressed_bytes);
    if entry.method == Method::Stored.number() && compressed != uncompressed {
        return Err(CheckZipError::StoredSizes {
            name: name(),
            compressed,
            uncompressed,
        });
    }
    Ok(())
}
