//! All that is wrong with an archive, and what can be read of it all the same.
//!
//! Where readers could disagree, this one does what most unzippers do: it trusts the directory,
//! and asks a local header only for how long it is.

use super::check_error::CheckZipError;
use super::directory::Directory;
use super::entry::Entry;
use super::faults::RangeFault;
use super::{Method, Span, faults, local};
use crate::ReadAt;

/// An archive as it is, whoever made it.
#[derive(Debug)]
pub struct Examination {
    /// One for each entry of the directory. `None` where its data cannot be found, is not the
    /// entry's alone, or cannot be read; a fault says why.
    pub spans: Vec<Option<Span>>,
    /// Of the archive first, then of its entries.
    pub faults: Vec<CheckZipError>,
}

impl Directory {
    /// Looks at every record of the archive and at none of the data.
    pub fn examine(&self, source: &dyn ReadAt) -> Examination {
        let mut faults: Vec<_> = faults::of_end(self).collect();
        faults.extend(faults::of_entries(self.entries()));

        // By the directory alone at first: what shares bytes with others is not read, so that
        // an archive of nothing but overlaps costs no more than its directory.
        let mut ranges: Vec<_> = self.entries().iter().map(faults::least_range).collect();
        let mut is_whole = vec![true; ranges.len()];
        for RangeFault { entry, error } in faults::of_ranges(self, &ranges) {
            is_whole[entry] = false;
            faults.push(error);
        }

        let mut spans = vec![None; ranges.len()];
        for (number, entry) in self.entries().iter().enumerate() {
            if !is_whole[number] {
                continue;
            }
            match local::find(source, entry, self.offset()) {
                Ok(local) => {
                    faults.extend(local.faults);
                    ranges[number].end = local.end;
                    spans[number] = span(entry, local.data.start, &mut faults);
                }
                Err(error @ CheckZipError::Read { .. }) => {
                    faults.push(error);
                    break;
                }
                Err(error) => faults.push(error),
            }
        }
        for RangeFault { entry, error } in faults::of_ranges(self, &ranges) {
            if is_whole[entry] {
                spans[entry] = None;
                faults.push(error);
            }
        }
        Examination { spans, faults }
    }
}

fn span(entry: &Entry, offset: u64, faults: &mut Vec<CheckZipError>) -> Option<Span> {
    if entry.is_encrypted() {
        return None;
    }
    let Some(method) = Method::from_number(entry.method) else {
        faults.push(CheckZipError::Method {
            name: entry.label(),
            method: entry.method,
        });
        return None;
    };
    // A fault of the directory, which is known already.
    if method == Method::Stored && entry.compressed_bytes != entry.uncompressed_bytes {
        return None;
    }
    Some(Span {
        offset,
        compressed_bytes: entry.compressed_bytes,
        uncompressed_bytes: entry.uncompressed_bytes,
        crc32: entry.crc32,
        method,
    })
}
