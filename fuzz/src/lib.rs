//! What both targets need: two readers of a zip, and whether they see the same.

use std::io::{Cursor, Read as _};

use barrow_core::ReadAt;
use barrow_core::zip::{Directory, Span, copy_verified};
use sha2::{Digest as _, Sha256};

/// Entries that promise more are not inflated: the fuzzer has better things to do.
pub const LARGE_BYTES: u64 = 1 << 20;

/// Name and digest of the content.
pub type Seen = (String, [u8; 32]);

/// What our reader makes of an archive that it finds sound; nothing if it refuses any of it.
pub fn ours(archive: &Vec<u8>) -> Option<Vec<Seen>> {
    let directory = Directory::read(archive).ok()?;
    let spans = directory.spans(archive).ok()?;
    if spans
        .iter()
        .any(|span| span.uncompressed_bytes > LARGE_BYTES)
    {
        return None;
    }
    let names = directory.entries().iter().map(|entry| entry.name.clone());
    names
        .zip(&spans)
        .map(|(name, span)| Some((name, content(archive, span)?)))
        .collect()
}

fn content(archive: &dyn ReadAt, span: &Span) -> Option<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut bytes = 0;
    let result = copy_verified(archive, span, &mut |piece| {
        bytes += piece.len() as u64;
        digest.update(piece);
    });
    assert!(bytes <= span.uncompressed_bytes, "more than was promised");
    result.ok()?;
    Some(digest.finalize().into())
}

/// What the `zip` crate makes of an archive.
pub fn theirs(archive: &[u8]) -> Result<Vec<Seen>, zip::result::ZipError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive))?;
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index)?;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            Ok((entry.name()?.into_owned(), Sha256::digest(&bytes).into()))
        })
        .collect()
}
