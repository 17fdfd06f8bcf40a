//! The header of a `.pyc` file (PEP 552).

use barrow_model::Runtime;
use serde::{Deserialize, Serialize};

/// What a `.pyc` file says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytecode {
    /// Which Python's, see [`magic_number`]. `None` where the header is none.
    pub magic: Option<u16>,
    pub validity: Validity,
}

/// How Python tells whether the bytecode still fits its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Validity {
    /// By what the source had, each modulo 2^32, when it was compiled.
    Source { modified: u32, bytes: u32 },
    /// By the source's hash.
    CheckedHash,
    /// It believes so.
    UncheckedHash,
    /// The header is cut short.
    Unknown,
}

pub fn read(content: &[u8]) -> Bytecode {
    let word = |at: usize| {
        let bytes = content.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    };
    let magic = match content.first_chunk::<4>() {
        Some(&[low, high, b'\r', b'\n']) => Some(u16::from_le_bytes([low, high])),
        _ => None,
    };
    let validity = match (word(4), word(8), word(12)) {
        (Some(0), Some(modified), Some(bytes)) => Validity::Source { modified, bytes },
        (Some(0b01), Some(_), Some(_)) => Validity::UncheckedHash,
        (Some(0b11), Some(_), Some(_)) => Validity::CheckedHash,
        _ => Validity::Unknown,
    };
    Bytecode { magic, validity }
}

/// What a runtime's own bytecode begins with: `importlib.util.MAGIC_NUMBER` of an interpreter of
/// each version up to 3.13, and `CPython`'s source for 3.14. Patch releases do not change it.
pub fn magic_number(runtime: Runtime) -> u16 {
    match runtime.minor() {
        8 => 3413,
        9 => 3425,
        10 => 3439,
        11 => 3495,
        12 => 3531,
        13 => 3571,
        14.. => 3627,
        minor => unreachable!("there is no runtime python3.{minor}"),
    }
}

/// `3.11`, also for versions that Lambda does not have. Ranges as in `CPython`'s
/// `pycore_magic_number.h`, which leaves gaps between versions.
pub fn version_of(magic: u16) -> Option<&'static str> {
    Some(match magic {
        62_011..=62_211 => "2",
        3000..=3379 => "3.6 or older",
        3380..=3399 => "3.7",
        3400..=3419 => "3.8",
        3420..=3429 => "3.9",
        3430..=3449 => "3.10",
        3450..=3499 => "3.11",
        3500..=3549 => "3.12",
        3550..=3599 => "3.13",
        3600..=3649 => "3.14",
        3650..=3699 => "3.15",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &[u8], magic: Option<u16>, validity: Validity) {
        assert_eq!(read(header), Bytecode { magic, validity });
    }

    #[test]
    fn the_three_kinds_are_told_apart() {
        check(
            b"\xcb\x0d\r\n\0\0\0\0\x01\0\0\0\x02\0\0\0",
            Some(3531),
            Validity::Source {
                modified: 1,
                bytes: 2,
            },
        );
        check(
            b"\xcb\x0d\r\n\x01\0\0\0hashhash",
            Some(3531),
            Validity::UncheckedHash,
        );
        check(
            b"\xcb\x0d\r\n\x03\0\0\0hashhash",
            Some(3531),
            Validity::CheckedHash,
        );
    }

    #[test]
    fn what_is_cut_short_is_unknown() {
        check(b"", None, Validity::Unknown);
        check(b"import", None, Validity::Unknown);
        check(b"\xcb\x0d\r\n\0\0\0\0", Some(3531), Validity::Unknown);
    }

    #[test]
    fn every_runtime_s_number_is_in_its_own_range() {
        for runtime in Runtime::all() {
            assert_eq!(
                version_of(magic_number(runtime)),
                Some(runtime.python_version())
            );
        }
    }
}
