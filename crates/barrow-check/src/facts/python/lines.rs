//! From offsets to line numbers.

use memchr::memchr2_iter;
use ruff_text_size::{Ranged, TextSize};

/// Where each line of a source begins.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub(super) fn of(source: &str) -> Self {
        let bytes = source.as_bytes();
        let mut starts = vec![0];
        for at in memchr2_iter(b'\n', b'\r', bytes) {
            // A lone carriage return ends a line, too.
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// From 1.
    pub(super) fn line(&self, node: &impl Ranged) -> u32 {
        self.line_at(node.start())
    }

    pub(super) fn line_at(&self, offset: TextSize) -> u32 {
        let offset = offset.to_u32();
        self.starts.partition_point(|&start| start <= offset) as u32
    }
}
