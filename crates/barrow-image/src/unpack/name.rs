//! Names in a layer, as far as they stay inside.

use super::UnpackError;
use crate::error::shown;

/// What a layer puts in front of a name to say that it is gone.
const WHITEOUT: &[u8] = b".wh.";

/// The parts of a name; none for the root itself.
///
/// A name that is absolute begins at the root, as all of them do. `..` is refused: no builder
/// writes it, and it is there to lead out.
pub(super) fn parts(name: &[u8]) -> Result<Vec<&[u8]>, UnpackError> {
    let error = |problem| UnpackError::Name {
        name: shown(name),
        problem,
    };
    if name.contains(&0) {
        return Err(error("has a zero byte"));
    }
    let parts = name.split(|byte| *byte == b'/');
    let parts: Vec<_> = parts.filter(|part| !matches!(*part, b"" | b".")).collect();
    if parts.contains(&&b".."[..]) {
        return Err(error("leads upwards with `..`"));
    }
    Ok(parts)
}

/// What a name without its directory hides from the layers below.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whiteout<'n> {
    /// One thing beside it.
    Of(&'n [u8]),
    /// All that lower layers put into its directory.
    Opaque,
    /// A builder's own notes, which are in nobody's way.
    Ignored,
}

pub(super) fn whiteout(last: &[u8]) -> Result<Option<Whiteout<'_>>, UnpackError> {
    let Some(hidden) = last.strip_prefix(WHITEOUT) else {
        return Ok(None);
    };
    Ok(Some(match hidden {
        b".wh..opq" => Whiteout::Opaque,
        b"" | b"." | b".." => {
            return Err(UnpackError::Name {
                name: shown(last),
                problem: "hides what is no name",
            });
        }
        _ if hidden.starts_with(WHITEOUT) => Whiteout::Ignored,
        _ => Whiteout::Of(hidden),
    }))
}

/// Whether any part is a whiteout, or below one.
pub(super) fn is_whiteout(parts: &[&[u8]]) -> bool {
    parts.iter().any(|part| part.starts_with(WHITEOUT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_at_the_root_and_stay_inside() {
        let check = |name: &str, expected: Option<&str>| {
            let parts = parts(name.as_bytes()).ok();
            let joined = parts.map(|parts| String::from_utf8(parts.join(&b'/')).unwrap());
            assert_eq!(joined.as_deref(), expected, "{name}");
        };
        check("a/b", Some("a/b"));
        check("./a//b/", Some("a/b"));
        check("/etc/passwd", Some("etc/passwd"));
        check("./", Some(""));
        check("a..b/...", Some("a..b/..."));
        check("../a", None);
        check("a/../../b", None);
        check("..", None);
        check("a\0b", None);
    }

    #[test]
    fn whiteouts_hide_names_and_nothing_else() {
        let check = |last: &str, expected: Option<Whiteout<'_>>| {
            assert_eq!(whiteout(last.as_bytes()).unwrap(), expected, "{last}");
        };
        check("a", None);
        check(".wha", None);
        check(".wh.a", Some(Whiteout::Of(b"a")));
        check(".wh..a", Some(Whiteout::Of(b".a")));
        check(".wh..wh..opq", Some(Whiteout::Opaque));
        check(".wh..wh.plnk", Some(Whiteout::Ignored));
        for upwards in [".wh.", ".wh..", ".wh..."] {
            assert!(whiteout(upwards.as_bytes()).is_err(), "{upwards}");
        }
    }
}
