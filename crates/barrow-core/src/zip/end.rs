//! The end of an archive: where the directory is, and how sure that is.

use std::io;

use super::read_error::ReadZipError;
use super::record::{
    END_BYTES, END_SIGNATURE, END64_BYTES, End, End64, LOCATOR64_BYTES, Locator64,
};
use crate::ReadAt;

/// How far from the end the records can start: the longest comment behind the end record, and
/// both ZIP64 records in front of it.
const TAIL_BYTES: u64 = 65_535 + (END_BYTES + LOCATOR64_BYTES + END64_BYTES) as u64;

/// The last bytes of an archive, read once.
pub(super) struct Tail {
    pub bytes: Vec<u8>,
    /// Of the first of `bytes`, from the start of the file.
    pub offset: u64,
}

/// What the records at the end say, and where they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndOfArchive {
    pub entries: u64,
    pub directory_bytes: u64,
    /// As written: from the start of the archive, which may not be the start of the file.
    pub stated_directory_offset: u64,
    /// Where the directory ends in the file: the start of the first end record.
    pub directory_end: u64,
    pub comment: Vec<u8>,
    /// Bytes of the file behind the comment.
    pub trailing_bytes: u64,
    /// Whether a ZIP64 record was found.
    pub is_zip64: bool,
    /// Whether the narrow and the wide record can be read to mean different directories.
    pub is_ambiguous: bool,
}

impl Tail {
    pub(super) fn read(source: &dyn ReadAt) -> io::Result<Self> {
        let file_bytes = source.len()?;
        let length = file_bytes.min(TAIL_BYTES);
        let mut bytes = vec![0; usize::try_from(length).expect("a tail is under 66 KB")];
        let offset = file_bytes - length;
        source.read_exact_at(&mut bytes, offset)?;
        Ok(Self { bytes, offset })
    }

    /// The bytes of the file from `offset` on, where the tail has them.
    pub(super) fn from(&self, offset: u64) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.offset)?).ok()?;
        self.bytes.get(start..)
    }

    /// Takes the last end record whose comment fits into the file, as most readers do.
    pub(super) fn find_end(&self) -> Result<EndOfArchive, ReadZipError> {
        let mut overrun = None;
        let signature = END_SIGNATURE.to_le_bytes();
        for start in (0..self.bytes.len().saturating_sub(END_BYTES - 1)).rev() {
            if !self.bytes[start..].starts_with(&signature) {
                continue;
            }
            let Some(end) = End::parse(&self.bytes[start..]) else {
                continue;
            };
            let behind = self.bytes.len() - start - END_BYTES;
            if usize::from(end.comment_bytes) <= behind {
                return self.interpret(start, &end);
            }
            overrun.get_or_insert(ReadZipError::CommentOverrun {
                promised: end.comment_bytes,
                present: behind as u64,
            });
        }
        Err(overrun.unwrap_or(ReadZipError::NoEnd {
            bytes: self.offset + self.bytes.len() as u64,
        }))
    }

    fn interpret(&self, start: usize, end: &End) -> Result<EndOfArchive, ReadZipError> {
        let comment_start = start + END_BYTES;
        let comment_end = comment_start + usize::from(end.comment_bytes);
        let comment = self.bytes[comment_start..comment_end].to_vec();
        let trailing_bytes = (self.bytes.len() - comment_end) as u64;
        let end_offset = self.offset + start as u64;

        let locator = start.checked_sub(LOCATOR64_BYTES);
        let locator = locator.and_then(|at| Some((at, Locator64::parse(&self.bytes[at..])?)));
        let Some((locator_start, locator)) = locator else {
            if end.disk != 0 || end.directory_disk != 0 || end.entries_on_disk != end.entries {
                return Err(ReadZipError::Split);
            }
            return Ok(EndOfArchive {
                entries: u64::from(end.entries),
                directory_bytes: u64::from(end.directory_bytes),
                stated_directory_offset: u64::from(end.directory_offset),
                directory_end: end_offset,
                comment,
                trailing_bytes,
                is_zip64: false,
                is_ambiguous: false,
            });
        };

        // The record is where the locator says, or, when something was put in front of the
        // archive, right before the locator.
        let locator_offset = self.offset + locator_start as u64;
        let adjacent = locator_offset.checked_sub(END64_BYTES as u64);
        let (end64_offset, end64) = [Some(locator.end64_offset), adjacent]
            .into_iter()
            .flatten()
            .filter(|&offset| offset < locator_offset)
            .find_map(|offset| Some((offset, End64::parse(self.from(offset)?)?)))
            .ok_or(ReadZipError::NoEnd64 {
                offset: locator.end64_offset,
            })?;
        if end64.disk != 0
            || end64.directory_disk != 0
            || locator.disk != 0
            || locator.disks > 1
            || end64.entries_on_disk != end64.entries
        {
            return Err(ReadZipError::Split);
        }
        let agrees =
            |narrow: u64, placeholder: u64, wide: u64| narrow == placeholder || narrow == wide;
        let record_end = end64.record_bytes.checked_add(end64_offset + 12);
        let is_ambiguous = end64_offset != locator.end64_offset
            || record_end != Some(locator_offset)
            || !agrees(end.entries.into(), u16::MAX.into(), end64.entries)
            || !agrees(
                end.directory_bytes.into(),
                u32::MAX.into(),
                end64.directory_bytes,
            )
            || !agrees(
                end.directory_offset.into(),
                u32::MAX.into(),
                end64.directory_offset,
            );
        Ok(EndOfArchive {
            entries: end64.entries,
            directory_bytes: end64.directory_bytes,
            stated_directory_offset: end64.directory_offset,
            directory_end: end64_offset,
            comment,
            trailing_bytes,
            is_zip64: true,
            is_ambiguous,
        })
    }
}
