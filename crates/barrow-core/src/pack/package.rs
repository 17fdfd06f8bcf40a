//! Packs a plan, entry by entry.

use std::io::Write;
use std::num::NonZero;
use std::thread;

use barrow_model::Sha256;

use super::ahead::{self, Ahead};
use super::blocks::Blocks;
use super::error::PackError;
use super::origins::{Origins, PackProgress};
use super::window::Window;
use crate::plan::{Content, FileId, Plan, PlannedEntry, WheelId};
use crate::zip::scratch::Spool;
use crate::zip::write::{CopyError, EntryBody, NewEntry, PackageWriter};
use crate::zip::{DosTime, Method, Span, WriteZipError};

/// Told to the listener together, so that thousands of small entries do not cost a call each.
const ENTRIES_PER_REPORT: usize = 64;

#[derive(Debug, Clone, Copy)]
pub struct PackOptions {
    /// Of every entry.
    pub timestamp: DosTime,
    /// For deflating; one more hashes.
    pub threads: NonZero<usize>,
}

/// What there is to say about a package that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    pub entries: usize,
    pub zipped_bytes: u64,
    pub unzipped_bytes: u64,
    /// Of the whole zip.
    pub sha256: Sha256,
}

/// Writes the package that `plan` describes to `output`, in writes of half a MiB.
///
/// The caller gives an unbuffered output and makes it last (sync, rename). Memory stays under
/// 40 MiB at any size, apart from some 100 bytes per entry.
pub fn pack<W: Write>(
    plan: &Plan,
    origins: &dyn Origins,
    output: W,
    options: &PackOptions,
    progress: &dyn PackProgress,
) -> Result<Packed, PackError> {
    let entries = plan.entries();
    progress.started(entries.len());
    thread::scope(|scope| {
        let mut packer = Packer {
            writer: PackageWriter::new(Blocks::new(scope, output), options.timestamp),
            ahead: Ahead::new(scope, entries, origins, options.threads),
            window: Window::new(),
            spool: None,
            origins,
        };
        packer.ahead.hand_out();
        for batch in entries.chunks(ENTRIES_PER_REPORT) {
            for entry in batch {
                packer.entry(entry)?;
            }
            progress.advanced(batch.len());
        }
        let (blocks, zipped_bytes) = packer.writer.finish()?;
        let sha256 = blocks
            .finish()
            .map_err(|source| WriteZipError::Write { source })?;
        let unzipped_bytes = plan.unzipped_bytes().0;
        Ok(Packed {
            entries: entries.len(),
            zipped_bytes,
            unzipped_bytes,
            sha256,
        })
    })
}

struct Packer<'scope, 'plan, W> {
    writer: PackageWriter<Blocks<'scope, W>>,
    ahead: Ahead<'plan>,
    window: Window,
    /// Opened for the first large file.
    spool: Option<Spool<'plan>>,
    origins: &'plan dyn Origins,
}

impl<W: Write> Packer<'_, '_, W> {
    fn entry(&mut self, entry: &PlannedEntry) -> Result<(), PackError> {
        match &entry.content {
            Content::Spliced { wheel, span } => self.splice(entry, *wheel, span),
            Content::File { file, bytes } if *bytes > ahead::WHOLE_LIMIT_BYTES => {
                self.large_file(entry, *file, *bytes)
            }
            Content::File { .. } | Content::Fresh(_) => {
                let piece = self.ahead.next()?;
                let span = Span {
                    offset: 0,
                    compressed_bytes: piece.data.len() as u64,
                    uncompressed_bytes: piece.raw_bytes,
                    crc32: piece.crc32,
                    method: piece.method,
                };
                self.writer.entry(&new_entry(entry, &span), |body| {
                    body.write_all(&piece.data).map_err(write_error)
                })
            }
        }
    }

    fn splice(&mut self, entry: &PlannedEntry, id: WheelId, span: &Span) -> Result<(), PackError> {
        let Self {
            writer,
            window,
            origins,
            ..
        } = self;
        let wheel =
            window
                .wheel(id, || origins.wheel(id))
                .map_err(|source| PackError::OpenWheel {
                    wheel: origins.describe_wheel(id),
                    source,
                })?;
        let read_error = |source| PackError::ReadWheel {
            wheel: origins.describe_wheel(id),
            entry: entry.path.to_string(),
            source,
        };
        let (offset, bytes) = (span.offset, span.compressed_bytes);
        writer.entry(&new_entry(entry, span), |body| {
            if Window::suits(bytes) {
                let data = window
                    .read(id, &*wheel, offset, bytes)
                    .map_err(read_error)?;
                return body.write_all(data).map_err(write_error);
            }
            body.splice(&*wheel, offset, bytes)
                .map_err(|error| match error {
                    CopyError::Read(source) => read_error(source),
                    CopyError::Write(source) => write_error(source),
                })
        })
    }

    /// Deflates part by part into the spool, and copies from there once the size is known.
    fn large_file(
        &mut self,
        entry: &PlannedEntry,
        file: FileId,
        bytes: u64,
    ) -> Result<(), PackError> {
        let scratch_error = |source| PackError::Scratch { source };
        let spool = match &mut self.spool {
            Some(spool) => spool,
            none => none.insert(Spool::new(self.origins.scratch().map_err(scratch_error)?)),
        };
        let offset = spool.length();
        let mut crc32 = crc32fast::Hasher::new();
        for _ in 0..ahead::pieces(&entry.content) {
            let piece = self.ahead.next()?;
            crc32.combine(&crc32fast::Hasher::new_with_initial_len(
                piece.crc32,
                piece.raw_bytes,
            ));
            spool.append(&piece.data).map_err(scratch_error)?;
        }
        let span = Span {
            offset,
            compressed_bytes: spool.length() - offset,
            uncompressed_bytes: bytes,
            crc32: crc32.finalize(),
            method: Method::Deflated,
        };
        if span.compressed_bytes >= bytes {
            return self.store(entry, file, &span);
        }
        let spooled = spool.written().map_err(scratch_error)?;
        self.writer.entry(&new_entry(entry, &span), |body| {
            body.splice(spooled, span.offset, span.compressed_bytes)
                .map_err(|error| match error {
                    CopyError::Read(source) => scratch_error(source),
                    CopyError::Write(source) => write_error(source),
                })
        })
    }

    /// Copies a file that did not shrink, and makes sure that it is still the one deflated.
    fn store(
        &mut self,
        entry: &PlannedEntry,
        file: FileId,
        deflated: &Span,
    ) -> Result<(), PackError> {
        let bytes = deflated.uncompressed_bytes;
        let span = Span {
            compressed_bytes: bytes,
            method: Method::Stored,
            ..*deflated
        };
        let origins = self.origins;
        self.writer.entry(&new_entry(entry, &span), |body| {
            let mut crc32 = crc32fast::Hasher::new();
            let mut offset = 0;
            while offset < bytes {
                let count = (bytes - offset).min(ahead::WHOLE_LIMIT_BYTES);
                let raw = ahead::read(origins, file, bytes, offset, count)?;
                crc32.update(&raw);
                body.write_all(&raw).map_err(write_error)?;
                offset += count;
            }
            if crc32.finalize() != span.crc32 {
                return Err(PackError::Changed {
                    file: origins.describe_file(file),
                });
            }
            Ok(())
        })
    }
}

impl<W: Write> EntryBody<'_, Blocks<'_, W>> {
    fn splice(
        &mut self,
        source: &dyn crate::ReadAt,
        offset: u64,
        bytes: u64,
    ) -> Result<(), CopyError> {
        self.direct(bytes).splice(source, offset, bytes)
    }
}

fn new_entry<'a>(entry: &'a PlannedEntry, span: &Span) -> NewEntry<'a> {
    NewEntry {
        name: entry.path.as_str(),
        mode: if entry.executable { 0o755 } else { 0o644 },
        method: span.method,
        crc32: span.crc32,
        compressed_bytes: span.compressed_bytes,
        uncompressed_bytes: span.uncompressed_bytes,
    }
}

fn write_error(source: std::io::Error) -> PackError {
    WriteZipError::Write { source }.into()
}
