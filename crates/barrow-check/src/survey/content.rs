//! Reads one entry of a zip once, and keeps its facts.
//!
//! What is too long for memory is streamed, and only the windows are kept that the facts of a
//! binary want. Where one lies before the place that told of it, such as the names of a library
//! before its dynamic segment, the entry is streamed again up to there.

use barrow_core::ReadAt;
use barrow_core::zip::{InflateError, Inflater, Span};
use barrow_model::{EntryPath, Target};

use super::sparse::Sparse;
use crate::facts::{self, Known, WHOLE_FILE_LIMIT_BYTES, elf};

/// Headers, dynamic segment, names, and names again where they are far from each other.
const LARGEST_PASSES: usize = 4;

/// What an entry's bytes tell, and whether they are the ones that the directory promises.
pub(super) struct Content {
    pub known: Known,
    pub damage: Option<InflateError>,
}

pub(super) fn read(
    source: &dyn ReadAt,
    inflater: &mut Inflater,
    span: &Span,
    path: &EntryPath,
    target: Target,
) -> Content {
    if span.uncompressed_bytes > WHOLE_FILE_LIMIT_BYTES {
        return read_long(source, inflater, span);
    }
    let mut content = Vec::new();
    let read = inflater.copy_verified(source, span, &mut |bytes| {
        content.extend_from_slice(bytes);
    });
    Content {
        known: Known::read(path, &content, target),
        damage: read.err(),
    }
}

fn read_long(source: &dyn ReadAt, inflater: &mut Inflater, span: &Span) -> Content {
    let mut sparse = Sparse::new(span.uncompressed_bytes);
    let mut result = inflater.copy_verified(source, span, &mut taking(&mut sparse));
    for _ in 1..LARGEST_PASSES {
        let Some(until) = sparse.wanted_until().filter(|_| result.is_ok()) else {
            break;
        };
        result = inflater.copy_start(source, span, until, &mut taking(&mut sparse));
    }
    Content {
        known: Known {
            facts: facts::read_binary(&sparse, sparse.start()),
            secrets: Vec::new(),
        },
        damage: result.err(),
    }
}

/// Keeps what is wanted of a stream, and looks after each complete window what else that is.
fn taking(sparse: &mut Sparse) -> impl FnMut(&[u8]) {
    let mut offset = 0;
    move |piece| {
        if sparse.take(offset, piece) && elf::read(&*sparse).is_some() {
            sparse.want_missed();
        }
        offset += piece.len() as u64;
    }
}
