//! An entry's bytes, held against what the directory promises.
//!
//! Streams through two buffers of 64 KiB, whatever the entry's size. Inflating is left to zlib-rs.
//! libdeflate would be faster on small entries, but does not say how much of its input it used,
//! so rubbish behind the end of a deflate stream would pass.

use std::fmt;
use std::io;

use barrow_model::{Explain, Fault};
use flate2::{Decompress, FlushDecompress, Status};

use super::{Method, Span};
use crate::ReadAt;

const BUFFER_BYTES: usize = 64 << 10;

/// Why an entry's data is not what the directory promises.
#[derive(Debug, thiserror::Error)]
pub enum InflateError {
    #[error("cannot read the archive")]
    Read { source: io::Error },
    #[error("its deflate stream is damaged after {after} bytes")]
    Damaged { after: u64 },
    #[error("its deflate stream is cut short after {after} bytes")]
    Cut { after: u64 },
    #[error("its deflate stream ends {bytes} bytes before the entry does")]
    Rubbish { bytes: u64 },
    #[error("it has {actual} bytes; the directory promises {promised}")]
    TooShort { actual: u64, promised: u64 },
    #[error("it has more bytes than the {promised} that the directory promises")]
    TooLong { promised: u64 },
    #[error("it has CRC-32 {actual:#010x}; the directory promises {promised:#010x}")]
    Checksum { actual: u32, promised: u32 },
}

/// Gives a span's uncompressed bytes to `sink`, piece by piece, and says at the end whether they
/// were the right ones. Never gives more than the span promises.
pub fn copy_verified(
    source: &dyn ReadAt,
    span: &Span,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), InflateError> {
    Inflater::new().copy_verified(source, span, sink)
}

/// The buffers and tables of [`copy_verified`], to be used for many entries.
pub struct Inflater {
    stream: Decompress,
    input: Box<[u8]>,
    output: Box<[u8]>,
}

/// What has come out so far.
struct Produced<'a> {
    span: &'a Span,
    /// After so many, the rest is not wanted.
    enough: u64,
    bytes: u64,
    crc32: crc32fast::Hasher,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl Inflater {
    pub fn new() -> Self {
        Self {
            stream: Decompress::new(false),
            input: vec![0; BUFFER_BYTES].into(),
            output: vec![0; BUFFER_BYTES].into(),
        }
    }

    /// As the function of this name.
    pub fn copy_verified(
        &mut self,
        source: &dyn ReadAt,
        span: &Span,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), InflateError> {
        let mut produced = Produced::new(span, u64::MAX, sink);
        self.copy(source, span, &mut produced)?;
        produced.finish()
    }

    /// Gives at least the first `bytes` uncompressed bytes of a span to `sink`, if it has as many,
    /// and stops soon after. For spans that [`Self::copy_verified`] found to be right.
    pub fn copy_start(
        &mut self,
        source: &dyn ReadAt,
        span: &Span,
        bytes: u64,
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), InflateError> {
        self.copy(source, span, &mut Produced::new(span, bytes, sink))
    }

    fn copy(
        &mut self,
        source: &dyn ReadAt,
        span: &Span,
        produced: &mut Produced<'_>,
    ) -> Result<(), InflateError> {
        match span.method {
            Method::Stored => self.copy_stored(source, span, produced),
            Method::Deflated => self.inflate(source, span, produced),
        }
    }

    fn copy_stored(
        &mut self,
        source: &dyn ReadAt,
        span: &Span,
        produced: &mut Produced<'_>,
    ) -> Result<(), InflateError> {
        let mut input = Input::new(span);
        while input.remaining > 0 && !produced.is_enough() {
            let count = input.fill(source, &mut self.input)?;
            produced.take(&self.input[..count])?;
        }
        Ok(())
    }

    fn inflate(
        &mut self,
        source: &dyn ReadAt,
        span: &Span,
        produced: &mut Produced<'_>,
    ) -> Result<(), InflateError> {
        self.stream.reset(false);
        let mut input = Input::new(span);
        let (mut start, mut end) = (0, 0);
        loop {
            if start == end {
                (start, end) = (0, input.fill(source, &mut self.input)?);
            }
            let (total_in, total_out) = (self.stream.total_in(), self.stream.total_out());
            let status = self
                .stream
                .decompress(
                    &self.input[start..end],
                    &mut self.output,
                    FlushDecompress::None,
                )
                .map_err(|_| InflateError::Damaged { after: total_out })?;
            let used = (self.stream.total_in() - total_in) as usize;
            let count = (self.stream.total_out() - total_out) as usize;
            start += used;
            produced.take(&self.output[..count])?;
            match status {
                Status::StreamEnd => {
                    let bytes = span.compressed_bytes - self.stream.total_in();
                    return if bytes == 0 {
                        Ok(())
                    } else {
                        Err(InflateError::Rubbish { bytes })
                    };
                }
                Status::Ok | Status::BufError if used == 0 && count == 0 => {
                    let after = self.stream.total_out();
                    return Err(InflateError::Cut { after });
                }
                Status::Ok | Status::BufError if produced.is_enough() => return Ok(()),
                Status::Ok | Status::BufError => {}
            }
        }
    }
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").finish_non_exhaustive()
    }
}

impl<'a> Produced<'a> {
    fn new(span: &'a Span, enough: u64, sink: &'a mut dyn FnMut(&[u8])) -> Self {
        Self {
            span,
            enough,
            bytes: 0,
            crc32: crc32fast::Hasher::new(),
            sink,
        }
    }

    fn is_enough(&self) -> bool {
        self.bytes >= self.enough
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), InflateError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.span.uncompressed_bytes {
            return Err(InflateError::TooLong {
                promised: self.span.uncompressed_bytes,
            });
        }
        self.crc32.update(bytes);
        (self.sink)(bytes);
        Ok(())
    }

    fn finish(self) -> Result<(), InflateError> {
        let (actual, promised) = (self.bytes, self.span.uncompressed_bytes);
        if actual != promised {
            return Err(InflateError::TooShort { actual, promised });
        }
        let (actual, promised) = (self.crc32.finalize(), self.span.crc32);
        if actual != promised {
            return Err(InflateError::Checksum { actual, promised });
        }
        Ok(())
    }
}

/// The part of a span that has not been read yet.
struct Input {
    offset: u64,
    remaining: u64,
}

impl Input {
    fn new(span: &Span) -> Self {
        Self {
            offset: span.offset,
            remaining: span.compressed_bytes,
        }
    }

    /// Reads as much as fits; nothing at the end of the span.
    fn fill(&mut self, source: &dyn ReadAt, buffer: &mut [u8]) -> Result<usize, InflateError> {
        let count = self.remaining.min(buffer.len() as u64);
        let buffer = &mut buffer[..count as usize];
        source
            .read_exact_at(buffer, self.offset)
            .map_err(|source| InflateError::Read { source })?;
        self.offset += count;
        self.remaining -= count;
        Ok(buffer.len())
    }
}

impl Explain for InflateError {
    fn fault(&self) -> Fault {
        match self {
            Self::Read { .. } => Fault::Machine,
            _ => Fault::Input,
        }
    }
}
