//! Turns a zip that uses bzip2 or LZMA into an equal one that uses deflate.
//!
//! Few wheels need it, since Python's `zipfile` and the index take such methods but hardly any
//! build backend writes them. Names, permissions and order are kept; times and comments are not.

use std::io::{self, Read, Seek, SeekFrom, Write};

use barrow_model::{Explain, Fault};

use super::check_error::CheckZipError;
use super::deflate::Deflater;
use super::directory::Directory;
use super::entry::Entry;
use super::method::{self, Method};
use super::read_error::ReadZipError;
use super::scratch::{Scratch, Spool};
use super::write::{CopyError, NewEntry, PackageWriter, WriteZipError};
use super::{DosTime, Span};
use crate::ReadAt;

const BZIP2: u16 = 12;
const LZMA: u16 = 14;

/// Python's `zipfile` writes LZMA with dictionaries of 8 MiB. A reader allocates what the stream
/// asks for, up to 4 GiB, so a stream that asks for more than this is not read.
const LZMA_DICTIONARY_LIMIT_BYTES: u32 = 64 << 20;

/// How much is inflated before it is deflated again.
const PART_BYTES: u64 = 1 << 20;

#[derive(Debug, thiserror::Error)]
pub enum RecodeError {
    #[error("cannot make out the archive's directory")]
    Directory {
        #[from]
        source: ReadZipError,
    },
    #[error("the archive is not sound")]
    Check {
        #[from]
        source: CheckZipError,
    },
    #[error(
        "`{name}` is compressed with {} (method {method}); expected deflate, stored, bzip2 or lzma",
        method::name(*method)
    )]
    Method { name: String, method: u16 },
    #[error("`{name}` asks for an LZMA dictionary of {bytes} bytes; expected at most {limit}")]
    Dictionary {
        name: String,
        bytes: u32,
        limit: u32,
    },
    #[error("`{name}` cannot be decompressed")]
    Decode { name: String, source: io::Error },
    #[error("`{name}` has more bytes than the {promised} that the directory promises")]
    TooLong { name: String, promised: u64 },
    #[error("cannot read the archive")]
    Read { source: io::Error },
    #[error("cannot use the scratch file")]
    Scratch { source: io::Error },
    #[error("cannot write the recoded archive")]
    Write {
        #[from]
        source: WriteZipError,
    },
}

/// Writes to `output` what `source` holds, with every entry stored or deflated. Memory stays flat;
/// recoded entries wait in `scratch`, which is empty at first.
pub fn recode<S: Scratch, W: Write>(
    source: &dyn ReadAt,
    scratch: S,
    output: W,
) -> Result<(), RecodeError> {
    let directory = Directory::read(source)?;
    let layouts = directory.layouts(source)?;
    let reader = Cursor {
        source,
        position: 0,
    };
    let mut archive = zip::ZipArchive::new(reader).map_err(|error| RecodeError::Read {
        source: error.into(),
    })?;
    let mut spool = Spool::new(Box::new(scratch));
    let mut deflater = Deflater::new();
    let mut writer = PackageWriter::new(output, DosTime::EPOCH);

    for (index, (entry, data)) in directory.entries().iter().zip(layouts).enumerate() {
        let span = Span {
            offset: data.start,
            compressed_bytes: entry.compressed_bytes,
            uncompressed_bytes: entry.uncompressed_bytes,
            crc32: entry.crc32,
            method: Method::Deflated,
        };
        if let Some(method) = Method::from_number(entry.method) {
            write(
                &mut writer,
                entry,
                &Span { method, ..span },
                source,
                |source| RecodeError::Read { source },
            )?;
            continue;
        }
        check_decodable(source, entry, &span)?;
        let offset = spool.length();
        let decode = |error: io::Error| RecodeError::Decode {
            name: entry.label(),
            source: error,
        };
        let mut decoder = archive
            .by_index(index)
            .map_err(|error| decode(error.into()))?;
        deflate(&mut decoder, entry, &mut deflater, &mut spool)?;
        let compressed_bytes = spool.length() - offset;
        let span = Span {
            offset,
            compressed_bytes,
            ..span
        };
        let written = spool
            .written()
            .map_err(|source| RecodeError::Scratch { source })?;
        write(&mut writer, entry, &span, written, |source| {
            RecodeError::Scratch { source }
        })?;
    }
    writer.finish()?;
    Ok(())
}

fn check_decodable(source: &dyn ReadAt, entry: &Entry, span: &Span) -> Result<(), RecodeError> {
    let name = || entry.label();
    match entry.method {
        BZIP2 => Ok(()),
        LZMA => {
            // Version (2 bytes), length of the properties (2), properties (1), dictionary (4).
            let mut head = [0; 9];
            if span.compressed_bytes >= head.len() as u64 {
                source
                    .read_exact_at(&mut head, span.offset)
                    .map_err(|source| RecodeError::Read { source })?;
            }
            let [.., a, b, c, d] = head;
            let (bytes, limit) = (
                u32::from_le_bytes([a, b, c, d]),
                LZMA_DICTIONARY_LIMIT_BYTES,
            );
            if bytes > limit {
                return Err(RecodeError::Dictionary {
                    name: name(),
                    bytes,
                    limit,
                });
            }
            Ok(())
        }
        method => Err(RecodeError::Method {
            name: name(),
            method,
        }),
    }
}

/// Appends the deflated form of what `decoder` gives. The decoder checks the CRC-32 at its end.
fn deflate(
    decoder: &mut dyn Read,
    entry: &Entry,
    deflater: &mut Deflater,
    spool: &mut Spool<'_>,
) -> Result<(), RecodeError> {
    let decode = |source| RecodeError::Decode {
        name: entry.label(),
        source,
    };
    let mut remaining = entry.uncompressed_bytes;
    let (mut raw, mut stream) = (Vec::new(), Vec::new());
    loop {
        let count = remaining.min(PART_BYTES);
        raw.resize(count as usize, 0);
        decoder.read_exact(&mut raw).map_err(decode)?;
        remaining -= count;
        stream.clear();
        deflater.part(&raw, remaining == 0, &mut stream);
        spool
            .append(&stream)
            .map_err(|source| RecodeError::Scratch { source })?;
        if remaining == 0 {
            break;
        }
    }
    if decoder.read(&mut [0]).map_err(decode)? != 0 {
        let promised = entry.uncompressed_bytes;
        return Err(RecodeError::TooLong {
            name: entry.label(),
            promised,
        });
    }
    Ok(())
}

fn write<W: Write>(
    writer: &mut PackageWriter<W>,
    entry: &Entry,
    span: &Span,
    source: &dyn ReadAt,
    read_error: fn(io::Error) -> RecodeError,
) -> Result<(), RecodeError> {
    let usual = if entry.is_dir() { 0o755 } else { 0o644 };
    let new = NewEntry {
        name: &entry.name,
        mode: entry.unix_mode().map_or(usual, |mode| mode & 0o777),
        method: span.method,
        crc32: span.crc32,
        compressed_bytes: span.compressed_bytes,
        uncompressed_bytes: span.uncompressed_bytes,
    };
    writer.entry(&new, |body| {
        body.copy_from(source, span.offset, span.compressed_bytes)
            .map_err(|error| match error {
                CopyError::Read(source) => read_error(source),
                CopyError::Write(source) => WriteZipError::Write { source }.into(),
            })
    })
}

/// `Read` and `Seek` over bytes that can be read anywhere.
struct Cursor<'a> {
    source: &'a dyn ReadAt,
    position: u64,
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.source.len()?.saturating_sub(self.position);
        let count = left.min(buffer.len() as u64);
        let buffer = &mut buffer[..count as usize];
        self.source.read_exact_at(buffer, self.position)?;
        self.position += count;
        Ok(buffer.len())
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.source.len()?.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl Explain for RecodeError {
    fn fault(&self) -> Fault {
        match self {
            Self::Directory { source } => source.fault(),
            Self::Check { source } => source.fault(),
            Self::Method { .. }
            | Self::Dictionary { .. }
            | Self::Decode { .. }
            | Self::TooLong { .. } => Fault::Input,
            Self::Read { .. } | Self::Scratch { .. } | Self::Write { .. } => Fault::Machine,
        }
    }
}
