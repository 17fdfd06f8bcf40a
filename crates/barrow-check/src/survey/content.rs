//! Reads one entry of a zip once, and keeps its facts.

use barrow_core::ReadAt;
use barrow_core::zip::{InflateError, Inflater, Span};
use barrow_model::{EntryPath, Target};

use crate::facts::{Known, WHOLE_FILE_LIMIT_BYTES};

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
    let is_short = span.uncompressed_bytes <= WHOLE_FILE_LIMIT_BYTES;
    let mut content = Vec::new();
    let read = inflater.copy_verified(source, span, &mut |bytes| {
        if is_short {
            content.extend_from_slice(bytes);
        }
    });
    let damage = read.err();
    let known = if is_short {
        Known::read(path, &content, target)
    } else {
        Known::default()
    };
    Content { known, damage }
}
