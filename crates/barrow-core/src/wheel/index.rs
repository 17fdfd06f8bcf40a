//! What is known of a verified wheel, as bytes to be kept beside it.
//!
//! ```text
//! "barrow wheel\n"  version u8  CRC-32 of the rest u32  postcard
//! ```
//!
//! Columns instead of rows: all paths are one string, all digests one blob, so that reading
//! copies little and checks little. Whoever cannot read an index verifies the wheel again, so an
//! old or a damaged one is never more than slow.

use barrow_model::{EntryPath, Sha256};
use serde::{Deserialize, Serialize};

use super::{EntryPoint, Wheel, WheelEntry};
use crate::zip::Span;

const MAGIC: &[u8] = b"barrow wheel\n";

/// Goes up with every change of the format, and with every change of [`verify`](super::verify)
/// that would make an old index wrong.
const VERSION: u8 = 1;

const DIGEST_BYTES: usize = 32;

/// Stands between paths, none of which can hold it.
const SEPARATOR: &str = "\n";

/// Why an index is of no use. The wheel has to be verified again.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum ReadIndexError {
    #[error("it is no index of a wheel")]
    Foreign,
    #[error("it has format {seen}; expected {VERSION}")]
    Version { seen: u8 },
    #[error("it is damaged")]
    Damaged,
}

#[derive(Serialize, Deserialize)]
struct Wire<'b> {
    name: &'b str,
    version: &'b str,
    dist_info: &'b str,
    #[serde(borrow)]
    requires: Vec<&'b str>,
    requires_python: Option<&'b str>,
    /// Name, module, function.
    scripts: Vec<(&'b str, &'b str, &'b str)>,
    record_is_exact: bool,
    paths: &'b str,
    spans: Vec<Span>,
    digests: &'b [u8],
    /// Positions of entries.
    executable: Vec<u32>,
    script_bodies: Vec<(u32, &'b [u8])>,
}

/// The index of a wheel.
pub fn encode(wheel: &Wheel) -> Vec<u8> {
    let entries = &wheel.entries;
    let paths = entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect::<Vec<_>>()
        .join(SEPARATOR);
    let digests: Vec<u8> = entries
        .iter()
        .flat_map(|entry| *entry.sha256.as_bytes())
        .collect();
    let positions = || (0_u32..).zip(entries);
    let wire = Wire {
        name: wheel.name.as_str(),
        version: &wheel.version,
        dist_info: &wheel.dist_info,
        requires: wheel.requires.iter().map(String::as_str).collect(),
        requires_python: wheel.requires_python.as_deref(),
        scripts: wheel
            .scripts
            .iter()
            .map(|it| (&*it.name, &*it.module, &*it.function))
            .collect(),
        record_is_exact: wheel.record_is_exact,
        paths: &paths,
        spans: entries.iter().map(|entry| entry.span).collect(),
        digests: &digests,
        executable: positions()
            .filter(|(_, entry)| entry.executable)
            .map(|(at, _)| at)
            .collect(),
        script_bodies: positions()
            .filter_map(|(at, entry)| Some((at, entry.script_body.as_deref()?)))
            .collect(),
    };
    let body = postcard::to_stdvec(&wire).expect("a vector takes any number of bytes");
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    bytes.extend(crc32fast::hash(&body).to_le_bytes());
    bytes.extend(body);
    bytes
}

/// The wheel of an index.
pub fn decode(bytes: &[u8]) -> Result<Wheel, ReadIndexError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(ReadIndexError::Foreign)?;
    let (&seen, rest) = rest.split_first().ok_or(ReadIndexError::Damaged)?;
    if seen != VERSION {
        return Err(ReadIndexError::Version { seen });
    }
    let (crc32, body) = rest.split_first_chunk().ok_or(ReadIndexError::Damaged)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*crc32) {
        return Err(ReadIndexError::Damaged);
    }
    let wire = postcard::from_bytes(body).ok().and_then(from_wire);
    wire.ok_or(ReadIndexError::Damaged)
}

fn from_wire(wire: Wire<'_>) -> Option<Wheel> {
    let (digests, rest) = wire.digests.as_chunks::<DIGEST_BYTES>();
    if digests.len() != wire.spans.len() || !rest.is_empty() {
        return None;
    }
    let mut entries = Vec::with_capacity(wire.spans.len());
    let mut paths = wire.paths.split(SEPARATOR);
    for (span, digest) in wire.spans.into_iter().zip(digests) {
        entries.push(WheelEntry {
            path: EntryPath::parse(paths.next()?).ok()?,
            span,
            sha256: Sha256::new(*digest),
            executable: false,
            script_body: None,
        });
    }
    for at in wire.executable {
        entries.get_mut(at as usize)?.executable = true;
    }
    for (at, body) in wire.script_bodies {
        entries.get_mut(at as usize)?.script_body = Some(body.to_vec());
    }
    let owned = |text: &str| text.to_owned();
    Some(Wheel {
        name: wire.name.parse().ok()?,
        version: wire.version.to_owned(),
        dist_info: wire.dist_info.to_owned(),
        requires: wire.requires.into_iter().map(owned).collect(),
        requires_python: wire.requires_python.map(owned),
        entries,
        scripts: wire
            .scripts
            .into_iter()
            .map(|(name, module, function)| EntryPoint {
                name: name.to_owned(),
                module: module.to_owned(),
                function: function.to_owned(),
            })
            .collect(),
        record_is_exact: wire.record_is_exact,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::wheel;

    fn some_wheel() -> Wheel {
        wheel("A.b-1.0-py3-none-any.whl")
            .requires("c>=1; extra == 'x'")
            .file("a/__init__.py", "x = 1\n")
            .executable("a/décembre.sh", "#!/bin/sh\n")
            .executable("A.b-1.0.data/scripts/run", "#!python\nprint()\n")
            .entry_points("[console_scripts]\na = a:main\n")
            .verified()
    }

    #[test]
    fn what_goes_in_comes_out() {
        for wheel in [some_wheel(), wheel("b-2-py3-none-any.whl").verified()] {
            assert_eq!(decode(&encode(&wheel)), Ok(wheel));
        }
    }

    #[test]
    fn an_index_of_no_use_says_so() {
        let bytes = encode(&some_wheel());
        let mut other = bytes.clone();
        other[MAGIC.len()] += 1;
        assert_eq!(
            decode(&other),
            Err(ReadIndexError::Version { seen: VERSION + 1 })
        );
        assert_eq!(decode(b"PK\x03\x04"), Err(ReadIndexError::Foreign));
        assert_eq!(decode(b""), Err(ReadIndexError::Foreign));
    }

    #[test]
    fn every_flipped_or_missing_byte_is_noticed() {
        let bytes = encode(&some_wheel());
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x41;
            assert!(decode(&damaged).is_err(), "byte {at}");
            assert!(decode(&bytes[..at]).is_err(), "{at} bytes");
        }
    }

    #[test]
    fn damage_that_the_checksum_misses_is_no_panic() {
        let bytes = encode(&some_wheel());
        let start = MAGIC.len() + 1 + 4;
        for at in start..bytes.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                let crc32 = crc32fast::hash(&damaged[start..]);
                damaged[start - 4..start].copy_from_slice(&crc32.to_le_bytes());
                // Any answer will do; not all of these bytes have a wrong value.
                _ = decode(&damaged).map(|wheel| wheel.entries.len());
            }
        }
    }
}
