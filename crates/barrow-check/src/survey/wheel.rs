//! The facts of a verified wheel, and the form in which they are kept beside it.
//!
//! A wheel is surveyed once per runtime, but for its modules: see [`Modules`](super::Modules).

use std::collections::HashMap;

use barrow_core::zip::Inflater;
use barrow_core::{ReadAt, Wheel};
use barrow_model::Target;
use rayon::prelude::*;

use super::seal::{open, seal};
use super::{FILES_AT_ONCE, content};
use crate::facts::Known;

/// What is known of a wheel's entries, by where their data starts in the wheel. Of its modules,
/// what a survey can tell without their syntax.
#[derive(Debug, Default)]
pub struct WheelFacts {
    by_offset: HashMap<u64, Known>,
}

impl WheelFacts {
    /// Reads all of a wheel. Its bytes were verified when it entered the store, so damage is not
    /// looked for again.
    pub fn survey(source: &dyn ReadAt, wheel: &Wheel, target: Target) -> Self {
        let read = wheel
            .entries
            .par_iter()
            .with_max_len(FILES_AT_ONCE)
            .map_init(Inflater::new, |inflater, entry| {
                let know =
                    |content: &[u8]| Known::read_without_syntax(&entry.path, content, target);
                let content = content::read(source, inflater, &entry.span, know);
                (entry.span.offset, content.known)
            });
        Self {
            by_offset: read.filter(|(_, known)| !known.is_nothing()).collect(),
        }
    }

    /// What is known of the entry whose data starts here. Each entry can be asked for once.
    pub fn take(&mut self, offset: u64) -> Known {
        self.by_offset.remove(&offset).unwrap_or_default()
    }

    /// To be kept on disk.
    pub fn encode(&self) -> Vec<u8> {
        let mut entries: Vec<_> = self.by_offset.iter().collect();
        entries.sort_by_key(|(offset, _)| **offset);
        let body = postcard::to_stdvec(&entries).expect("a vector takes any number of bytes");
        seal(&body)
    }

    /// `None` for what another version wrote, or a disk damaged: the wheel is surveyed again.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let entries: Vec<(u64, Known)> = postcard::from_bytes(open(bytes)?).ok()?;
        Some(Self {
            by_offset: entries.into_iter().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use barrow_core::testing::wheel;

    use super::*;

    #[test]
    fn facts_come_back_as_they_were_kept() {
        let builder = wheel("a-1.0-py3-none-any.whl").file("a/run", "#!/bin/sh\n");
        let (source, wheel) = (builder.build(), builder.verified());
        let target = Target {
            runtime: "python3.12".parse().unwrap(),
            arch: "arm64".parse().unwrap(),
        };
        let facts = WheelFacts::survey(&source, &wheel, target);
        assert!(!facts.by_offset.is_empty());
        let again = WheelFacts::decode(&facts.encode()).unwrap();
        assert_eq!(again.by_offset, facts.by_offset);
        let damaged = [&facts.encode()[..], b"x"].concat();
        assert!(WheelFacts::decode(&damaged).is_none());
    }
}
