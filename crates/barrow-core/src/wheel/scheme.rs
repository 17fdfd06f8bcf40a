//! What the folders of `.data` mean.

use barrow_model::EntryPath;

/// The kind of place that an installer puts a file of a wheel into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Importable: the root of the wheel, `.data/purelib` and `.data/platlib`.
    Library,
    Headers,
    Scripts,
    Data,
}

#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum SchemeError {
    #[error("it lies in no folder of `.data`; expected one such as `.data/scripts/`")]
    NoFolder,
    #[error(
        "its folder of `.data` is unknown; expected `purelib`, `platlib`, `headers`, `scripts` \
         or `data`"
    )]
    Unknown,
}

impl Scheme {
    /// Takes a path of a wheel apart: the kind of place, and the path inside that place.
    pub fn of(path: &EntryPath) -> Result<(Self, &str), SchemeError> {
        let path = path.as_str();
        let (top, rest) = path.split_once('/').unwrap_or((path, ""));
        // Any such folder counts, not only the one named after the distribution. pip's rule.
        if !top.ends_with(".data") {
            return Ok((Self::Library, path));
        }
        let (key, rest) = rest.split_once('/').ok_or(SchemeError::NoFolder)?;
        let scheme = match key {
            "purelib" | "platlib" => Self::Library,
            "headers" => Self::Headers,
            "scripts" => Self::Scripts,
            "data" => Self::Data,
            _ => return Err(SchemeError::Unknown),
        };
        Ok((scheme, rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Result<(Scheme, &str), SchemeError>) {
        assert_eq!(
            Scheme::of(&EntryPath::parse(path).unwrap()),
            expected,
            "{path}"
        );
    }

    #[test]
    fn only_the_top_folder_decides() {
        check("a/b.py", Ok((Scheme::Library, "a/b.py")));
        check("a.py", Ok((Scheme::Library, "a.py")));
        check(
            "a/b.data/scripts/x",
            Ok((Scheme::Library, "a/b.data/scripts/x")),
        );
        check("a-1.data/purelib/a/b.py", Ok((Scheme::Library, "a/b.py")));
        check("a-1.data/platlib/a.so", Ok((Scheme::Library, "a.so")));
        check("other.data/scripts/x", Ok((Scheme::Scripts, "x")));
        check("a-1.data/headers/a.h", Ok((Scheme::Headers, "a.h")));
        check("a-1.data/data/share/a", Ok((Scheme::Data, "share/a")));
    }

    #[test]
    fn pip_would_not_know_where_to_put_these() {
        check("a.data", Err(SchemeError::NoFolder));
        check("a.data/x", Err(SchemeError::NoFolder));
        check("a.data/doc/x", Err(SchemeError::Unknown));
    }
}
