//! What is kept beside a wheel: what verification learnt, and how to tell that it is still so.
//!
//! Layout, little-endian: magic, length and mtime of the wheel's file, SHA-256 of that file, eight
//! bytes of a digest over these, then the wheel as `barrow_core::wheel::index` encodes it.

use std::fs::Metadata;
use std::time::UNIX_EPOCH;

use barrow_core::Wheel;
use barrow_core::wheel::index;
use barrow_model::Sha256;
use sha2::Digest as _;

/// Changes with the layout.
const MAGIC: [u8; 8] = *b"barrowS1";
const STAMP_BYTES: usize = 8 + 8 + 8 + 4 + 32;
const HEADER_BYTES: usize = STAMP_BYTES + 8;

/// By what a file is recognised without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    modified_seconds: u64,
    modified_nanos: u32,
    /// Of the file as it lies in the cache.
    pub(super) sha256: Sha256,
}

impl Stamp {
    pub(super) fn new(metadata: &Metadata, sha256: Sha256) -> Self {
        let modified = metadata.modified().unwrap_or(UNIX_EPOCH);
        let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            bytes: metadata.len(),
            modified_seconds: modified.as_secs(),
            modified_nanos: modified.subsec_nanos(),
            sha256,
        }
    }

    pub(super) fn fits(&self, metadata: &Metadata) -> bool {
        metadata.is_file() && *self == Self::new(metadata, self.sha256)
    }

    fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut header = [0; HEADER_BYTES];
        header[..8].copy_from_slice(&MAGIC);
        header[8..16].copy_from_slice(&self.bytes.to_le_bytes());
        header[16..24].copy_from_slice(&self.modified_seconds.to_le_bytes());
        header[24..28].copy_from_slice(&self.modified_nanos.to_le_bytes());
        header[28..60].copy_from_slice(self.sha256.as_bytes());
        let digest = sha2::Sha256::digest(&header[..STAMP_BYTES]);
        header[STAMP_BYTES..].copy_from_slice(&digest[..8]);
        header
    }

    fn decode(header: &[u8; HEADER_BYTES]) -> Option<Self> {
        let digest = sha2::Sha256::digest(&header[..STAMP_BYTES]);
        if header[..8] != MAGIC || header[STAMP_BYTES..] != digest[..8] {
            return None;
        }
        Some(Self {
            bytes: u64::from_le_bytes(header[8..16].try_into().ok()?),
            modified_seconds: u64::from_le_bytes(header[16..24].try_into().ok()?),
            modified_nanos: u32::from_le_bytes(header[24..28].try_into().ok()?),
            sha256: Sha256::new(header[28..60].try_into().ok()?),
        })
    }
}

pub(super) fn encode(stamp: &Stamp, wheel: &Wheel) -> Vec<u8> {
    let mut bytes = stamp.encode().to_vec();
    bytes.extend(index::encode(wheel));
    bytes
}

/// `None` for what another version wrote, and for what is torn or garbled.
pub(super) fn decode(bytes: &[u8]) -> Option<(Stamp, Wheel)> {
    let (header, rest) = bytes.split_first_chunk()?;
    Some((Stamp::decode(header)?, index::decode(rest).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flipped_bit_is_noticed() {
        let stamp = Stamp {
            bytes: 5,
            modified_seconds: 1_700_000_000,
            modified_nanos: 999_999_999,
            sha256: Sha256::new([7; 32]),
        };
        let header = stamp.encode();
        assert_eq!(Stamp::decode(&header), Some(stamp));
        for bit in 0..header.len() * 8 {
            let mut damaged = header;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Stamp::decode(&damaged), None, "bit {bit}");
        }
    }

    #[test]
    fn what_is_too_short_is_not_read() {
        for length in [0, 1, HEADER_BYTES - 1, HEADER_BYTES] {
            assert!(decode(&vec![0; length]).is_none(), "{length}");
        }
    }
}
