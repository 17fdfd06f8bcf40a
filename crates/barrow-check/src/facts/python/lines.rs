//! From offsets to line numbers.

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
        for (at, &byte) in (1u32..).zip(bytes) {
            // A lone carriage return ends a line, too.
            let ends = byte == b'\n' || (byte == b'\r' && bytes.get(at as usize) != Some(&b'\n'));
            if ends {
                starts.push(at);
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
