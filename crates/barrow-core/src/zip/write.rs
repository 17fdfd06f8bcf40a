//! Writes a zip from front to back.
//!
//! Sizes and checksums are known before an entry's data is written, so there are no data
//! descriptors. ZIP64 records appear only where a number does not fit; no other extra field does.
//! Nothing here compresses.

use std::io::{self, Write};

use barrow_model::{Explain, Fault};

use super::record::{
    CENTRAL_BYTES, CentralHeader, END64_BYTES, End, End64, LocalHeader, Locator64, UTF8_NAME,
};
use super::{DosTime, Method, extra};
use crate::ReadAt;

/// Unix, version 3.0 of the format, as Info-ZIP writes. One service was seen to refuse 4.5
/// without ZIP64 content, which is why the version is not simply the newest.
const MADE_BY: u16 = 0x031e;
const VERSION_FOR_STORED: u16 = 10;
const VERSION_FOR_DEFLATE: u16 = 20;
const VERSION_FOR_ZIP64: u16 = 45;

const REGULAR_FILE: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
/// The FAT attribute that goes with a Unix directory.
const FAT_DIRECTORY: u32 = 0x10;

const NARROW_LIMIT: u64 = u32::MAX as u64;

/// What stands in the headers of an entry to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// Ends in `/` for a directory.
    pub name: &'a str,
    /// Permission bits.
    pub mode: u32,
    pub method: Method,
    pub crc32: u32,
    pub compressed_bytes: u64,
    pub uncompressed_bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum WriteZipError {
    #[error("cannot write the archive")]
    Write { source: io::Error },
    #[error("a name of {bytes} bytes does not fit into a zip; expected at most 65535")]
    NameTooLong { bytes: usize },
    #[error("`{name}` came to {actual} bytes; its header promises {promised}")]
    Length {
        name: String,
        actual: u64,
        promised: u64,
    },
}

/// A zip under way. [`PackageWriter::finish`] takes it, so none is left without its directory.
#[derive(Debug)]
pub struct PackageWriter<W> {
    output: W,
    modified: DosTime,
    /// Bytes written so far.
    position: u64,
    directory: Vec<u8>,
    entries: u64,
    /// Reused for every header.
    header: Vec<u8>,
}

/// The data of the entry under way; takes what goes behind the local header.
#[derive(Debug)]
pub struct EntryBody<'a, W> {
    output: &'a mut W,
    written: u64,
}

impl<W: Write> PackageWriter<W> {
    /// Every entry gets the same time, `modified`.
    pub fn new(output: W, modified: DosTime) -> Self {
        let (directory, header) = (Vec::new(), Vec::new());
        Self {
            output,
            modified,
            position: 0,
            directory,
            entries: 0,
            header,
        }
    }

    /// Writes an entry whose data `fill` provides.
    pub fn entry<E: From<WriteZipError>>(
        &mut self,
        entry: &NewEntry<'_>,
        fill: impl FnOnce(&mut EntryBody<'_, W>) -> Result<(), E>,
    ) -> Result<(), E> {
        let name_bytes =
            u16::try_from(entry.name.len()).map_err(|_| WriteZipError::NameTooLong {
                bytes: entry.name.len(),
            })?;
        let local = self.list(entry, name_bytes);
        let extra = if local.extra_bytes == 0 {
            Vec::new()
        } else {
            extra::zip64(&[entry.uncompressed_bytes, entry.compressed_bytes])
        };
        self.header.clear();
        local.write(&mut self.header);
        self.header.extend_from_slice(entry.name.as_bytes());
        self.header.extend_from_slice(&extra);
        self.output
            .write_all(&self.header)
            .map_err(|source| WriteZipError::Write { source })?;

        let mut body = EntryBody {
            output: &mut self.output,
            written: 0,
        };
        fill(&mut body)?;
        let (actual, promised) = (body.written, entry.compressed_bytes);
        if actual != promised {
            let name = entry.name.to_owned();
            return Err(WriteZipError::Length {
                name,
                actual,
                promised,
            }
            .into());
        }
        self.position += self.header.len() as u64 + promised;
        Ok(())
    }

    /// Adds the entry to the directory and gives its local header.
    fn list(&mut self, entry: &NewEntry<'_>, name_bytes: u16) -> LocalHeader {
        let (uncompressed, compressed) = (entry.uncompressed_bytes, entry.compressed_bytes);
        let narrow = |value: u64| value.min(NARROW_LIMIT) as u32;
        let wide: Vec<u64> = [uncompressed, compressed, self.position]
            .into_iter()
            .filter(|&value| value >= NARROW_LIMIT)
            .collect();
        let extra = if wide.is_empty() {
            Vec::new()
        } else {
            extra::zip64(&wide)
        };
        // A local header with one wide size has both (APPNOTE 4.5.3).
        let has_wide_size = uncompressed.max(compressed) >= NARROW_LIMIT;
        let version_needed = match entry.method {
            _ if !wide.is_empty() => VERSION_FOR_ZIP64,
            Method::Stored => VERSION_FOR_STORED,
            Method::Deflated => VERSION_FOR_DEFLATE,
        };
        let attributes = if entry.name.ends_with('/') {
            (DIRECTORY | entry.mode) << 16 | FAT_DIRECTORY
        } else {
            (REGULAR_FILE | entry.mode) << 16
        };
        let central = CentralHeader {
            made_by: MADE_BY,
            version_needed,
            flags: if entry.name.is_ascii() { 0 } else { UTF8_NAME },
            method: entry.method.number(),
            modified: self.modified.to_u32(),
            crc32: entry.crc32,
            compressed_bytes: narrow(compressed),
            uncompressed_bytes: narrow(uncompressed),
            name_bytes,
            extra_bytes: extra.len() as u16,
            comment_bytes: 0,
            disk: 0,
            internal_attributes: 0,
            external_attributes: attributes,
            header_offset: narrow(self.position),
        };
        self.directory
            .reserve(CENTRAL_BYTES + entry.name.len() + extra.len());
        central.write(&mut self.directory);
        self.directory.extend_from_slice(entry.name.as_bytes());
        self.directory.extend_from_slice(&extra);
        self.entries += 1;
        LocalHeader {
            version_needed,
            flags: central.flags,
            method: central.method,
            modified: central.modified,
            crc32: central.crc32,
            compressed_bytes: if has_wide_size {
                u32::MAX
            } else {
                central.compressed_bytes
            },
            uncompressed_bytes: if has_wide_size {
                u32::MAX
            } else {
                central.uncompressed_bytes
            },
            name_bytes,
            extra_bytes: if has_wide_size { 20 } else { 0 },
        }
    }

    /// Writes the directory and gives back the output with the archive's length.
    pub fn finish(mut self) -> Result<(W, u64), WriteZipError> {
        let (offset, bytes) = (self.position, self.directory.len() as u64);
        if self.entries > u64::from(u16::MAX) || offset.max(bytes) >= NARROW_LIMIT {
            let end64 = End64 {
                record_bytes: END64_BYTES as u64 - 12,
                made_by: MADE_BY & 0xff00 | VERSION_FOR_ZIP64,
                version_needed: VERSION_FOR_ZIP64,
                disk: 0,
                directory_disk: 0,
                entries_on_disk: self.entries,
                entries: self.entries,
                directory_bytes: bytes,
                directory_offset: offset,
            };
            end64.write(&mut self.directory);
            let locator = Locator64 {
                disk: 0,
                end64_offset: offset + bytes,
                disks: 1,
            };
            locator.write(&mut self.directory);
        }
        let entries = self.entries.min(u16::MAX.into()) as u16;
        let end = End {
            disk: 0,
            directory_disk: 0,
            entries_on_disk: entries,
            entries,
            directory_bytes: bytes.min(NARROW_LIMIT) as u32,
            directory_offset: offset.min(NARROW_LIMIT) as u32,
            comment_bytes: 0,
        };
        end.write(&mut self.directory);
        self.output
            .write_all(&self.directory)
            .and_then(|()| self.output.flush())
            .map_err(|source| WriteZipError::Write { source })?;
        Ok((self.output, offset + self.directory.len() as u64))
    }
}

impl<W: Write> EntryBody<'_, W> {
    /// Copies `bytes` bytes that lie at `offset` of `source`, through a small buffer.
    pub fn copy_from(
        &mut self,
        source: &dyn ReadAt,
        mut offset: u64,
        mut bytes: u64,
    ) -> Result<(), CopyError> {
        let mut buffer = [0; 16 << 10];
        while bytes > 0 {
            let count = bytes.min(buffer.len() as u64);
            let piece = &mut buffer[..count as usize];
            source
                .read_exact_at(piece, offset)
                .map_err(CopyError::Read)?;
            self.write_all(piece).map_err(CopyError::Write)?;
            offset += count;
            bytes -= count;
        }
        Ok(())
    }

    /// The output itself, for a caller that is about to put `bytes` bytes into it.
    pub(crate) fn direct(&mut self, bytes: u64) -> &mut W {
        self.written += bytes;
        self.output
    }
}

impl Explain for WriteZipError {
    fn fault(&self) -> Fault {
        match self {
            Self::NameTooLong { .. } => Fault::Input,
            Self::Write { .. } | Self::Length { .. } => Fault::Machine,
        }
    }
}

/// Which side of a copy failed.
#[derive(Debug)]
pub enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

impl<W: Write> Write for EntryBody<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.output.write(bytes)?;
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
