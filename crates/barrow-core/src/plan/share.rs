//! Who takes how much of the package.

use std::collections::HashMap;

use barrow_model::Bytes;

use super::conflict::Source;
use super::{Content, PlannedEntry};

/// What one wheel, or the project, has in the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub source: Source,
    pub entries: usize,
    pub unzipped_bytes: Bytes,
    /// What its spliced entries take in the package, headers and directory included. The rest is
    /// deflated only while packing, so of the project's files nothing is known here.
    pub zipped_bytes: Bytes,
}

/// Bytes of a local header and a directory record, each without the name.
const HEADERS_BYTES: u64 = 30 + 46;

pub(super) fn of(entries: &[PlannedEntry]) -> Vec<Share> {
    let mut shares: HashMap<Source, Share> = HashMap::new();
    for entry in entries {
        let share = shares.entry(entry.source).or_insert(Share {
            source: entry.source,
            entries: 0,
            unzipped_bytes: Bytes(0),
            zipped_bytes: Bytes(0),
        });
        share.entries += 1;
        share.unzipped_bytes = share.unzipped_bytes + entry.content.unzipped_bytes();
        if let Content::Spliced { span, .. } = &entry.content {
            let names = 2 * entry.path.as_str().len() as u64;
            let zipped = Bytes(span.compressed_bytes + HEADERS_BYTES + names);
            share.zipped_bytes = share.zipped_bytes + zipped;
        }
    }
    let mut shares: Vec<_> = shares.into_values().collect();
    // The source decides between equals, so that the order never depends on the hash map's.
    shares.sort_by_key(|share| (std::cmp::Reverse(share.unzipped_bytes), share.source));
    shares
}
