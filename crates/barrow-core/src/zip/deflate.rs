//! Compressing: whole files with libdeflate, long ones part by part with zlib-rs.
//!
//! Neither lets the processor's abilities choose the result: libdeflate uses them to copy and to
//! sum, zlib-rs to compare and to slide its window. So the same bytes come out everywhere.

use std::fmt;

use flate2::{Compress, Compression, FlushCompress, Status};
use libdeflater::{CompressionLvl, Compressor};

/// On 16 MB of Python sources, one thread of an EPYC (`cargo bench -p barrow-core deflate`):
/// level 6 makes 21.2 % of them at 110 MB/s, 9 makes 20.8 % at 31 MB/s, 12 makes 20.2 % at 5 MB/s.
const WHOLE_LEVEL: i32 = 6;
/// Likewise: 6 makes 20.3 % at 72 MB/s, 9 makes 20.1 % at 29 MB/s.
const PART_LEVEL: u32 = 6;

/// The tables of both compressors, to be used for many files.
pub struct Deflater {
    whole: Compressor,
    part: Compress,
}

impl Deflater {
    pub fn new() -> Self {
        let level = CompressionLvl::new(WHOLE_LEVEL).expect("libdeflate has levels 1 to 12");
        Self {
            whole: Compressor::new(level),
            part: Compress::new(Compression::new(PART_LEVEL), false),
        }
    }

    /// A deflate stream of `raw`, or `None` when it would not be shorter.
    pub fn whole(&mut self, raw: &[u8]) -> Option<Vec<u8>> {
        let mut stream = vec![0; raw.len().saturating_sub(1)];
        let length = self.whole.deflate_compress(raw, &mut stream).ok()?;
        stream.truncate(length);
        stream.shrink_to_fit();
        Some(stream)
    }

    /// Appends a stretch of a deflate stream that stands for `raw` and looks at nothing before
    /// it. Stretches end on whole bytes, so they can be made in any order and then joined; the
    /// last one ends the stream.
    pub fn part(&mut self, raw: &[u8], is_last: bool, stream: &mut Vec<u8>) {
        self.part.reset();
        let flush = if is_last {
            FlushCompress::Finish
        } else {
            FlushCompress::Sync
        };
        // What zlib calls its bound, and the marker that a flush leaves behind.
        stream.reserve(raw.len() + raw.len() / 1000 + 64);
        loop {
            let used = usize::try_from(self.part.total_in()).expect("counts bytes of a slice");
            let status = self
                .part
                .compress_vec(&raw[used..], stream, flush)
                .expect("deflating from memory to memory cannot fail");
            // Room left over is how zlib says that nothing is pending.
            let is_flushed = !is_last && stream.len() < stream.capacity();
            if status == Status::StreamEnd || is_flushed {
                return;
            }
            stream.reserve(4096);
        }
    }
}

impl Default for Deflater {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zip::{Method, Span, copy_verified};

    fn inflate(stream: &[u8], raw: &[u8]) -> Vec<u8> {
        let span = Span {
            offset: 0,
            compressed_bytes: stream.len() as u64,
            uncompressed_bytes: raw.len() as u64,
            crc32: crc32fast::hash(raw),
            method: Method::Deflated,
        };
        let mut out = Vec::new();
        copy_verified(&stream.to_vec(), &span, &mut |bytes| {
            out.extend_from_slice(bytes);
        })
        .unwrap();
        out
    }

    /// Bytes that do not compress, from a multiplicative generator.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_whole_file_comes_back() {
        let raw = b"import json\n".repeat(1000);
        let stream = Deflater::new().whole(&raw).unwrap();
        assert!(stream.len() < raw.len() / 10);
        assert_eq!(inflate(&stream, &raw), raw);
    }

    #[test]
    fn what_does_not_shrink_is_not_deflated() {
        let mut deflater = Deflater::new();
        assert_eq!(deflater.whole(b""), None);
        assert_eq!(deflater.whole(b"x"), None);
        assert_eq!(deflater.whole(&noise(10_000)), None);
    }

    #[test]
    fn parts_join_to_one_stream_in_whatever_order_they_were_made() {
        for raw in [
            Vec::new(),
            b"def f(): pass\n".repeat(50_000),
            noise(300_000),
        ] {
            let half = raw.len() / 2;
            let mut deflater = Deflater::new();
            let mut last = Vec::new();
            deflater.part(&raw[half..], true, &mut last);
            let mut stream = Vec::new();
            deflater.part(&raw[..half], false, &mut stream);
            stream.extend_from_slice(&last);
            assert_eq!(inflate(&stream, &raw), raw);
        }
    }
}
