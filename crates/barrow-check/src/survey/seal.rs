//! The form in which facts lie on disk: who wrote them, a checksum, and then what they are.

/// Goes up whenever [`Facts`](crate::facts::Facts) would be others for the same bytes.
const VERSION: u8 = 4;

const MAGIC: &[u8] = concat!("barrow facts ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();

pub(super) fn seal(body: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    bytes.extend(crc32fast::hash(body).to_le_bytes());
    bytes.extend(body);
    bytes
}

/// `None` for what another version wrote, or a disk damaged.
pub(super) fn open(bytes: &[u8]) -> Option<&[u8]> {
    let (version, rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
    let (crc32, body) = rest.split_first_chunk()?;
    let is_sound = *version == VERSION && crc32fast::hash(body) == u32::from_le_bytes(*crc32);
    is_sound.then_some(body)
}
