//! One line of the central directory, kept as it was written.

use super::name::{self, NameEncoding};
use super::record::{CentralHeader, ENCRYPTED, MASKED_HEADER, STRONGLY_ENCRYPTED};
use super::{DosTime, extra};

/// The bits of a Unix mode that say what kind of file it is.
const KIND_MASK: u32 = 0o170_000;
const SYMLINK: u32 = 0o120_000;

/// An entry of an archive, as its central directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Decoded from `raw_name`; see [`NameEncoding`].
    pub name: String,
    pub name_encoding: NameEncoding,
    pub raw_name: Vec<u8>,
    /// High byte: the system whose attributes these are. Low byte: version of the format.
    pub made_by: u16,
    pub version_needed: u16,
    pub flags: u16,
    /// Shown by [`method::name`](super::method::name).
    pub method: u16,
    pub modified: DosTime,
    pub crc32: u32,
    pub compressed_bytes: u64,
    pub uncompressed_bytes: u64,
    /// Of the local header, from the start of the file.
    pub header_offset: u64,
    pub external_attributes: u32,
    pub extra: Vec<u8>,
    pub comment: Vec<u8>,
}

impl Entry {
    /// `None` when a ZIP64 placeholder stands for a number that is not there, or the offset is
    /// beyond 64 bits. `shift` is what the archive's offsets are short of offsets in the file.
    pub(super) fn new(
        header: &CentralHeader,
        raw_name: &[u8],
        extra: &[u8],
        comment: &[u8],
        shift: u64,
    ) -> Option<Self> {
        let wide = extra::widen(
            extra,
            header.uncompressed_bytes,
            header.compressed_bytes,
            header.header_offset,
        )?;
        let (name, name_encoding) = name::decode(raw_name, header.flags);
        Some(Self {
            name,
            name_encoding,
            raw_name: raw_name.to_vec(),
            made_by: header.made_by,
            version_needed: header.version_needed,
            flags: header.flags,
            method: header.method,
            modified: DosTime::from_u32(header.modified),
            crc32: header.crc32,
            compressed_bytes: wide.compressed_bytes,
            uncompressed_bytes: wide.uncompressed_bytes,
            header_offset: wide.header_offset.checked_add(shift)?,
            external_attributes: header.external_attributes,
            extra: extra.to_vec(),
            comment: comment.to_vec(),
        })
    }

    /// The name as messages show it.
    pub fn label(&self) -> String {
        name::label(&self.name)
    }

    /// The Unix mode with its kind bits, where the entry was made on Unix (3) or macOS (19).
    pub fn unix_mode(&self) -> Option<u32> {
        matches!(self.made_by >> 8, 3 | 19).then_some(self.external_attributes >> 16)
    }

    /// What the high byte of `made_by` stands for (APPNOTE 4.4.2): whose attributes these are.
    pub fn made_on(&self) -> &'static str {
        match self.made_by >> 8 {
            0 => "MS-DOS",
            3 => "Unix",
            7 => "old Macintosh",
            10 | 11 | 14 => "Windows",
            19 => "macOS",
            _ => "another system",
        }
    }

    /// As Python's `zipfile` decides: by the name alone.
    pub fn is_dir(&self) -> bool {
        self.name.ends_with('/')
    }

    pub fn is_symlink(&self) -> bool {
        self.unix_mode()
            .is_some_and(|mode| mode & KIND_MASK == SYMLINK)
    }

    pub fn is_encrypted(&self) -> bool {
        self.flags & (ENCRYPTED | STRONGLY_ENCRYPTED | MASKED_HEADER) != 0
    }
}
