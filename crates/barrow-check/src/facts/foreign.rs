//! Binaries of systems that are not Linux, known by their first bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Format {
    Windows,
    MacOs,
}

/// Java's class files begin like fat Mach-O files, with their version where those have a count of
/// architectures. The first version of a class file is 45; no Mach-O has that many.
const FIRST_JAVA_VERSION: u32 = 45;

/// `start` is the first bytes of a file, or all of them.
pub fn read(start: &[u8]) -> Option<Format> {
    if is_windows(start) {
        return Some(Format::Windows);
    }
    let is_mac_os = match *start.first_chunk::<4>()? {
        [0xfe, 0xed, 0xfa, 0xce | 0xcf]
        | [0xce | 0xcf, 0xfa, 0xed, 0xfe]
        | [0xca, 0xfe, 0xba, 0xbf] => true,
        [0xca, 0xfe, 0xba, 0xbe] => u32_at(start, 4, u32::from_be_bytes)? < FIRST_JAVA_VERSION,
        _ => false,
    };
    is_mac_os.then_some(Format::MacOs)
}

/// `MZ` alone may begin a text. DOS programs without anything behind their stub are of no concern.
fn is_windows(start: &[u8]) -> bool {
    let signature = u32_at(start, 0x3c, u32::from_le_bytes).and_then(|at| {
        let signature = start.get(at as usize..)?;
        signature.first_chunk::<4>()
    });
    start.starts_with(b"MZ") && signature == Some(b"PE\0\0")
}

fn u32_at(bytes: &[u8], at: usize, from: fn([u8; 4]) -> u32) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| from(*bytes))
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Windows => "Windows",
            Self::MacOs => "macOS",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binaries_are_known_by_their_magic() {
        let mut windows = [0; 0x90];
        windows[..2].copy_from_slice(b"MZ");
        windows[0x3c] = 0x80;
        windows[0x80..0x84].copy_from_slice(b"PE\0\0");
        assert_eq!(read(&windows), Some(Format::Windows));
        for magic in [
            &b"\xcf\xfa\xed\xfe\x07\0\0\x01"[..],
            b"\xfe\xed\xfa\xce",
            b"\xca\xfe\xba\xbe\0\0\0\x02",
            b"\xca\xfe\xba\xbf\0\0\0\x02",
        ] {
            assert_eq!(read(magic), Some(Format::MacOs), "{magic:x?}");
        }
    }

    #[test]
    fn what_only_begins_alike_is_not_taken_for_one() {
        for content in [
            &b"MZ stands for Mark Zbikowski, and a text may begin with it, whatever its length is."
                [..],
            b"\xca\xfe\xba\xbe\0\0\0\x34",
            b"\xca\xfe\xba\xbe",
            b"MZ",
            b"",
        ] {
            assert_eq!(read(content), None, "{content:x?}");
        }
    }
}
