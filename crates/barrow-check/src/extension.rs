//! File names of extension modules, as Python's importer matches them.

use crate::package::{File, Package};

/// `_multiarray.cpython-312-x86_64-linux-gnu.so`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtensionName<'n> {
    pub module: &'n str,
    pub tag: Tag<'n>,
}

/// Which Pythons load the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag<'n> {
    /// `x.so`: any that finds it.
    Plain,
    /// `x.abi3.so`: any 3.x from that which it was compiled for.
    Stable,
    /// `x.cpython-312-x86_64-linux-gnu.so`: one version, with its build options, on one platform.
    CPython {
        /// `312`, or `313t` without the global lock.
        version: &'n str,
        platform: &'n str,
    },
    /// Another Python's, such as `PyPy`'s, or no tag of Python's at all.
    Other(&'n str),
}

/// `None` for what is not named like an extension module of Linux or macOS.
pub fn parse(file_name: &str) -> Option<ExtensionName<'_>> {
    let stem = file_name.strip_suffix(".so")?;
    let Some((module, tag)) = stem.split_once('.') else {
        return Some(ExtensionName {
            module: stem,
            tag: Tag::Plain,
        });
    };
    let tag = match tag.strip_prefix("cpython-") {
        _ if tag == "abi3" => Tag::Stable,
        Some(rest) => match rest.split_once('-') {
            Some((version, platform)) => Tag::CPython { version, platform },
            None => Tag::CPython {
                version: rest,
                platform: "",
            },
        },
        None => Tag::Other(tag),
    };
    Some(ExtensionName { module, tag })
}

/// A path up to the first dot of its file name: what a file is, whatever it was compiled for.
pub fn module_path(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let end = path[name..].find('.');
    &path[..end.map_or(path.len(), |end| name + end)]
}

/// Whether Python would take a source instead: it passes over modules that are named for another
/// Python or platform, and compilers such as mypyc leave the source beside them.
pub fn has_source(package: &Package, file: &File) -> bool {
    let path = file.path.as_str();
    let name = parse(file.path.file_name());
    name.is_some_and(|name| matches!(name.tag, Tag::CPython { .. } | Tag::Other(_)))
        && package.file(&format!("{}.py", module_path(path))).is_some()
}

/// `312` → `3.12`, `313t` → `3.13t`.
pub fn spell_version(version: &str) -> String {
    match version.split_at_checked(1) {
        Some((major, minor)) if !minor.is_empty() => format!("{major}.{minor}"),
        _ => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<(&str, Tag<'_>)>) {
        let seen = parse(name).map(|name| (name.module, name.tag));
        assert_eq!(seen, expected, "{name}");
    }

    #[test]
    fn names_are_taken_apart() {
        let tag = |version, platform| Tag::CPython { version, platform };
        check(
            "_x.cpython-312-x86_64-linux-gnu.so",
            Some(("_x", tag("312", "x86_64-linux-gnu"))),
        );
        check(
            "_x.cpython-313t-darwin.so",
            Some(("_x", tag("313t", "darwin"))),
        );
        check("_x.cpython-36m.so", Some(("_x", tag("36m", ""))));
        check("_x.abi3.so", Some(("_x", Tag::Stable)));
        check("_x.so", Some(("_x", Tag::Plain)));
        check(
            "_x.pypy310-pp73-x86_64-linux-gnu.so",
            Some(("_x", Tag::Other("pypy310-pp73-x86_64-linux-gnu"))),
        );
        check("libx.so.1", None);
        check("x.py", None);
    }

    #[test]
    fn a_module_path_has_no_tag() {
        assert_eq!(module_path("a.b/c/_x.cpython-312.so"), "a.b/c/_x");
        assert_eq!(module_path("_x"), "_x");
    }
}
