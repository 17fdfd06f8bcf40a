//! Reads one entry of a zip once, and keeps its facts.
//!
//! What is too long for memory is streamed, and only the windows are kept that the facts of a
//! binary want. Where one lies before the place that told of it, such as the names of a library
//! before its dynamic segment, the entry is streamed again up to there.

use std::io;

use barrow_core::ReadAt;
use barrow_core::zip::{InflateError, Inflater, Span};
use barrow_model::{EntryPath, Target};

use super::sparse::Sparse;
use crate::facts::{self, Facts, Known, WHOLE_FILE_LIMIT_BYTES, elf};

/// Headers, dynamic segment, names, and names again where they are far from each other.
const LARGEST_PASSES: usize = 4;

const PIECE_BYTES: usize = 64 << 10;

/// What an entry's bytes tell, and whether they are the ones that the directory promises.
pub(super) struct Content {
    pub known: Known,
    pub damage: Option<InflateError>,
}

/// `know` tells what a whole file's bytes say.
pub(super) fn read(
    source: &dyn ReadAt,
    inflater: &mut Inflater,
    span: &Span,
    know: impl FnOnce(&[u8]) -> Known,
) -> Content {
    if span.uncompressed_bytes > WHOLE_FILE_LIMIT_BYTES {
        return read_long(source, inflater, span);
    }
    // What an entry promises is not believed beyond what its bytes can give: deflate gives at most
    // 1032 for one.
    let most = span.compressed_bytes.saturating_mul(1032);
    let mut content = Vec::with_capacity(span.uncompressed_bytes.min(most) as usize);
    let read = inflater.copy_verified(source, span, &mut |bytes| {
        content.extend_from_slice(bytes);
    });
    Content {
        known: know(&content),
        damage: read.err(),
    }
}

fn read_long(source: &dyn ReadAt, inflater: &mut Inflater, span: &Span) -> Content {
    let bytes = span.uncompressed_bytes;
    let (facts, result) = read_windows(bytes, |until, sink| {
        if until == bytes {
            inflater.copy_verified(source, span, sink)
        } else {
            inflater.copy_start(source, span, until, sink)
        }
    });
    Content {
        known: Known {
            facts,
            secrets: Vec::new(),
        },
        damage: result.err(),
    }
}

/// Reads a file that lies on disk as it is.
pub(super) fn read_plain(
    source: &dyn ReadAt,
    bytes: u64,
    path: &EntryPath,
    target: Target,
) -> io::Result<Known> {
    if bytes <= WHOLE_FILE_LIMIT_BYTES {
        let mut content = vec![0; usize::try_from(bytes).expect("limited above")];
        source.read_exact_at(&mut content, 0)?;
        return Ok(Known::read(path, &content, target));
    }
    let mut piece = vec![0; PIECE_BYTES];
    let (facts, result) = read_windows(bytes, |until, sink| {
        let mut offset = 0;
        while offset < until {
            let count = (until - offset).min(PIECE_BYTES as u64);
            let piece = &mut piece[..count as usize];
            source.read_exact_at(piece, offset)?;
            sink(piece);
            offset += count;
        }
        Ok(())
    });
    result.map(|()| Known {
        facts,
        secrets: Vec::new(),
    })
}

/// `stream` gives a file's bytes up to an offset; the first time, all of them.
fn read_windows<E>(
    bytes: u64,
    mut stream: impl FnMut(u64, &mut dyn FnMut(&[u8])) -> Result<(), E>,
) -> (Facts, Result<(), E>) {
    let mut sparse = Sparse::new(bytes);
    let mut result = stream(bytes, &mut taking(&mut sparse));
    for _ in 1..LARGEST_PASSES {
        let Some(until) = sparse.wanted_until().filter(|_| result.is_ok()) else {
            break;
        };
        result = stream(until, &mut taking(&mut sparse));
    }
    (facts::read_binary(&sparse, sparse.start()), result)
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
