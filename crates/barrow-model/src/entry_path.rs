//! A path inside a package.
//!
//! Relative, `/`-separated, of a file. What cannot be such a path cannot become an [`EntryPath`],
//! so nothing downstream has to ask again whether a name leaves the package.

use std::borrow::Borrow;
use std::fmt;

/// Linux takes 255 bytes per path component (`NAME_MAX`) and 4096 per path (`PATH_MAX`), the
/// latter with its NUL and with the `/var/task/` that Lambda puts in front.
const COMPONENT_LIMIT_BYTES: usize = 255;
const PATH_LIMIT_BYTES: usize = 4000;

/// A relative path with `/` between its parts and no `.`, `..`, backslash or control character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPath(Box<str>);

#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum EntryPathError {
    #[error("it is empty")]
    Empty,
    #[error("it is absolute; expected a path relative to the package")]
    Absolute,
    #[error("it has a `..` part, which would leave the package")]
    Parent,
    #[error("it has an empty part or a `.` part")]
    EmptyPart,
    #[error("it has a backslash; parts are separated by `/`")]
    Backslash,
    #[error("it has a control character")]
    Control,
    #[error("a part is longer than 255 bytes")]
    PartTooLong,
    #[error("it is longer than 4000 bytes")]
    TooLong,
}

impl EntryPath {
    pub fn parse(text: &str) -> Result<Self, EntryPathError> {
        if text.is_empty() {
            return Err(EntryPathError::Empty);
        }
        if text.contains('\\') {
            return Err(EntryPathError::Backslash);
        }
        if text.chars().any(char::is_control) {
            return Err(EntryPathError::Control);
        }
        let drive =
            text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
        if text.starts_with('/') || drive {
            return Err(EntryPathError::Absolute);
        }
        if text.len() > PATH_LIMIT_BYTES {
            return Err(EntryPathError::TooLong);
        }
        for part in text.split('/') {
            match part {
                ".." => return Err(EntryPathError::Parent),
                "" | "." => return Err(EntryPathError::EmptyPart),
                _ if part.len() > COMPONENT_LIMIT_BYTES => return Err(EntryPathError::PartTooLong),
                _ => {}
            }
        }
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts, outermost first; never empty.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    pub fn file_name(&self) -> &str {
        self.parts()
            .next_back()
            .expect("a path has at least one part")
    }

    /// The outermost part: `numpy` of `numpy/linalg/lapack.so`.
    pub fn top(&self) -> &str {
        self.parts().next().expect("a path has at least one part")
    }
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for EntryPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), EntryPathError>) {
        assert_eq!(EntryPath::parse(text).map(|_| ()), expected, "{text:?}");
    }

    #[test]
    fn paths_that_stay_inside_are_taken() {
        for text in [
            "a",
            "a/b.py",
            "a.data/scripts/x",
            "décembre/é.html",
            "...",
            "a/..b",
            " a/b ",
        ] {
            check(text, Ok(()));
        }
    }

    #[test]
    fn paths_that_leave_or_confuse_are_refused() {
        check("", Err(EntryPathError::Empty));
        check("/etc/passwd", Err(EntryPathError::Absolute));
        check("C:/x", Err(EntryPathError::Absolute));
        check("a/../b", Err(EntryPathError::Parent));
        check("..", Err(EntryPathError::Parent));
        check("a//b", Err(EntryPathError::EmptyPart));
        check("a/", Err(EntryPathError::EmptyPart));
        check("./a", Err(EntryPathError::EmptyPart));
        check("a\\b", Err(EntryPathError::Backslash));
        check("a\0b", Err(EntryPathError::Control));
        check(&"x".repeat(256), Err(EntryPathError::PartTooLong));
        check(&"x/".repeat(2001), Err(EntryPathError::TooLong));
    }
}
