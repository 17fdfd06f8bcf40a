//! Extra fields: the tagged blocks behind an entry's name.

use super::record::Fields;

/// Wide sizes and offset (APPNOTE 4.5.3).
pub const ZIP64: u16 = 0x0001;
/// Info-ZIP's second name in UTF-8 (APPNOTE 4.6.9).
pub const UNICODE_PATH: u16 = 0x7075;

/// What the format, or those who added the block to it, call a block (APPNOTE 4.5.2 and 4.6.1).
pub fn name(tag: u16) -> &'static str {
    match tag {
        ZIP64 => "ZIP64",
        0x000a => "NTFS time stamps",
        0x5455 => "time stamps",
        0x5855 => "old Unix time stamps",
        UNICODE_PATH => "second name",
        0x7855 | 0x7875 => "owner",
        0x9901 => "AES encryption",
        0xcafe => "Java archive",
        0xd935 => "Android alignment",
        _ => "unknown",
    }
}

/// A size or offset of 32 bits that stands for "look in the ZIP64 extra field".
pub const PLACEHOLDER: u32 = u32::MAX;

/// The blocks of an extra area, each with its tag, up to the first that runs over its end.
pub fn blocks(extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut fields = Fields(extra);
    std::iter::from_fn(move || {
        let tag = fields.u16()?;
        let length = fields.u16()?;
        Some((tag, fields.bytes(usize::from(length))?))
    })
}

/// Whether every block ends inside the area. Fewer than four bytes left over are padding, which
/// some tools add to align data.
pub fn is_well_formed(extra: &[u8]) -> bool {
    let used: usize = blocks(extra).map(|(_, block)| 4 + block.len()).sum();
    extra.len() - used < 4
}

/// The name, as messages show it, that an extra area gives to what is called `name` elsewhere.
pub fn second_name(extra: &[u8], name: &str) -> Option<String> {
    // One byte of version and the CRC-32 of the plain name stand before the second name.
    let names = blocks(extra)
        .filter(|(tag, _)| *tag == UNICODE_PATH)
        .map(|(_, block)| block.get(5..).unwrap_or_default());
    let mut others = names.filter(|&other| other != name.as_bytes());
    others
        .next()
        .map(|other| super::name::label(&String::from_utf8_lossy(other)))
}

/// Sizes and offset of a header, widened by its ZIP64 block where they are placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wide {
    pub uncompressed_bytes: u64,
    pub compressed_bytes: u64,
    pub header_offset: u64,
}

/// `None` when a placeholder stands for a number that the extra area does not give. Without any
/// ZIP64 block a placeholder is taken for the number itself, as other readers do.
pub fn widen(
    extra: &[u8],
    uncompressed_bytes: u32,
    compressed_bytes: u32,
    header_offset: u32,
) -> Option<Wide> {
    let block = blocks(extra).find(|(tag, _)| *tag == ZIP64);
    let mut fields = block.map(|(_, block)| Fields(block));
    let mut widen = |narrow: u32| match &mut fields {
        Some(fields) if narrow == PLACEHOLDER => fields.u64(),
        _ => Some(u64::from(narrow)),
    };
    Some(Wide {
        uncompressed_bytes: widen(uncompressed_bytes)?,
        compressed_bytes: widen(compressed_bytes)?,
        header_offset: widen(header_offset)?,
    })
}

/// A ZIP64 block with these numbers.
pub fn zip64(values: &[u64]) -> Vec<u8> {
    let mut block = Vec::with_capacity(4 + 8 * values.len());
    block.extend_from_slice(&ZIP64.to_le_bytes());
    block.extend_from_slice(&((8 * values.len()) as u16).to_le_bytes());
    for value in values {
        block.extend_from_slice(&value.to_le_bytes());
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_placeholders_are_widened_and_in_order() {
        let extra = zip64(&[7, 8]);
        let wide = |uncompressed_bytes, compressed_bytes, header_offset| {
            Some(Wide {
                uncompressed_bytes,
                compressed_bytes,
                header_offset,
            })
        };
        assert_eq!(widen(&extra, PLACEHOLDER, 5, PLACEHOLDER), wide(7, 5, 8));
        assert_eq!(widen(&extra, 1, PLACEHOLDER, 2), wide(1, 7, 2));
        assert_eq!(widen(&extra, 1, 2, 3), wide(1, 2, 3));
        assert_eq!(widen(&extra, PLACEHOLDER, PLACEHOLDER, PLACEHOLDER), None);
        assert_eq!(
            widen(&[], PLACEHOLDER, 2, 3),
            wide(u64::from(PLACEHOLDER), 2, 3)
        );
    }

    #[test]
    fn a_block_that_runs_over_the_end_is_not_well_formed() {
        assert!(is_well_formed(&[]));
        assert!(is_well_formed(&zip64(&[1])));
        assert!(is_well_formed(&[0, 0, 0]), "padding");
        assert!(!is_well_formed(&[1, 0, 9, 0, 0]));
        assert_eq!(blocks(&[1, 0, 9, 0, 0]).count(), 0);
    }
}
