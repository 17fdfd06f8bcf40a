//! Which bytes of an object are wanted.

use std::ops::Range;

use s3s::dto;

use crate::records::version::Body;
use crate::refusal::{Refusal, invalid_request};

/// What is sent of an object, and what is said about it.
#[derive(Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) bytes: Range<u64>,
    /// `Content-Range`, when it is a part only.
    pub(crate) content_range: Option<String>,
    /// How many parts the object came in, when one of them was asked for.
    pub(crate) parts: Option<i32>,
}

pub(crate) fn stretch(
    body: &Body,
    range: Option<&dto::Range>,
    part_number: Option<i32>,
) -> Result<Stretch, Refusal> {
    let size_bytes = body.size_bytes;
    let partial = |bytes: Range<u64>, parts| Stretch {
        // An empty object has no last byte to name.
        content_range: (!bytes.is_empty())
            .then(|| format!("bytes {}-{}/{size_bytes}", bytes.start, bytes.end - 1)),
        bytes,
        parts,
    };
    match (range, part_number) {
        (Some(_), Some(_)) => Err(invalid_request(
            "Cannot specify both Range header and partNumber query parameter",
        )),
        (None, None) => Ok(Stretch {
            bytes: 0..size_bytes,
            content_range: None,
            parts: None,
        }),
        (Some(range), None) => match range.check(size_bytes) {
            Ok(bytes) => Ok(partial(bytes, None)),
            Err(_) => Err(Refusal::InvalidRange { size_bytes }),
        },
        (None, Some(number)) => {
            let parts = &body.detail.parts;
            if parts.is_empty() {
                return match number {
                    1 => Ok(partial(0..size_bytes, None)),
                    _ => Err(Refusal::InvalidRange { size_bytes }),
                };
            }
            // Parts are numbered anew once the object is whole.
            let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
            let Some(index) = index.filter(|index| *index < parts.len()) else {
                return Err(Refusal::InvalidRange { size_bytes });
            };
            let start: u64 = parts[..index].iter().map(|part| part.size_bytes).sum();
            let end = start + parts[index].size_bytes;
            Ok(partial(start..end, i32::try_from(parts.len()).ok()))
        }
    }
}
