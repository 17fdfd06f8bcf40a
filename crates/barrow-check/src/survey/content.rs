//! Reads one entry of a zip once, and keeps its facts.

use barrow_core::ReadAt;
use barrow_core::zip::{InflateError, Inflater, Span};
use barrow_model::{EntryPath, Target};

use crate::facts::secret::Secret;
use crate::facts::{self, Facts, WHOLE_FILE_LIMIT_BYTES, secret};

/// What an entry's bytes tell, and whether they are the ones that the directory promises.
pub(super) struct Content {
    pub facts: Facts,
    pub secrets: Vec<Secret>,
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
    if !is_short {
        return Content {
            facts: Facts::Plain,
            secrets: Vec::new(),
            damage,
        };
    }
    Content {
        facts: facts::read(path, &content, target),
        secrets: secret::read(&content),
        damage,
    }
}
