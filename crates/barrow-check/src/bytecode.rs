//! Where `.pyc` files lie, and which sources they stand for.

use crate::environments;
use crate::package::{File, Package};

/// A `.pyc` file's place, told from its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location<'p> {
    /// In `__pycache__`, where Python looks only beside a source.
    Cache {
        source: String,
        /// Whose it is: `cpython-312`.
        tag: &'p str,
    },
    /// Beside where the source would be, or instead of it.
    Beside { source: String },
}

/// `None` for what Python would never read.
pub fn locate(path: &str) -> Option<Location<'_>> {
    let stem = path.strip_suffix(".pyc")?;
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let Some(parent) = folder.strip_suffix("__pycache__") else {
        let source = format!("{stem}.py");
        return Some(Location::Beside { source });
    };
    if !parent.is_empty() && !parent.ends_with('/') {
        return None;
    }
    // `x.cpython-312.pyc`, or `x.cpython-312.opt-1.pyc`, which is read by optimising Pythons only.
    let (module, tag) = name.split_once('.')?;
    Some(Location::Cache {
        source: format!("{parent}{module}.py"),
        tag,
    })
}

/// The `.pyc` files of a package. Those of virtual environments are left out.
pub fn files(package: &Package) -> impl Iterator<Item = &File> {
    let files = environments::files_outside(package);
    files.filter(|file| file.path.as_str().ends_with(".pyc"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_cache(path: &str, source: &str, tag: &str) {
        let source = source.to_owned();
        assert_eq!(locate(path), Some(Location::Cache { source, tag }));
    }

    #[test]
    fn caches_lie_below_their_sources() {
        check_cache("__pycache__/a.cpython-312.pyc", "a.py", "cpython-312");
        check_cache(
            "x/__pycache__/a.cpython-39.opt-1.pyc",
            "x/a.py",
            "cpython-39.opt-1",
        );
    }

    #[test]
    fn elsewhere_they_stand_for_a_source() {
        let source = "x/a.py".to_owned();
        assert_eq!(locate("x/a.pyc"), Some(Location::Beside { source }));
        assert_eq!(locate("x/__pycache__/a.pyc"), None);
        assert_eq!(locate("x/a.py"), None);
    }
}
