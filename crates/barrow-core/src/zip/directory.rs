//! The central directory of any archive.
//!
//! Read in one go, or in none when it lies in the tail that was read to find it. What is refused
//! here is only what cannot be made out; see [`spans`](super::spans) for what is asked of wheels.

use super::end::{EndOfArchive, Tail};
use super::entry::Entry;
use super::read_error::ReadZipError;
use super::record::{CENTRAL_BYTES, CentralHeader};
use crate::ReadAt;

/// A third of a million entries with names of 50 bytes. The largest wheel known to us, with
/// 20 000 entries, needs 3 MB.
const DIRECTORY_LIMIT_BYTES: u64 = 32 << 20;

/// What an archive says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    entries: Vec<Entry>,
    /// Where the directory starts in the file.
    offset: u64,
    end: EndOfArchive,
}

impl Directory {
    /// Finds and reads the directory of the archive that ends where `source` ends.
    pub fn read(source: &dyn ReadAt) -> Result<Self, ReadZipError> {
        let tail = Tail::read(source).map_err(|source| ReadZipError::Read { source })?;
        let end = tail.find_end()?;
        let bytes = end.directory_bytes;
        if bytes > DIRECTORY_LIMIT_BYTES {
            return Err(ReadZipError::TooLarge {
                bytes,
                limit: DIRECTORY_LIMIT_BYTES,
            });
        }
        let outside = || ReadZipError::Outside {
            bytes,
            offset: end.stated_directory_offset,
            end: end.directory_end,
        };
        // The directory lies right before the end record. Where it is said to start earlier,
        // something was put in front of the archive, and all offsets are short by as much.
        let offset = end.directory_end.checked_sub(bytes).ok_or_else(outside)?;
        let shift = offset
            .checked_sub(end.stated_directory_offset)
            .ok_or_else(outside)?;

        let length = usize::try_from(bytes).expect("limited above");
        let entries = if let Some(bytes) = tail.from(offset) {
            parse_entries(&bytes[..length], shift)?
        } else {
            let mut bytes = vec![0; length];
            source
                .read_exact_at(&mut bytes, offset)
                .map_err(|source| ReadZipError::Read { source })?;
            parse_entries(&bytes, shift)?
        };
        Ok(Self {
            entries,
            offset,
            end,
        })
    }

    /// In the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the directory starts, from the start of the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes in front of the archive that its offsets do not count.
    pub fn prepended_bytes(&self) -> u64 {
        self.offset - self.end.stated_directory_offset
    }

    /// What the records at the end say.
    pub fn end(&self) -> &EndOfArchive {
        &self.end
    }
}

fn parse_entries(directory: &[u8], shift: u64) -> Result<Vec<Entry>, ReadZipError> {
    let mut entries = Vec::new();
    let mut at = 0;
    while at < directory.len() {
        let number = entries.len() + 1;
        let cut = || ReadZipError::Entry {
            number,
            at,
            bytes: directory.len(),
        };
        let header = CentralHeader::parse(&directory[at..]).ok_or_else(cut)?;
        let name = at + CENTRAL_BYTES;
        let extra = name + usize::from(header.name_bytes);
        let comment = extra + usize::from(header.extra_bytes);
        let next = comment + usize::from(header.comment_bytes);
        if next > directory.len() {
            return Err(cut());
        }
        let entry = Entry::new(
            &header,
            &directory[name..extra],
            &directory[extra..comment],
            &directory[comment..next],
            shift,
        );
        entries.push(entry.ok_or(ReadZipError::Zip64 { number })?);
        at = next;
    }
    Ok(entries)
}
