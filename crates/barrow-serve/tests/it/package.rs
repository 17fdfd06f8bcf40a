//! Deployment packages, small ones.

use data_encoding::BASE64;

/// A zip with one stored file, in base64. Another `mark` makes another package.
pub(crate) fn base64(mark: &str) -> String {
    let content = format!("def handler(event, context):\n    return {mark:?}\n");
    BASE64.encode(&zip("lambda_function.py", content.as_bytes()))
}

fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let crc = crc32fast::hash(content);
    let size = u32::try_from(content.len()).unwrap();
    let name_length = u16::try_from(name.len()).unwrap();
    // Version 2.0, no flags, stored, 1980-01-01.
    let mut common = Vec::new();
    for number in [20u16, 0, 0, 0, 0x21] {
        common.extend(number.to_le_bytes());
    }
    for number in [crc, size, size] {
        common.extend(number.to_le_bytes());
    }
    common.extend(name_length.to_le_bytes());
    common.extend(0u16.to_le_bytes());

    let mut zip = Vec::from(*b"PK\x03\x04");
    zip.extend(&common);
    zip.extend(name.as_bytes());
    zip.extend(content);
    let directory = u32::try_from(zip.len()).unwrap();
    zip.extend(b"PK\x01\x02\x14\x03");
    zip.extend(&common);
    // No comment, first disk, no inner attributes; a regular file, 0644; at the start.
    zip.extend([0; 6]);
    zip.extend((0o100_644u32 << 16).to_le_bytes());
    zip.extend(0u32.to_le_bytes());
    zip.extend(name.as_bytes());
    let length = u32::try_from(zip.len()).unwrap() - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(length.to_le_bytes());
    zip.extend(directory.to_le_bytes());
    zip.extend(0u16.to_le_bytes());
    zip
}
