//! Writes zips that no proper writer would write.

use barrow_core::zip::record::{CentralHeader, End, LocalHeader};

/// What one entry is to say, in its local header and in the directory alike.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) mode: u32,
    pub(crate) made_by: u16,
    pub(crate) flags: u16,
    /// The bytes are stored whatever this says.
    pub(crate) method: u16,
    pub(crate) version_needed: u16,
    /// Of the local header, where it is another.
    pub(crate) local_name: Option<Vec<u8>>,
    /// Unzipped bytes, where not as many as there are.
    pub(crate) promised: Option<u32>,
    /// Where it is not that of the bytes.
    pub(crate) crc32: Option<u32>,
}

impl Entry {
    pub(crate) fn file(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            bytes: bytes.to_vec(),
            mode: 0o100_644,
            made_by: 0x0314,
            flags: 0x0800,
            method: 0,
            version_needed: 20,
            local_name: None,
            promised: None,
            crc32: None,
        }
    }
}

/// 1980-01-01 00:00.
const EARLIEST: u32 = 0x0021_0000;

pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let header_offset = out.len() as u32;
        let crc32 = entry.crc32.unwrap_or_else(|| crc32fast::hash(&entry.bytes));
        let bytes = entry.bytes.len() as u32;
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        let local = LocalHeader {
            version_needed: entry.version_needed,
            flags: entry.flags,
            method: entry.method,
            modified: EARLIEST,
            crc32,
            compressed_bytes: bytes,
            uncompressed_bytes: entry.promised.unwrap_or(bytes),
            name_bytes: local_name.len() as u16,
            extra_bytes: 0,
        };
        local.write(&mut out);
        out.extend_from_slice(local_name);
        out.extend_from_slice(&entry.bytes);
        let central = CentralHeader {
            made_by: entry.made_by,
            version_needed: local.version_needed,
            flags: local.flags,
            method: local.method,
            modified: local.modified,
            crc32,
            compressed_bytes: bytes,
            uncompressed_bytes: local.uncompressed_bytes,
            name_bytes: entry.name.len() as u16,
            extra_bytes: 0,
            comment_bytes: 0,
            disk: 0,
            internal_attributes: 0,
            external_attributes: entry.mode << 16,
            header_offset,
        };
        central.write(&mut directory);
        directory.extend_from_slice(&entry.name);
    }
    let end = End {
        disk: 0,
        directory_disk: 0,
        entries_on_disk: entries.len() as u16,
        entries: entries.len() as u16,
        directory_bytes: directory.len() as u32,
        directory_offset: out.len() as u32,
        comment_bytes: 0,
    };
    out.extend_from_slice(&directory);
    end.write(&mut out);
    out
}
