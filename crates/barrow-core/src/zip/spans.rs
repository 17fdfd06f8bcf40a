//! What a zip must satisfy before its bytes are copied without looking at them again.
//!
//! The aim is that all readers see one and the same archive: those that trust the directory,
//! those that trust the local headers, and those that stream from the front. Whatever they could
//! disagree about is refused. Gaps between entries are let pass, since nothing of them is copied.

use std::ops::Range;

use super::check_error::CheckZipError;
use super::directory::Directory;
use super::{Method, Span, faults, local};
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
        refuse_any(faults::of_end(self))?;
        refuse_any(faults::of_entries(self.entries()))?;
        // Once by the directory alone, so that overlaps show as such and cost no reading; once
        // more with the true lengths of the local headers and descriptors.
        let least: Vec<_> = self.entries().iter().map(faults::least_range).collect();
        refuse_any(faults::of_ranges(self, &least).map(|fault| fault.error))?;

        let (mut layouts, mut ranges) = (Vec::new(), Vec::new());
        for entry in self.entries() {
            let local = local::find(source, entry, self.offset())?;
            refuse_any(local.faults.into_iter())?;
            ranges.push(entry.header_offset..local.end);
            layouts.push(local.data);
        }
        refuse_any(faults::of_ranges(self, &ranges).map(|fault| fault.error))?;
        Ok(layouts)
    }
}

fn refuse_any(mut faults: impl Iterator<Item = CheckZipError>) -> Result<(), CheckZipError> {
    faults.next().map_or(Ok(()), Err)
}
