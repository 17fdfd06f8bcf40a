//! The modules of a verified wheel, and the form in which those that were read are kept beside it.
//!
//! A module is read when an import comes to it, and once per runtime: a build whose imports come
//! to no others than those of earlier builds reads no source.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use barrow_core::ReadAt;
use barrow_core::zip::Span;
use barrow_model::{EntryPath, Target};

use super::seal::{open, seal};
use crate::facts::python::{Kept, Module};
use crate::facts::{WHOLE_FILE_LIMIT_BYTES, is_python};

/// The modules of one wheel, by where their data starts in it.
pub struct Modules {
    wheel: Arc<dyn ReadAt>,
    target: Target,
    /// What earlier builds read, encoded.
    kept: BTreeMap<u64, Box<[u8]>>,
    given: Vec<(u64, Kept)>,
}

impl Modules {
    /// `kept` is what [`Self::encode`] gave after an earlier build. What another version wrote is
    /// passed over.
    pub fn new(wheel: Arc<dyn ReadAt>, kept: Option<&[u8]>, target: Target) -> Self {
        let body = kept.and_then(open);
        let kept = body.and_then(|body| postcard::from_bytes(body).ok());
        Self {
            wheel,
            target,
            kept: kept.unwrap_or_default(),
            given: Vec::new(),
        }
    }

    /// The module whose data lies here; `None` for what is no module.
    pub fn at(&mut self, path: &EntryPath, span: &Span) -> Option<Kept> {
        if !is_python(path) || span.uncompressed_bytes > WHOLE_FILE_LIMIT_BYTES {
            return None;
        }
        if let Some(bytes) = self.kept.get(&span.offset) {
            return Some(Kept::encoded(bytes));
        }
        let unread = Kept::unread(self.wheel.clone(), *span, self.target);
        self.given.push((span.offset, unread.clone()));
        Some(unread)
    }

    /// To be kept on disk; `None` where nothing was read that had not been.
    pub fn encode(mut self) -> Option<Vec<u8>> {
        let encode = |module: &Module| {
            postcard::to_stdvec(module).expect("a vector takes any number of bytes")
        };
        let given = std::mem::take(&mut self.given);
        let news = given
            .iter()
            .filter_map(|(offset, kept)| Some((*offset, encode(kept.news()?).into())));
        let before = self.kept.len();
        self.kept.extend(news);
        if self.kept.len() == before {
            return None;
        }
        let body = postcard::to_stdvec(&self.kept).expect("a vector takes any number of bytes");
        Some(seal(&body))
    }
}

impl fmt::Debug for Modules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Modules").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use barrow_core::testing::wheel;

    use super::*;

    /// A wheel of two modules, with what was kept of it.
    fn check(kept: Option<&[u8]>, read: &str, unread: &str) -> Option<Vec<u8>> {
        let builder = wheel("a-1.0-py3-none-any.whl")
            .file("a/__init__.py", "import json\n")
            .file("a/b.py", "import\n");
        let (source, wheel) = (builder.build(), builder.verified());
        let target = Target {
            runtime: "python3.12".parse().unwrap(),
            arch: "arm64".parse().unwrap(),
        };
        let mut modules = Modules::new(Arc::new(source), kept, target);
        let mut at = |path: &str| {
            let mut entries = wheel.entries.iter();
            let entry = entries.find(|entry| entry.path.as_str() == path).unwrap();
            modules.at(&entry.path, &entry.span).unwrap()
        };
        let (read, unread) = (at(read), at(unread));
        let is_init = read.steps.len() == 1 && read.fault.is_none();
        let is_other = read.steps.is_empty() && read.fault.is_some();
        assert!(is_init != is_other);
        assert!(unread.surveyed().is_none());
        modules.encode()
    }

    #[test]
    fn what_was_read_is_kept_and_the_rest_is_left() {
        let first = check(None, "a/__init__.py", "a/b.py").unwrap();
        assert_eq!(check(Some(&first), "a/__init__.py", "a/b.py"), None);
        let both = check(Some(&first), "a/b.py", "a/__init__.py").unwrap();
        assert!(both.len() > first.len());
        assert_eq!(check(Some(&both), "a/b.py", "a/__init__.py"), None);
    }

    #[test]
    fn what_is_damaged_is_read_again() {
        let first = check(None, "a/__init__.py", "a/b.py").unwrap();
        let damaged = [&first[..], b"x"].concat();
        assert_eq!(
            check(Some(&damaged), "a/__init__.py", "a/b.py"),
            Some(first)
        );
    }
}
