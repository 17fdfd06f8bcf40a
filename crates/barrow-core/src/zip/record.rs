//! The records of the format, as they lie on disk: little-endian, fixed part first.
//!
//! Nothing is interpreted here. Names are those of APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.5.3.

pub const LOCAL_BYTES: usize = 30;
pub const CENTRAL_BYTES: usize = 46;
pub const END_BYTES: usize = 22;
pub const END64_BYTES: usize = 56;
pub const LOCATOR64_BYTES: usize = 20;

const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
const CENTRAL_SIGNATURE: u32 = 0x0201_4b50;
pub const END_SIGNATURE: u32 = 0x0605_4b50;
const END64_SIGNATURE: u32 = 0x0606_4b50;
const LOCATOR64_SIGNATURE: u32 = 0x0706_4b50;
pub const DESCRIPTOR_SIGNATURE: u32 = 0x0807_4b50;

/// General-purpose flag bits (section 4.4.4).
pub const ENCRYPTED: u16 = 1 << 0;
pub const DESCRIPTOR_FOLLOWS: u16 = 1 << 3;
pub const STRONGLY_ENCRYPTED: u16 = 1 << 6;
pub const UTF8_NAME: u16 = 1 << 11;
pub const MASKED_HEADER: u16 = 1 << 13;

/// The header in front of each entry's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalHeader {
    pub version_needed: u16,
    pub flags: u16,
    pub method: u16,
    /// DOS time in the low half, DOS date in the high one.
    pub modified: u32,
    pub crc32: u32,
    pub compressed_bytes: u32,
    pub uncompressed_bytes: u32,
    pub name_bytes: u16,
    pub extra_bytes: u16,
}

/// An entry's line in the central directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CentralHeader {
    pub made_by: u16,
    pub version_needed: u16,
    pub flags: u16,
    pub method: u16,
    pub modified: u32,
    pub crc32: u32,
    pub compressed_bytes: u32,
    pub uncompressed_bytes: u32,
    pub name_bytes: u16,
    pub extra_bytes: u16,
    pub comment_bytes: u16,
    pub disk: u16,
    pub internal_attributes: u16,
    pub external_attributes: u32,
    pub header_offset: u32,
}

/// The record that ends an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub disk: u16,
    pub directory_disk: u16,
    pub entries_on_disk: u16,
    pub entries: u16,
    pub directory_bytes: u32,
    pub directory_offset: u32,
    pub comment_bytes: u16,
}

/// The wide form of [`End`], which lies in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End64 {
    /// Length of this record without its first 12 bytes.
    pub record_bytes: u64,
    pub made_by: u16,
    pub version_needed: u16,
    pub disk: u32,
    pub directory_disk: u32,
    pub entries_on_disk: u64,
    pub entries: u64,
    pub directory_bytes: u64,
    pub directory_offset: u64,
}

/// Says where [`End64`] lies; stands between it and [`End`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locator64 {
    pub disk: u32,
    pub end64_offset: u64,
    pub disks: u32,
}

impl LocalHeader {
    /// `None` when `bytes` is short or does not start with the signature.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::after(LOCAL_SIGNATURE, bytes)?;
        Some(Self {
            version_needed: fields.u16()?,
            flags: fields.u16()?,
            method: fields.u16()?,
            modified: fields.u32()?,
            crc32: fields.u32()?,
            compressed_bytes: fields.u32()?,
            uncompressed_bytes: fields.u32()?,
            name_bytes: fields.u16()?,
            extra_bytes: fields.u16()?,
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&LOCAL_SIGNATURE.to_le_bytes());
        out.extend_from_slice(&self.version_needed.to_le_bytes());
        out.extend_from_slice(&self.flags.to_le_bytes());
        out.extend_from_slice(&self.method.to_le_bytes());
        out.extend_from_slice(&self.modified.to_le_bytes());
        out.extend_from_slice(&self.crc32.to_le_bytes());
        out.extend_from_slice(&self.compressed_bytes.to_le_bytes());
        out.extend_from_slice(&self.uncompressed_bytes.to_le_bytes());
        out.extend_from_slice(&self.name_bytes.to_le_bytes());
        out.extend_from_slice(&self.extra_bytes.to_le_bytes());
    }
}

impl CentralHeader {
    /// `None` when `bytes` is short or does not start with the signature.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::after(CENTRAL_SIGNATURE, bytes)?;
        Some(Self {
            made_by: fields.u16()?,
            version_needed: fields.u16()?,
            flags: fields.u16()?,
            method: fields.u16()?,
            modified: fields.u32()?,
            crc32: fields.u32()?,
            compressed_bytes: fields.u32()?,
            uncompressed_bytes: fields.u32()?,
            name_bytes: fields.u16()?,
            extra_bytes: fields.u16()?,
            comment_bytes: fields.u16()?,
            disk: fields.u16()?,
            internal_attributes: fields.u16()?,
            external_attributes: fields.u32()?,
            header_offset: fields.u32()?,
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&CENTRAL_SIGNATURE.to_le_bytes());
        out.extend_from_slice(&self.made_by.to_le_bytes());
        out.extend_from_slice(&self.version_needed.to_le_bytes());
        out.extend_from_slice(&self.flags.to_le_bytes());
        out.extend_from_slice(&self.method.to_le_bytes());
        out.extend_from_slice(&self.modified.to_le_bytes());
        out.extend_from_slice(&self.crc32.to_le_bytes());
        out.extend_from_slice(&self.compressed_bytes.to_le_bytes());
        out.extend_from_slice(&self.uncompressed_bytes.to_le_bytes());
        out.extend_from_slice(&self.name_bytes.to_le_bytes());
        out.extend_from_slice(&self.extra_bytes.to_le_bytes());
        out.extend_from_slice(&self.comment_bytes.to_le_bytes());
        out.extend_from_slice(&self.disk.to_le_bytes());
        out.extend_from_slice(&self.internal_attributes.to_le_bytes());
        out.extend_from_slice(&self.external_attributes.to_le_bytes());
        out.extend_from_slice(&self.header_offset.to_le_bytes());
    }
}

impl End {
    /// `None` when `bytes` is short or does not start with the signature.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::after(END_SIGNATURE, bytes)?;
        Some(Self {
            disk: fields.u16()?,
            directory_disk: fields.u16()?,
            entries_on_disk: fields.u16()?,
            entries: fields.u16()?,
            directory_bytes: fields.u32()?,
            directory_offset: fields.u32()?,
            comment_bytes: fields.u16()?,
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&END_SIGNATURE.to_le_bytes());
        out.extend_from_slice(&self.disk.to_le_bytes());
        out.extend_from_slice(&self.directory_disk.to_le_bytes());
        out.extend_from_slice(&self.entries_on_disk.to_le_bytes());
        out.extend_from_slice(&self.entries.to_le_bytes());
        out.extend_from_slice(&self.directory_bytes.to_le_bytes());
        out.extend_from_slice(&self.directory_offset.to_le_bytes());
        out.extend_from_slice(&self.comment_bytes.to_le_bytes());
    }
}

impl End64 {
    /// `None` when `bytes` is short or does not start with the signature.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::after(END64_SIGNATURE, bytes)?;
        Some(Self {
            record_bytes: fields.u64()?,
            made_by: fields.u16()?,
            version_needed: fields.u16()?,
            disk: fields.u32()?,
            directory_disk: fields.u32()?,
            entries_on_disk: fields.u64()?,
            entries: fields.u64()?,
            directory_bytes: fields.u64()?,
            directory_offset: fields.u64()?,
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&END64_SIGNATURE.to_le_bytes());
        out.extend_from_slice(&self.record_bytes.to_le_bytes());
        out.extend_from_slice(&self.made_by.to_le_bytes());
        out.extend_from_slice(&self.version_needed.to_le_bytes());
        out.extend_from_slice(&self.disk.to_le_bytes());
        out.extend_from_slice(&self.directory_disk.to_le_bytes());
        out.extend_from_slice(&self.entries_on_disk.to_le_bytes());
        out.extend_from_slice(&self.entries.to_le_bytes());
        out.extend_from_slice(&self.directory_bytes.to_le_bytes());
        out.extend_from_slice(&self.directory_offset.to_le_bytes());
    }
}

impl Locator64 {
    /// `None` when `bytes` is short or does not start with the signature.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::after(LOCATOR64_SIGNATURE, bytes)?;
        Some(Self {
            disk: fields.u32()?,
            end64_offset: fields.u64()?,
            disks: fields.u32()?,
        })
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&LOCATOR64_SIGNATURE.to_le_bytes());
        out.extend_from_slice(&self.disk.to_le_bytes());
        out.extend_from_slice(&self.end64_offset.to_le_bytes());
        out.extend_from_slice(&self.disks.to_le_bytes());
    }
}

/// Takes little-endian numbers off the front of a slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    fn after(signature: u32, bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Self(bytes);
        (fields.u32()? == signature).then_some(fields)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(first)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: PartialEq + std::fmt::Debug>(
        record: &T,
        length: usize,
        write: fn(&T, &mut Vec<u8>),
        parse: fn(&[u8]) -> Option<T>,
    ) {
        let mut bytes = Vec::new();
        write(record, &mut bytes);
        assert_eq!(bytes.len(), length);
        assert_eq!(parse(&bytes).as_ref(), Some(record));
        assert_eq!(parse(&bytes[..length - 1]), None, "one byte short");
        bytes[0] ^= 1;
        assert_eq!(parse(&bytes), None, "wrong signature");
    }

    #[test]
    fn every_record_is_read_as_it_was_written() {
        let local = LocalHeader {
            version_needed: 1,
            flags: 2,
            method: 3,
            modified: 4,
            crc32: 5,
            compressed_bytes: 6,
            uncompressed_bytes: 7,
            name_bytes: 8,
            extra_bytes: 9,
        };
        check(&local, LOCAL_BYTES, LocalHeader::write, LocalHeader::parse);
        let central = CentralHeader {
            made_by: 1,
            version_needed: 2,
            flags: 3,
            method: 4,
            modified: 5,
            crc32: 6,
            compressed_bytes: 7,
            uncompressed_bytes: 8,
            name_bytes: 9,
            extra_bytes: 10,
            comment_bytes: 11,
            disk: 12,
            internal_attributes: 13,
            external_attributes: 14,
            header_offset: 15,
        };
        check(
            &central,
            CENTRAL_BYTES,
            CentralHeader::write,
            CentralHeader::parse,
        );
        let end = End {
            disk: 1,
            directory_disk: 2,
            entries_on_disk: 3,
            entries: 4,
            directory_bytes: 5,
            directory_offset: 6,
            comment_bytes: 7,
        };
        check(&end, END_BYTES, End::write, End::parse);
        let end64 = End64 {
            record_bytes: 1,
            made_by: 2,
            version_needed: 3,
            disk: 4,
            directory_disk: 5,
            entries_on_disk: 6,
            entries: 7,
            directory_bytes: 8,
            directory_offset: 9,
        };
        check(&end64, END64_BYTES, End64::write, End64::parse);
        let locator = Locator64 {
            disk: 1,
            end64_offset: 2,
            disks: 3,
        };
        check(
            &locator,
            LOCATOR64_BYTES,
            Locator64::write,
            Locator64::parse,
        );
    }
}
