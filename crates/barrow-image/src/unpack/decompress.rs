//! Layers as streams of plain bytes, whatever they are compressed with.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt as _;

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

const BUFFER_BYTES: usize = 128 << 10;

/// Told by the first bytes: media types in the wild are not always right about it.
pub(super) fn open(file: File) -> io::Result<Box<dyn Read>> {
    let mut start = [0; 4];
    let count = file.read_at(&mut start, 0)?;
    let source = BufReader::with_capacity(BUFFER_BYTES, file);
    Ok(match start[..count] {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(source)),
        // A frame, or one that is to be skipped and stands before it.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
            Box::new(ZstdFrames::new(source))
        }
        _ => Box::new(source),
    })
}

/// All frames of a file, one after the other. Those that are not for us are skipped: some
/// builders keep a table of contents in one.
struct ZstdFrames<R> {
    source: R,
    // Refuses frames that would need more than 100 MiB of memory.
    decoder: FrameDecoder,
    inside: bool,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(source: R) -> Self {
        Self {
            source,
            decoder: FrameDecoder::new(),
            inside: false,
        }
    }

    /// Reads the head of the next frame. Whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            let length = match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => u64::from(length),
                Err(error) => return Err(io::Error::other(error)),
            };
            let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
            if skipped < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.inside = false;
        let promised = self.decoder.get_checksum_from_data();
        if promised.is_some() && promised != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("a frame does not have its checksum"));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.inside {
                self.inside = self.begin()?;
                if !self.inside {
                    return Ok(0);
                }
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.end()?;
                continue;
            }
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(io::Error::other)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn unpacked(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        io::Seek::rewind(&mut file)?;
        let mut plain = Vec::new();
        open(file)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn each_compression_is_told_by_its_first_bytes() {
        let plain = b"x".repeat(300_000);
        assert_eq!(unpacked(&plain).unwrap(), plain);
        assert_eq!(unpacked(&gzip(&plain)).unwrap(), plain);
        assert_eq!(unpacked(&zstd(&plain)).unwrap(), plain);
        assert_eq!(unpacked(b"").unwrap(), b"");
        assert_eq!(unpacked(b"\x1f").unwrap(), b"\x1f");
    }

    #[test]
    fn members_and_frames_follow_each_other() {
        assert_eq!(
            unpacked(&[gzip(b"one "), gzip(b"two")].concat()).unwrap(),
            b"one two"
        );
        let skipped = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";
        let frames = [skipped, &zstd(b"one ")[..], skipped, &zstd(b"two")].concat();
        assert_eq!(unpacked(&frames).unwrap(), b"one two");
    }

    #[test]
    fn what_is_cut_or_changed_is_noticed() {
        let plain: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        for packed in [gzip(&plain), zstd(&plain)] {
            for length in [4, 5, packed.len() / 2, packed.len() - 1] {
                assert!(unpacked(&packed[..length]).is_err(), "{length} bytes");
            }
            let mut changed = packed.clone();
            changed[packed.len() / 2] ^= 0x55;
            assert!(unpacked(&changed).is_err());
        }
        assert!(unpacked(b"\x50\x2a\x4d\x18\xff\0\0\0abc").is_err());
    }

    #[test]
    fn a_frame_that_wants_all_memory_is_refused() {
        // A window of 2^41 bytes.
        assert!(unpacked(b"\x28\xb5\x2f\xfd\x00\xf8\x01\0\0").is_err());
    }
}
