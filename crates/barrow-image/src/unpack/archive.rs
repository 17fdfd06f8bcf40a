//! The entries of a layer's archive, with the long names and numbers that builders add to them.
//!
//! Headers are the `tar` crate's. It would also read what stands before a header, but whole into
//! memory, however long a hostile layer says it is; and takes a record to end with its line,
//! which those with binary attributes do not.

use std::io::{self, Read};

use tar::{Archive, Header};

use super::UnpackError;
use super::directory::Attributes;

/// Of what stands before a header. Names are at most 4 KiB, and attributes 64 KiB.
const EXTENSION_LIMIT_BYTES: u64 = 1 << 20;

/// An entry, without its content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) kind: Kind,
    pub(super) attributes: Attributes,
    /// Of the content.
    pub(super) bytes: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
    Link {
        target: Vec<u8>,
    },
    HardLink {
        target: Vec<u8>,
    },
    /// Devices, pipes: what a sandbox has of its own.
    Special,
}

/// What stood before a header, for the entry that comes next.
#[derive(Debug, Default)]
struct Extensions {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    uid: Option<u64>,
    gid: Option<u64>,
    bytes: Option<u64>,
    modified_seconds: Option<i64>,
    sparse: bool,
}

/// Hands out all entries in order, each with a reader of its content.
pub(super) fn read(
    source: &mut dyn Read,
    visit: &mut dyn FnMut(&Entry, &mut dyn Read) -> Result<(), UnpackError>,
) -> Result<(), UnpackError> {
    let mut archive = Archive::new(source);
    let mut extensions = Extensions::default();
    for entry in archive.entries().map_err(UnpackError::damaged)?.raw(true) {
        let mut entry = entry.map_err(UnpackError::damaged)?;
        let bytes = entry.size();
        match entry.header().entry_type().as_byte() {
            b'L' => extensions.name = Some(text(&mut entry, bytes).map_err(UnpackError::damaged)?),
            b'K' => {
                extensions.target = Some(text(&mut entry, bytes).map_err(UnpackError::damaged)?);
            }
            b'x' => {
                let records = content(&mut entry, bytes).map_err(UnpackError::damaged)?;
                extensions.add(&records).map_err(UnpackError::damaged)?;
            }
            // For all that follow; nobody writes anything there that would matter.
            b'g' => {}
            kind => {
                let before = std::mem::take(&mut extensions);
                let member = member(entry.header(), kind, bytes, before)?;
                visit(&member, &mut entry)?;
            }
        }
    }
    Ok(())
}

fn member(header: &Header, kind: u8, bytes: u64, before: Extensions) -> Result<Entry, UnpackError> {
    let name = before
        .name
        .unwrap_or_else(|| header.path_bytes().into_owned());
    let target = before
        .target
        .or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned));
    if before.sparse || kind == b'S' {
        return Err(UnpackError::entry(
            &name,
            "has holes, which layers do not have",
        ));
    }
    if before.bytes.is_some_and(|promised| promised != bytes) {
        return Err(UnpackError::entry(&name, "has two sizes"));
    }
    let kind = match kind {
        b'5' => Kind::Directory,
        // How directories were written before there was a kind for them.
        0 | b'0' if name.ends_with(b"/") => Kind::Directory,
        0 | b'0' | b'7' => Kind::File,
        b'1' => Kind::HardLink {
            target: target.unwrap_or_default(),
        },
        b'2' => Kind::Link {
            target: target.unwrap_or_default(),
        },
        b'3' | b'4' | b'6' => Kind::Special,
        other => {
            let problem = format!("is of the kind `{}`", char::from(other).escape_default());
            return Err(UnpackError::entry(&name, problem));
        }
    };
    let modified_seconds = || header.mtime().ok().and_then(|time| time.try_into().ok());
    Ok(Entry {
        name,
        kind,
        attributes: Attributes {
            mode: header.mode().map_err(UnpackError::damaged)?,
            uid: before.uid.or(header.uid().ok()).unwrap_or_default(),
            gid: before.gid.or(header.gid().ok()).unwrap_or_default(),
            modified_seconds: before
                .modified_seconds
                .or_else(modified_seconds)
                .unwrap_or_default(),
        },
        bytes,
    })
}

impl Extensions {
    fn add(&mut self, records: &[u8]) -> io::Result<()> {
        let mut rest = records;
        while !rest.is_empty() {
            let (key, value, after) = record(rest).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "an extended header is garbled")
            })?;
            rest = after;
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"linkpath" => self.target = Some(value.to_vec()),
                b"uid" => self.uid = number(value),
                b"gid" => self.gid = number(value),
                b"size" => self.bytes = number(value),
                // `1700000000.25`
                b"mtime" => {
                    self.modified_seconds =
                        value.split(|byte| *byte == b'.').next().and_then(number);
                }
                _ => self.sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        Ok(())
    }
}

/// `<length> <key>=<value>\n`, where the length counts all of it: key, value and what follows.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let length: usize = number(&bytes[..space])?;
    let (record, rest) = bytes.split_at_checked(length)?;
    let pair = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    Some((&pair[..equals], &pair[equals + 1..], rest))
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A long name, which ends with a zero byte.
fn text(source: &mut dyn Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut text = content(source, bytes)?;
    if text.last() == Some(&0) {
        text.pop();
    }
    Ok(text)
}

fn content(source: &mut dyn Read, bytes: u64) -> io::Result<Vec<u8>> {
    if bytes > EXTENSION_LIMIT_BYTES {
        let problem = format!("an extended header has {bytes} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
    }
    let mut content = Vec::new();
    let count = source.take(bytes).read_to_end(&mut content)?;
    if (count as u64) < bytes {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(records: &[u8], expected: Option<&[u8]>) {
        let mut extensions = Extensions::default();
        let name = extensions.add(records).ok().and(extensions.name);
        assert_eq!(name.as_deref(), expected);
    }

    #[test]
    fn records_may_have_any_bytes() {
        check(b"14 path=a/b/c\n", Some(b"a/b/c"));
        check(b"12 path=\xff\n\n\n", Some(b"\xff\n\n"));
        check(b"26 SCHILY.xattr.a=\n1 x=\n\0\n10 path=d\n", Some(b"d"));
        check(b"9 path==\n", Some(b"="));
    }

    #[test]
    fn garbled_records_are_refused() {
        for records in [
            &b"x"[..],
            b"14 path=a",
            b"0 path=a\n",
            b"3 path=a\n",
            b"-1 path=a\n",
            b"99999999999999999999 path=a\n",
            b"10 path=abc",
            b"7 path\n",
            b"\n",
        ] {
            check(records, None);
        }
    }
}
